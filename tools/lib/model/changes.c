// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "model/changes.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void gmem_changes_free(struct gmem_changes *c)
{
	free(c->later);
	memset(c, 0, sizeof(*c));
}

static int set_private(struct gmem_ranges *to, uint64_t start, uint64_t end, bool private)
{
	return private ? gmem_ranges_add(to, start, end) : gmem_ranges_del(to, start, end);
}

/* Sets the attribute of the range, except where a later change has set it. */
static int set_unless_later(const struct gmem_changes *c, struct gmem_ranges *to,
		    const struct gmem_change *change, bool private)
{
	struct gmem_ranges rest = { 0 };
	struct gmem_extent x = { 0, 0 };
	int err = gmem_ranges_add(&rest, change->start, change->end);

	for (size_t i = 0; !err && i < c->nr_later; i++) {
		if (c->later[i].order > change->order && c->later[i].start < c->later[i].end)
			err = gmem_ranges_del(&rest, c->later[i].start, c->later[i].end);
	}
	while (!err && gmem_ranges_next(&rest, x.end, &x))
		err = set_private(to, x.start, x.end, private);
	gmem_ranges_free(&rest);
	return err;
}

static int keep_later(struct gmem_changes *c, const struct gmem_change *change)
{
	if (!c->later) {
		c->later = malloc((GMEM_CHANGES_MAX + 1) * sizeof(*c->later));
		if (!c->later)
			return -ENOMEM;
	}
	c->later[c->nr_later++] = *change;
	return 0;
}

static uint64_t lowest_order(const struct gmem_changes *c)
{
	uint64_t order = UINT64_MAX;

	for (size_t i = 0; i < c->nr_later; i++) {
		if (c->later[i].order < order)
			order = c->later[i].order;
	}
	return order;
}

static void drop_up_to(struct gmem_changes *c, uint64_t order)
{
	for (size_t i = c->nr_later; i-- > 0; ) {
		if (c->later[i].order <= order)
			c->later[i] = c->later[--c->nr_later];
	}
}

/*
 * Advances done to the first missing change. If too many changes wait for it, its record was
 * lost: done skips it.
 */
static void advance_done(struct gmem_changes *c)
{
	uint64_t order;

	while (c->nr_later) {
		order = lowest_order(c);
		if (order > c->done + 1 && c->nr_later <= GMEM_CHANGES_MAX)
			return;
		if (order > c->done)
			c->done = order;
		drop_up_to(c, order);
	}
}

int gmem_changes_apply(struct gmem_changes *c, struct gmem_ranges *to, const struct gmem_change *change,
		       bool private)
{
	int err = 0;

	if (change->start < change->end)
		err = set_unless_later(c, to, change, private);
	/* The common case: changes arrive in order. */
	if (!err && change->order == c->done + 1 && !c->nr_later) {
		c->done++;
		return 0;
	}
	if (!err)
		err = keep_later(c, change);
	if (!err)
		advance_done(c);
	return err;
}
