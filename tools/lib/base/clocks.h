/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Watches what other clocks show beside CLOCK_MONOTONIC, for who records. */
#ifndef GMEM_CLOCKS_H
#define GMEM_CLOCKS_H

#include "source.h"

/* Zeroed: nothing was told yet. */
struct gmem_clocks {
	uint64_t realtime_off;	/* to CLOCK_MONOTONIC, when last told */
	uint64_t boottime_off;
};

/* Tells GMEM_CLOCK if somebody set the clock or the machine slept. 0, or what fn returned. */
int gmem_clocks_tell(struct gmem_clocks *c, gmem_record_fn fn, void *ctx);

#endif /* GMEM_CLOCKS_H */
