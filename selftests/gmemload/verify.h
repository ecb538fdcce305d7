/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: the host's own look at shared memory, and how wrong content is reported. Must not know why
 * memory holds what it does.
 *
 * Wrong content does not end the run: it is counted, and the first one is described in a failure
 * that is still empty. A failure that ends the run overwrites that.
 */
#ifndef GMEMLOAD_VERIFY_H
#define GMEMLOAD_VERIFY_H

#include "vm.h"

void verify_failed(struct failure *failure, const struct vm *vm, const char *who, uint64_t gpa,
		   uint64_t expected, uint64_t found);

/* All shared pages that were written hold what was written. */
void verify_shared_content(const struct vm *vm, struct counters *counters, uint64_t start,
			   uint64_t npages, struct failure *failure);

/* No other page of the shared side exists. Reads nothing, because reading would make pages. */
void verify_shared_absence(const struct vm *vm, struct counters *counters,
			   struct failure *failure);

#endif
