// SPDX-License-Identifier: GPL-2.0-only
/* Attribute and content of every page. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "content.h"
#include "pagestate.h"

int pagestate_init(struct pagestate *ps, uint64_t npages)
{
	*ps = (struct pagestate){
		.npages = npages,
		.is_private = calloc(npages, sizeof(*ps->is_private)),
		.seq = {
			[SIDE_SHARED] = calloc(npages, sizeof(*ps->seq[0])),
			[SIDE_PRIVATE] = calloc(npages, sizeof(*ps->seq[0])),
		},
	};
	if (ps->is_private && ps->seq[SIDE_SHARED] && ps->seq[SIDE_PRIVATE])
		return 0;
	pagestate_free(ps);
	return -ENOMEM;
}

void pagestate_free(struct pagestate *ps)
{
	free(ps->is_private);
	free(ps->seq[SIDE_SHARED]);
	free(ps->seq[SIDE_PRIVATE]);
	free(ps->huge);
	free(ps->populated);
	*ps = (struct pagestate){ 0 };
}

int pagestate_allow_huge(struct pagestate *ps, uint64_t start, uint64_t npages)
{
	uint64_t block = (start + GM_BLOCK_PAGES - 1) / GM_BLOCK_PAGES;

	if (!ps->huge) {
		ps->huge = calloc(ps->npages / GM_BLOCK_PAGES + 1, sizeof(*ps->huge));
		ps->populated = calloc(ps->npages, sizeof(*ps->populated));
	}
	if (!ps->huge || !ps->populated)
		return -ENOMEM;
	for (; (block + 1) * GM_BLOCK_PAGES <= start + npages; block++)
		ps->huge[block] = true;
	return 0;
}

static bool is_populated(const struct pagestate *ps, enum page_side side, uint64_t page)
{
	return side == SIDE_PRIVATE && ps->huge ? ps->populated[page] : ps->seq[side][page] != 0;
}

/* Populates the private page, or all of its block. */
static void populate(struct pagestate *ps, uint64_t page)
{
	uint64_t start = page - page % GM_BLOCK_PAGES, i;

	if (ps->populated[page])
		return;
	ps->populated[page] = true;
	if (!ps->huge[page / GM_BLOCK_PAGES])
		return;
	for (i = start; i < start + GM_BLOCK_PAGES; i++)
		if (!ps->is_private[i] || (i != page && ps->populated[i]))
			return;
	memset(ps->populated + start, true, GM_BLOCK_PAGES);
}

uint64_t pagestate_convert(struct pagestate *ps, uint64_t start, uint64_t npages, bool to_private)
{
	uint64_t changed = 0;
	uint64_t i;

	for (i = start; i < start + npages; i++)
		changed += ps->is_private[i] != to_private;
	memset(ps->is_private + start, to_private, npages);
	return changed;
}

uint64_t pagestate_discard(struct pagestate *ps, enum page_side side, uint64_t start,
			   uint64_t npages)
{
	uint32_t *seq = ps->seq[side];
	uint64_t dropped = 0;
	uint64_t i;

	/* Store only where there is content: untouched parts of a huge VM then cost no memory. */
	for (i = start; i < start + npages; i++) {
		if (!is_populated(ps, side, i))
			continue;
		seq[i] = 0;
		if (side == SIDE_PRIVATE && ps->huge)
			ps->populated[i] = false;
		dropped++;
	}
	return dropped;
}

void pagestate_write(struct pagestate *ps, uint64_t start, uint64_t npages, uint32_t seq)
{
	uint64_t i;

	for (i = start; i < start + npages; i++) {
		if (ps->is_private[i] && ps->huge)
			populate(ps, i);
		ps->seq[ps->is_private[i]][i] = seq;
	}
}

struct page_run pagestate_run(const struct pagestate *ps, uint64_t start, uint64_t end)
{
	enum page_side side = ps->is_private[start] ? SIDE_PRIVATE : SIDE_SHARED;
	const uint32_t *seq = ps->seq[side];
	uint64_t i = start + 1;

	while (i < end && ps->is_private[i] == ps->is_private[start] && seq[i] == seq[start])
		i++;
	return (struct page_run){
		.start = start,
		.npages = i - start,
		.side = side,
		.seq = seq[start],
	};
}

uint64_t pagestate_populated(const struct pagestate *ps, enum page_side side, uint64_t start,
			     uint64_t npages)
{
	uint64_t populated = 0;
	uint64_t i;

	for (i = start; i < start + npages; i++)
		populated += is_populated(ps, side, i);
	return populated;
}

uint64_t pagestate_double_backed(const struct pagestate *ps, enum page_side side)
{
	uint64_t double_backed = 0;

	for (uint64_t i = 0; i < ps->npages; i++)
		double_backed += is_populated(ps, side, i) && ps->is_private[i] != (side == SIDE_PRIVATE);
	return double_backed;
}

bool pagestate_next_private(const struct pagestate *ps, uint64_t start, uint64_t end,
			    struct page_extent *extent)
{
	uint64_t i = start;

	while (i < end && !ps->is_private[i])
		i++;
	extent->start = i;
	while (i < end && ps->is_private[i])
		i++;
	extent->npages = i - extent->start;
	return extent->npages;
}

bool pagestate_next_populated(const struct pagestate *ps, enum page_side side, uint64_t start,
			      uint64_t end, struct page_extent *extent)
{
	uint64_t i = start;

	while (i < end && !is_populated(ps, side, i))
		i++;
	extent->start = i;
	while (i < end && is_populated(ps, side, i))
		i++;
	extent->npages = i - extent->start;
	return extent->npages;
}
