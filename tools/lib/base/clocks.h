/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* CLOCK_MONOTONIC, the clock of all records; and what others show beside it, for who records. */
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

/* Zeroed: nothing was told yet. */
struct gmem_clocks {
	uint64_t realtime_off;	/* to CLOCK_MONOTONIC, when last told */
	uint64_t boottime_off;
};

/* Tells GMEM_CLOCK if somebody set the clock or the machine slept. 0, or what fn returned. */
int gmem_clocks_tell(struct gmem_clocks *c, gmem_record_fn fn, void *ctx);

#endif /* GMEM_CLOCKS_H */
