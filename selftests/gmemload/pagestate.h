/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Expected state of each page of one VM: its attribute, and the content of its private and its
 * shared side. Independent of KVM, files and threads. Callers in different threads may work on
 * disjoint ranges at the same time.
 *
 * A side's content is the number of the write that made it; 0 is "not populated: reads as zeros".
 * Every access of the guest ends in a write, so a page of a side is populated exactly if it is not
 * 0. With huge pages, the first private page that is written in a block populates all of it.
 */
#ifndef GMEMLOAD_PAGESTATE_H
#define GMEMLOAD_PAGESTATE_H

#include <stdbool.h>
#include <stdint.h>

enum page_side {
	SIDE_SHARED,
	SIDE_PRIVATE,
	NR_SIDES,
};

struct pagestate {
	uint64_t npages;
	uint8_t *is_private;		/* attribute by page */
	uint32_t *seq[NR_SIDES];	/* content by side and page */
	uint8_t *huge;			/* NULL, or by block: it may have a huge page */
	uint8_t *populated;		/* with huge: private side by page */
};


/* Consecutive pages with equal attribute and equal content of the accessible side. */
struct page_run {
	uint64_t start;
	uint64_t npages;
	enum page_side side;
	uint32_t seq;
};

struct page_extent {
	uint64_t start;
	uint64_t npages;
};

/* Makes all pages shared and empty. Returns 0 or -ENOMEM. */
int pagestate_init(struct pagestate *ps, uint64_t npages);
void pagestate_free(struct pagestate *ps);

/*
 * Allows huge pages in all blocks of the range that lie in it as a whole: their private side gets one if all of the
 * block is private and nothing of it is populated. Returns 0 or -ENOMEM.
 */
int pagestate_allow_huge(struct pagestate *ps, uint64_t start, uint64_t npages);

/* Sets the attribute; returns how many pages had the other one. Content stays. */
uint64_t pagestate_convert(struct pagestate *ps, uint64_t start, uint64_t npages, bool to_private);

/* Empties a side; returns how many pages it had in the range. */
uint64_t pagestate_discard(struct pagestate *ps, enum page_side side, uint64_t start,
			   uint64_t npages);

/* Records a write by the guest: content of the side that each page's attribute makes accessible. */
void pagestate_write(struct pagestate *ps, uint64_t start, uint64_t npages, uint32_t seq);

/* Returns the run that begins at @start and ends at or before @end (@start < @end). */
struct page_run pagestate_run(const struct pagestate *ps, uint64_t start, uint64_t end);

/* Returns how many pages of a side are populated in the range. */
uint64_t pagestate_populated(const struct pagestate *ps, enum page_side side, uint64_t start,
			     uint64_t npages);

/* Returns how many pages of a side are populated although the attribute selects the other side. */
uint64_t pagestate_double_backed(const struct pagestate *ps, enum page_side side);

/*
 * Finds the first maximal extent of private attributes in [@start, @end); false if there is none.
 */
bool pagestate_next_private(const struct pagestate *ps, uint64_t start, uint64_t end,
			    struct page_extent *extent);

/* Finds the first maximal extent of populated pages of a side. */
bool pagestate_next_populated(const struct pagestate *ps, enum page_side side, uint64_t start,
			      uint64_t end, struct page_extent *extent);

#endif
