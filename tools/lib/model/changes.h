/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Attribute changes of a VM, put into the order in which they took effect. They are numbered
 * from 1 under slots_lock; where the event fires after the lock is dropped, the records of two
 * overlapping changes may arrive in the wrong order.
 */
#ifndef GMEM_CHANGES_H
#define GMEM_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/ranges.h"

/*
 * Limit of changes that wait for an earlier one. No more tasks can be between taking slots_lock
 * and the end of the system call: beyond it, the record of the earlier one was lost.
 */
#define GMEM_CHANGES_MAX 256

struct gmem_change {
	uint64_t order;
	uint64_t start;		/* gfn */
	uint64_t end;		/* equal to start if nothing changed */
};

struct gmem_changes {
	uint64_t done;		/* number up to which all changes were applied */
	struct gmem_change *later;	/* applied while an earlier one is missing */
	size_t nr_later;
};

void gmem_changes_free(struct gmem_changes *c);

/*
 * Applies a change to @to, except where a change with a higher number has already set the
 * attribute. Returns 0 or -ENOMEM.
 */
int gmem_changes_apply(struct gmem_changes *c, struct gmem_ranges *to, const struct gmem_change *change,
		       bool private);

#endif /* GMEM_CHANGES_H */
