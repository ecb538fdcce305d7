/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which ranges are converted again and again: the most frequent of any number of ranges, in
 * bounded memory (Space-Saving; Metwally, Agrawal, El Abbadi, 2005). A conversion counts in
 * the aligned blocks of a power of two pages, at least 2 MiB, of which it touches one or
 * two: so a slot that is converted whole is one range, as is a page that is.
 */
#ifndef GMEM_HOT_H
#define GMEM_HOT_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"

#define GMEM_HOT_ORDER	9	/* of the smallest block: 2 MiB */

struct gmem_hot_range {
	uint64_t start;		/* gfns [start, end), of the whole block */
	uint64_t end;
	uint64_t flips;		/* conversions that touched it, since it has been followed */
	uint64_t missed;	/* at most so many were before that; 0: flips is exact */
	uint64_t bytes;		/* that these converted in it */
	uint64_t turns;		/* of flips: the one before went the other way */
	uint64_t last_ns;
	enum gmem_direction last;
};

struct gmem_hot;

/* Follows up to max ranges, 1 at least; 100 bytes each. NULL: there is no memory. */
struct gmem_hot *gmem_hot_new(size_t max);
struct gmem_hot *gmem_hot_copy(const struct gmem_hot *h);
void gmem_hot_free(struct gmem_hot *h);

/* gfns [start, end) were converted; an empty or inverted range is nothing. O(log max). */
void gmem_hot_add(struct gmem_hot *h, uint64_t ts_ns, uint64_t start, uint64_t end,
		  enum gmem_direction direction);

/*
 * Up to n ranges, those with most flips first. Any range with more conversions than the
 * least of max followed ones has is among those followed. NULL follows none.
 */
size_t gmem_hot_top(const struct gmem_hot *h, struct gmem_hot_range *out, size_t n);

#endif /* GMEM_HOT_H */
