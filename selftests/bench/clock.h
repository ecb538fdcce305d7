/* SPDX-License-Identifier: GPL-2.0-only */
/* Time of the benches; under --icount, 1 ns is an instruction. */
#ifndef GMEM_BENCH_CLOCK_H
#define GMEM_BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

#endif
