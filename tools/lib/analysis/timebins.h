/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Activity over time: a fixed number of bins, which become wider as time goes on. */
#ifndef GMEM_TIMEBINS_H
#define GMEM_TIMEBINS_H

#include <stdint.h>

#include "bpf/gmem_abi.h"

#define GMEM_BINS	240
#define GMEM_BIN_SHIFT	20	/* narrowest bin: 2^20 ns */

struct gmem_bin {
	uint64_t count[GMEM_DIRECTIONS];	/* conversions that ended in it */
	uint64_t bytes[GMEM_DIRECTIONS];
	uint64_t max_ns;			/* the longest of them */
	uint64_t stall_ns;			/* of stalls that ended in it */
	uint64_t retries;
};

struct gmem_timebins {
	uint64_t begin_ns;	/* 0: empty */
	unsigned int shift;	/* a bin is 2^shift ns wide */
	struct gmem_bin bins[GMEM_BINS];
};

/* Returns the bin of @ts_ns; times before the begin count in the first bin. */
struct gmem_bin *gmem_timebins_at(struct gmem_timebins *t, uint64_t ts_ns);

#endif /* GMEM_TIMEBINS_H */
