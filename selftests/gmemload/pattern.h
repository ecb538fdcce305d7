/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Choice of the next conversion. Independent of KVM, clocks and the way a conversion is performed.
 * The same seed and the same page state give the same sequence, and the sequence of ranges does not
 * depend on the origin (except that an access converts single pages).
 */
#ifndef GMEMLOAD_PATTERN_H
#define GMEMLOAD_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "pagestate.h"
#include "rng.h"

enum pattern_kind {
	PATTERN_FLIP4K,
	PATTERN_FLIP2M,
	PATTERN_SLOT,
	PATTERN_SWIOTLB,
	PATTERN_MIX,
};

/* Origin of a conversion. SETUP is the VMM before the guest's first instruction. */
enum origin {
	ORIGIN_SETUP,
	ORIGIN_HYPERCALL,
	ORIGIN_ACCESS,
	ORIGIN_IOCTL,
	NR_ORIGINS,
};

enum by_kind {
	BY_HYPERCALL,
	BY_ACCESS,
	BY_IOCTL,
	BY_MIX,
};

/* Range in pages, relative to the start of the VM's RAM. */
struct conversion {
	uint64_t start;
	uint64_t npages;
	bool to_private;
	enum origin origin;
};

struct pattern {
	enum pattern_kind kind;
	enum by_kind by;
	struct page_extent slice;	/* bounds of all conversions */
	uint64_t alias_pages;		/* accesses stay in the slice's first pages */
	struct rng rng;
	uint64_t pool_done;		/* swiotlb: pages of the pool converted so far */
	struct page_extent bounce;	/* swiotlb: shared now, converted back next */
};

/* Returns how many pages at the start of a slice can be converted by an access. */
uint64_t pattern_alias_pages(uint64_t slice_npages);

/* Initializes a pattern; @slice must not be empty. */
void pattern_init(struct pattern *pattern, enum pattern_kind kind, enum by_kind by,
		  struct page_extent slice, struct rng rng);

/* Returns the next conversion. @ps is the page state after all conversions so far. */
struct conversion pattern_next(struct pattern *pattern, const struct pagestate *ps);

#endif
