/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Distribution of durations: count, sum, minimum and maximum are exact, quantiles as exact as
 * the slots of gmem_hist.h. All values are in nanoseconds. Zero-initialised: empty.
 */
#ifndef GMEM_DIST_H
#define GMEM_DIST_H

#include <stdint.h>

#include "bpf/gmem_abi.h"

struct gmem_dist {
	uint64_t count;
	uint64_t total_ns;
	uint64_t min_ns;	/* 0 if empty */
	uint64_t max_ns;
	__u64 slots[GMEM_HIST_SLOTS];
};

void gmem_dist_add(struct gmem_dist *d, uint64_t ns);
void gmem_dist_merge(struct gmem_dist *to, const struct gmem_dist *from);

/* Returns a quantile like gmem_hist_quantile(), but within minimum and maximum. */
uint64_t gmem_dist_quantile(const struct gmem_dist *d, double q);

/* Returns the mean, rounded down; 0 if empty. */
uint64_t gmem_dist_mean(const struct gmem_dist *d);

#endif /* GMEM_DIST_H */
