/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Hottest ranges: the most frequently converted of any number of ranges, in bounded memory
 * (Space-Saving; Metwally, Agrawal, El Abbadi, 2005). A conversion counts in aligned blocks of
 * a power of two pages, the smallest size, from 2 MiB up, of which it touches at most two: a
 * slot that is converted as a whole is one range, like a single page.
 */
#ifndef GMEM_HOT_H
#define GMEM_HOT_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"

#define GMEM_HOT_ORDER	9	/* smallest block: 2 MiB */

struct gmem_hot_range {
	uint64_t start;		/* gfns [start, end) of the whole block */
	uint64_t end;
	uint64_t conversions;		/* conversions that touched it since it is followed */
	uint64_t missed;	/* upper bound of conversions before that; 0: conversions is exact */
	uint64_t bytes;		/* converted by these within the block */
	uint64_t reversals;		/* reversals: the conversion before went the other way */
	uint64_t last_ns;
	enum gmem_direction last;
};

struct gmem_hot;

/* Follows up to @max ranges (at least 1), 100 bytes each. Returns NULL if out of memory. */
struct gmem_hot *gmem_hot_new(size_t max);
struct gmem_hot *gmem_hot_copy(const struct gmem_hot *h);
void gmem_hot_free(struct gmem_hot *h);

/* Counts a conversion of gfns [start, end); ignores an empty or inverted range. O(log max). */
void gmem_hot_add(struct gmem_hot *h, uint64_t ts_ns, uint64_t start, uint64_t end,
		  enum gmem_direction direction);

/*
 * Fills @out with up to @n ranges, most conversions first, and returns their number (0 if @h is
 * NULL). Every range with more conversions than the lowest count of those followed is followed.
 */
size_t gmem_hot_top(const struct gmem_hot *h, struct gmem_hot_range *out, size_t n);

#endif /* GMEM_HOT_H */
