/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* State of the latency view, for its keys and its drawing. */
#ifndef GMEMTOP_VIEW_LATENCY_H
#define GMEMTOP_VIEW_LATENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "ui/view.h"
#include "views/latency_sums.h"

enum latency_direction {
	LATENCY_OF_BOTH,
	LATENCY_OF_PRIVATE,
	LATENCY_OF_SHARED,
	LATENCY_DIRECTIONS
};

struct latency_state {
	enum gmem_latency of;
	enum latency_direction direction;
	bool one;		/* only the selected VM */
	uint64_t vm;		/* VM of the sums; 0: all VMs */
	struct latency_sums now;
	struct latency_sums start;
};

static inline unsigned int latency_bits(enum latency_direction d)
{
	return d == LATENCY_OF_PRIVATE ? LATENCY_PRIVATE : d == LATENCY_OF_SHARED ? LATENCY_SHARED :
	       LATENCY_BOTH;
}

extern const struct view view_latency;

#endif /* GMEMTOP_VIEW_LATENCY_H */
