/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The last conversions of a VM, so that a view can show where it is at work. */
#ifndef GMEM_RECENT_H
#define GMEM_RECENT_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"

#define GMEM_RECENT	128

/* Neighbours that become alike within this time are one change: a sweep page by page. */
#define GMEM_RECENT_JOIN_NS	100000000ULL

struct gmem_recent_change {
	uint64_t begin_ns;	/* the first of what was joined */
	uint64_t ts_ns;		/* the last */
	uint64_t start;		/* gfns [start, end) */
	uint64_t end;
	enum gmem_direction direction;
};

/* All zero is none. */
struct gmem_recent {
	struct gmem_recent_change changes[GMEM_RECENT];
	uint64_t made;		/* so many were put in; the last of them are there */
};

void gmem_recent_add(struct gmem_recent *r, uint64_t ts_ns, uint64_t start, uint64_t end,
		     enum gmem_direction direction);

/* Change number i from the latest, which is 0; NULL: no more are there. r may be NULL. */
const struct gmem_recent_change *gmem_recent_at(const struct gmem_recent *r, size_t i);

/* The latest that touched [start, end), or NULL. */
const struct gmem_recent_change *gmem_recent_of(const struct gmem_recent *r, uint64_t start,
						uint64_t end);

#endif /* GMEM_RECENT_H */
