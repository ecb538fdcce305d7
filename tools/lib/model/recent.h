/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Ring of the latest conversions of a VM: views highlight their ranges. */
#ifndef GMEM_RECENT_H
#define GMEM_RECENT_H

#include <stdint.h>

#include "bpf/gmem_abi.h"

#define GMEM_RECENT	128

/* Time within which adjacent conversions in one direction are joined: a sweep page by page is one change. */
#define GMEM_RECENT_JOIN_NS	100000000ULL

struct gmem_recent_change {
	uint64_t begin_ns;	/* first of the joined conversions */
	uint64_t ts_ns;		/* last of them */
	uint64_t start;		/* gfns [start, end) */
	uint64_t end;
	enum gmem_direction direction;
};

/* Zero-initialised: empty. */
struct gmem_recent {
	struct gmem_recent_change changes[GMEM_RECENT];
	uint64_t made;		/* number of changes added; the last GMEM_RECENT are kept */
};

void gmem_recent_add(struct gmem_recent *r, uint64_t ts_ns, uint64_t start, uint64_t end,
		     enum gmem_direction direction);

/* Returns the latest change that touched [start, end), or NULL if none is kept. @r may be NULL. */
const struct gmem_recent_change *gmem_recent_of(const struct gmem_recent *r, uint64_t start,
						uint64_t end);

#endif /* GMEM_RECENT_H */
