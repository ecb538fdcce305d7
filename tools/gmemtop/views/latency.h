/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* View of latencies: its state, for its keys and its drawing, and its figures. */
#ifndef GMEMTOP_VIEW_LATENCY_H
#define GMEMTOP_VIEW_LATENCY_H

#include <stdbool.h>
#include <stdint.h>

#include "model/history.h"
#include "model/model.h"
#include "ui/view.h"
#include "widgets/panel.h"

extern const char *const latency_names[GMEM_LATENCIES];	/* "conversion", "stall", "lock" .. */

/* Directions to sum, as bits. */
#define LATENCY_SHARED	(1U << GMEM_TO_SHARED)
#define LATENCY_PRIVATE	(1U << GMEM_TO_PRIVATE)
#define LATENCY_BOTH	(LATENCY_SHARED | LATENCY_PRIVATE)

/* Histograms of times: fine for conversions and stalls, coarse for phases. */
struct latency_sums {
	__u64 fine[GMEM_LATENCY_PHASE][GMEM_HIST_SLOTS];
	__u64 coarse[GMEM_PHASES][GMEM_PHASE_SLOTS];
	uint64_t max_ns[GMEM_LATENCY_PHASE];	/* exact maximum; 0: unknown, use the histogram */
};

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

/* Figures, from the counters of one VM or of many. Pure. */

/* Add a VM's counts since it was first seen (start), or between its last two refreshes (now). */
void latency_add_start(struct latency_sums *s, const struct gmem_vm *vm, unsigned int directions);
void latency_add_now(struct latency_sums *s, const struct gmem_vm *vm, unsigned int directions);

uint64_t latency_count(const struct latency_sums *s, enum gmem_latency of);

/* Returns the q-quantile in ns: at most 1/8 too high; for phases up to a factor of two. */
uint64_t latency_quantile(const struct latency_sums *s, enum gmem_latency of, double q);

/* Count by magnitude: slot k counts [2^k, 2^(k+1)) ns. */
void latency_magnitudes(const struct latency_sums *s, enum gmem_latency of,
			uint64_t counts[GMEM_PHASE_SLOTS]);
void latency_of_period(const struct gmem_period *p, enum gmem_latency of, unsigned int directions,
		       uint64_t counts[GMEM_PHASE_SLOTS]);

/* Returns the enum gmem_feature of the probes that measure it; 0: all do. */
uint64_t latency_feature(enum gmem_latency of);

/* Heat map: a column for each refresh, a row for each magnitude. h NULL: none is kept, and only sums are drawn. */
void heat_draw(struct panel *p, const struct latency_state *s, const struct gmem_history *h);

extern const struct view view_latency;

#endif /* GMEMTOP_VIEW_LATENCY_H */
