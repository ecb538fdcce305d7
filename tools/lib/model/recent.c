// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "model/recent.h"

#include <stdbool.h>
#include <stddef.h>

static bool joins(const struct gmem_recent_change *c, uint64_t ts_ns, uint64_t start, uint64_t end,
		  enum gmem_direction direction)
{
	return c->direction == direction && start <= c->end && end >= c->start &&
	       ts_ns - c->begin_ns <= GMEM_RECENT_JOIN_NS;
}

void gmem_recent_add(struct gmem_recent *r, uint64_t ts_ns, uint64_t start, uint64_t end,
		     enum gmem_direction direction)
{
	struct gmem_recent_change *c = &r->changes[(r->made - 1) % GMEM_RECENT];

	if (start >= end)
		return;
	if (r->made && joins(c, ts_ns, start, end, direction)) {
		c->start = start < c->start ? start : c->start;
		c->end = end > c->end ? end : c->end;
		c->ts_ns = ts_ns;
		return;
	}
	r->changes[r->made++ % GMEM_RECENT] = (struct gmem_recent_change){
		ts_ns, ts_ns, start, end, direction,
	};
}

/* Returns the change @i before the latest (0: the latest), or NULL if it is not kept. */
static const struct gmem_recent_change *change_at(const struct gmem_recent *r, size_t i)
{
	if (!r || i >= GMEM_RECENT || i >= r->made)
		return NULL;
	return &r->changes[(r->made - 1 - i) % GMEM_RECENT];
}

const struct gmem_recent_change *gmem_recent_of(const struct gmem_recent *r, uint64_t start,
						uint64_t end)
{
	const struct gmem_recent_change *c;

	for (size_t i = 0; (c = change_at(r, i)); i++) {
		if (c->start < end && c->end > start)
			return c;
	}
	return NULL;
}
