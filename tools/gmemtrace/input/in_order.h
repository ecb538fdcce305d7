/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Owns: the order of lines. Records come when their operations are told: those of phases with the
 * end of the conversion, and those of several CPUs may overtake each other. A few are held back
 * so that they can be handed over by their times. Knows no line.
 */
#ifndef GMEMTRACE_IN_ORDER_H
#define GMEMTRACE_IN_ORDER_H

#include <stdint.h>

#include "base/source.h"

#define IN_ORDER_HELD	32768	/* a task may be preempted for long inside a conversion; one that is later than so many keeps its time, but not its place */

/* An event, or GMEM_VM: what is behind it in a record of a newer version is cut off. */
union in_order_rec {
	struct gmem_hdr h;
	struct gmem_rec event;
	struct gmem_stall_rec stall;
	struct gmem_conversion_rec conversion;
	struct gmem_vm_rec vm;
};

struct in_order {
	gmem_record_fn fn;	/* gets them; what it returns, adding and flushing return */
	void *ctx;
	union in_order_rec *held;	/* by place */
	uint16_t places[2 * IN_ORDER_HELD];	/* from first on: of those that are held, by time */
	uint32_t first;
	uint32_t nr;
	uint16_t free[IN_ORDER_HELD];
	uint32_t nr_free;
};

/* 0 or -ENOMEM. */
int in_order_init(struct in_order *o, gmem_record_fn fn, void *ctx);
void in_order_free(struct in_order *o);

int in_order_add(struct in_order *o, const struct gmem_hdr *rec);

/* All that are held. */
int in_order_flush(struct in_order *o);

#endif /* GMEMTRACE_IN_ORDER_H */
