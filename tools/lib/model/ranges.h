/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Set of pages, kept as sorted extents that neither touch nor overlap, 16 bytes each. Adding
 * and removing cost O(log n) plus the extents that they merge.
 */
#ifndef GMEM_RANGES_H
#define GMEM_RANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* [start, end) in pages. */
struct gmem_extent {
	uint64_t start;
	uint64_t end;
};

struct gmem_chunk;

/* Zero-initialised: the empty set. */
struct gmem_ranges {
	struct gmem_chunk **chunks;
	struct gmem_chunk *spare;
	size_t nr_chunks;
	size_t max_chunks;
	size_t nr_extents;
	uint64_t nr_pages;
};

void gmem_ranges_free(struct gmem_ranges *r);

/* Return 0, or -ENOMEM with the set unchanged. An empty or inverted range does nothing. */
int gmem_ranges_add(struct gmem_ranges *r, uint64_t start, uint64_t end);
int gmem_ranges_del(struct gmem_ranges *r, uint64_t start, uint64_t end);

/* Returns the number of pages of the set within [start, end). */
uint64_t gmem_ranges_count(const struct gmem_ranges *r, uint64_t start, uint64_t end);

/*
 * Sets @x to the first whole extent that ends above @from; returns false if there is none.
 * Walk: for (x.end = 0; gmem_ranges_next(r, x.end, &x); ) ..
 */
bool gmem_ranges_next(const struct gmem_ranges *r, uint64_t from, struct gmem_extent *x);

#endif /* GMEM_RANGES_H */
