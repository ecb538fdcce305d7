/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Sorting of records by time. They arrive out of order: those of phases with the end of their
 * conversion, and those of different CPUs may overtake each other. A bounded number is held back
 * and handed over by time.
 */
#ifndef GMEMTRACE_IN_ORDER_H
#define GMEMTRACE_IN_ORDER_H

#include <stdint.h>

#include "base/source.h"

/*
 * Records held back; many, as a task may be preempted for long inside a conversion. A record that
 * comes later than that keeps its time, but is out of order. A power of two: the ring is indexed by a
 * number that wraps.
 */
#define IN_ORDER_HELD	32768

/* Record of an event or GMEM_VM; the tail that a newer version appends is cut off. */
union in_order_rec {
	struct gmem_hdr h;
	struct gmem_rec event;
	struct gmem_stall_rec stall;
	struct gmem_conversion_rec conversion;
	struct gmem_vm_rec vm;
};

struct in_order {
	gmem_record_fn fn;	/* receives the records; its errors are returned by add and flush */
	void *ctx;
	union in_order_rec *held;	/* indexed by place */
	uint16_t places[IN_ORDER_HELD];	/* ring: from first on those of held records by time, then free ones */
	uint32_t first;
	uint32_t nr;
};

/* Returns 0 or -ENOMEM. */
int in_order_init(struct in_order *o, gmem_record_fn fn, void *ctx);
void in_order_free(struct in_order *o);

/* Holds a copy of @rec; if there is no room, hands over the earliest first. Returns 0 or what fn returned. */
int in_order_add(struct in_order *o, const struct gmem_hdr *rec);

/* Hands over all held records. Returns 0 or what fn returned. */
int in_order_flush(struct in_order *o);

#endif /* GMEMTRACE_IN_ORDER_H */
