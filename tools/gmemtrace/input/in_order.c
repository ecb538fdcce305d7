// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/in_order.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int in_order_init(struct in_order *o, gmem_record_fn fn, void *ctx)
{
	memset(o, 0, sizeof(*o));
	o->fn = fn;
	o->ctx = ctx;
	o->held = calloc(IN_ORDER_HELD, sizeof(*o->held));
	for (uint16_t i = 0; i < IN_ORDER_HELD; i++)
		o->free[o->nr_free++] = i;
	return o->held ? 0 : -ENOMEM;
}

void in_order_free(struct in_order *o)
{
	free(o->held);
	o->held = NULL;
}

static int hand_over_first(struct in_order *o)
{
	uint16_t place = o->places[o->first++];

	o->nr--;
	o->free[o->nr_free++] = place;
	return o->fn(o->ctx, &o->held[place].h);
}

static uint16_t hold(struct in_order *o, const struct gmem_hdr *rec)
{
	uint16_t place = o->free[--o->nr_free];
	union in_order_rec *to = &o->held[place];
	size_t size = rec->size < sizeof(*to) ? rec->size : sizeof(*to);

	memcpy(to, rec, size);
	to->h.size = (uint16_t)size;
	return place;
}

/* Inserts a record behind all that are not later: nearly always at the end. */
static void put_in_place(struct in_order *o, uint16_t place)
{
	uint16_t *at;

	if (o->first + o->nr == 2 * IN_ORDER_HELD) {
		memmove(o->places, o->places + o->first, o->nr * sizeof(*o->places));
		o->first = 0;
	}
	for (at = o->places + o->first + o->nr++; at > o->places + o->first; at--) {
		if (o->held[at[-1]].h.ts_ns <= o->held[place].h.ts_ns)
			break;
		*at = at[-1];
	}
	*at = place;
}

int in_order_add(struct in_order *o, const struct gmem_hdr *rec)
{
	int err = o->nr_free ? 0 : hand_over_first(o);

	if (!err)
		put_in_place(o, hold(o, rec));
	return err;
}

int in_order_flush(struct in_order *o)
{
	int err = 0;

	while (!err && o->nr)
		err = hand_over_first(o);
	return err;
}
