/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns: time. Must not know what the operations do. */
#ifndef GMEM_BENCH_MEASURE_H
#define GMEM_BENCH_MEASURE_H

#include <stdint.h>

#include "beside.h"
#include "ops.h"

struct measure {
	uint64_t count;
	uint64_t total_ns;
	uint64_t chunk;			/* operations of one, at most */
	double best_ns_per_op;		/* of the chunk that took the least time */
	uint64_t beside_ns;		/* CPU time of others, more than without the operations */
};

/*
 * Runs the operation warmup times, then count times, and measures the latter with CLOCK_MONOTONIC,
 * and what those beside it do until they have caught up. 0 or -errno of the operation that failed.
 */
int measure_op(const struct testbed *t, const struct op *op, uint64_t count, uint64_t warmup,
	       const struct beside *beside, struct measure *m);

#endif
