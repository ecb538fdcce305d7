/* SPDX-License-Identifier: GPL-2.0-only */
/* Time measurement. Independent of the operations. */
#ifndef GMEM_BENCH_MEASURE_H
#define GMEM_BENCH_MEASURE_H

#include <stdint.h>

#include "beside.h"
#include "ops.h"

struct measure {
	uint64_t count;
	uint64_t total_ns;
	uint64_t chunk;			/* operations in one chunk, at most */
	double best_ns_per_op;		/* the fastest chunk */
	uint64_t beside_ns;		/* CPU time of other processes, beyond their idle use */
};

/*
 * Runs the operation @warmup times, then @count times, and measures the latter with
 * CLOCK_MONOTONIC, and the CPU time of the processes in @beside until they have caught up. Returns
 * 0 or -errno of the operation that failed.
 */
int measure_op(const struct testbed *t, const struct op *op, uint64_t count, uint64_t warmup,
	       const struct beside *beside, struct measure *m);

#endif
