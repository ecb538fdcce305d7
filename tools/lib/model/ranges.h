/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A set of pages, kept as sorted extents that neither touch nor overlap: 16
 * bytes for each. Adding and removing cost O(log n) plus what they merge.
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

/* All zero is the empty set. */
struct gmem_ranges {
	struct gmem_chunk **chunks;
	struct gmem_chunk *spare;
	size_t nr_chunks;
	size_t max_chunks;
	size_t nr_extents;
	uint64_t nr_pages;
};

void gmem_ranges_free(struct gmem_ranges *r);

/* 0, or -ENOMEM with the set as it was. An empty or inverted range is no-op. */
int gmem_ranges_add(struct gmem_ranges *r, uint64_t start, uint64_t end);
int gmem_ranges_del(struct gmem_ranges *r, uint64_t start, uint64_t end);

/* Pages of the set within [start, end). */
uint64_t gmem_ranges_count(const struct gmem_ranges *r, uint64_t start, uint64_t end);

/*
 * The first extent that ends above from, as a whole; false if there is none.
 * Walk: for (x.end = 0; gmem_ranges_next(r, x.end, &x); ) ..
 */
bool gmem_ranges_next(const struct gmem_ranges *r, uint64_t from, struct gmem_extent *x);

#endif /* GMEM_RANGES_H */
