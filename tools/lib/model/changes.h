/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Puts changes of attributes into the order in which they were made. A lock orders
 * them and numbers them from 1, but where nobody tells of them before it is dropped,
 * two that overlap may be told the wrong way round.
 */
#ifndef GMEM_CHANGES_H
#define GMEM_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/ranges.h"

/* More than tasks can be between the lock and the end of one system call, unless records were lost. */
#define GMEM_CHANGES_MAX 256

struct gmem_change {
	uint64_t order;
	uint64_t start;		/* gfn */
	uint64_t end;		/* start: it failed, and changed nothing */
};

struct gmem_changes {
	uint64_t done;		/* all up to this number have been told */
	struct gmem_change *later;	/* that were told, and come after one that was not */
	size_t nr_later;
};

void gmem_changes_free(struct gmem_changes *c);

/*
 * [start, end) became private or shared as the change number order. It is applied to
 * what no later change has set. 0 or -ENOMEM.
 */
int gmem_changes_apply(struct gmem_changes *c, struct gmem_ranges *to, const struct gmem_change *change,
		       bool private);

#endif /* GMEM_CHANGES_H */
