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
	for (uint32_t i = 0; i < IN_ORDER_HELD; i++)
		o->places[i] = (uint16_t)i;
	return o->held ? 0 : -ENOMEM;
}

void in_order_free(struct in_order *o)
{
	free(o->held);
	o->held = NULL;
}

static uint16_t *place_at(struct in_order *o, uint32_t i)
{
	return &o->places[i % IN_ORDER_HELD];
}

static int hand_over_first(struct in_order *o)
{
	o->nr--;
	return o->fn(o->ctx, &o->held[*place_at(o, o->first++)].h);
}

int in_order_add(struct in_order *o, const struct gmem_hdr *rec)
{
	size_t size = rec->size < sizeof(*o->held) ? rec->size : sizeof(*o->held);
	int err = o->nr < IN_ORDER_HELD ? 0 : hand_over_first(o);
	union in_order_rec *to;
	uint32_t at;

	if (err)
		return err;
	at = o->first + o->nr++;
	to = &o->held[*place_at(o, at)];
	memcpy(to, rec, size);
	to->h.size = (uint16_t)size;
	/* Behind all that are not later: nearly always at the end. */
	for (; at != o->first && o->held[*place_at(o, at - 1)].h.ts_ns > rec->ts_ns; at--)
		*place_at(o, at) = *place_at(o, at - 1);
	*place_at(o, at) = (uint16_t)(to - o->held);
	return 0;
}

int in_order_flush(struct in_order *o)
{
	int err = 0;

	while (!err && o->nr)
		err = hand_over_first(o);
	return err;
}
