/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Clocks: CLOCK_MONOTONIC, the clock of all records, and the offsets of others to it, for recordings. */
#ifndef GMEM_CLOCKS_H
#define GMEM_CLOCKS_H

#include <stdint.h>
#include <time.h>

#include "base/source.h"

static inline uint64_t gmem_clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static inline uint64_t gmem_now_ns(void)
{
	return gmem_clock_ns(CLOCK_MONOTONIC);
}

static inline int64_t gmem_now_ms(void)
{
	return (int64_t)(gmem_now_ns() / 1000000);
}

/* Offsets to CLOCK_MONOTONIC in the last GMEM_CLOCK; all 0: none was emitted yet. */
struct gmem_clocks {
	uint64_t realtime_off;
	uint64_t boottime_off;
};

/* Emits GMEM_CLOCK at first, and after a clock was set or the machine suspended. Returns what fn returns. */
int gmem_clocks_emit(struct gmem_clocks *c, gmem_record_fn fn, void *ctx);

#endif /* GMEM_CLOCKS_H */
