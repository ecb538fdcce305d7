// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/block.h"

#include <stdbool.h>
#include <stddef.h>

static bool is_private(const struct gmem_raw_block *b, unsigned int page)
{
	return b->private[page / 64] >> page % 64 & 1;
}

/* Fills *r with extents from @page on, as many as fit. Returns the page to resume from. */
static unsigned int fill_extents(const struct gmem_raw_block *b, unsigned int page, struct gmem_map_rec *r)
{
	r->nr = 0;
	r->start = b->start + page;
	while (page < BLOCK_PAGES && r->nr < GMEM_MAP_EXTENTS) {
		while (page < BLOCK_PAGES && !is_private(b, page))
			page++;
		if (page == BLOCK_PAGES)
			break;
		r->extents[r->nr].start = b->start + page;
		while (page < BLOCK_PAGES && is_private(b, page))
			page++;
		r->extents[r->nr++].end = b->start + page;
	}
	r->end = b->start + page;
	return page;
}

int block_emit(const struct gmem_raw_block *b, gmem_record_fn fn, void *ctx)
{
	struct gmem_map_rec r = { .h = b->h };
	unsigned int page = 0;
	int err = 0;

	r.h.kind = GMEM_SCAN_MAP;
	r.h.size = sizeof(r);
	while (!err && page < BLOCK_PAGES) {
		page = fill_extents(b, page, &r);
		err = fn(ctx, &r.h);
	}
	return err;
}
