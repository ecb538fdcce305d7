/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's own check of shared memory, and reports of wrong content.
 *
 * Wrong content does not end the run: it is counted, and the first case is described in a failure
 * that is still empty. A failure that ends the run overwrites it.
 */
#ifndef GMEMLOAD_VERIFY_H
#define GMEMLOAD_VERIFY_H

#include "vm.h"

void verify_failed(struct failure *failure, const struct vm *vm, const char *who, uint64_t gpa,
		   uint64_t expected, uint64_t found);

/* Checks that all written shared pages hold what was written. */
void verify_shared_content(const struct vm *vm, struct counters *counters, uint64_t start,
			   uint64_t npages, struct failure *failure);

/*
 * Checks that no other page of the shared side is populated. Reads none, because a read would
 * populate it.
 */
void verify_shared_absence(const struct vm *vm, struct counters *counters,
			   struct failure *failure);

#endif
