// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "clocks.h"

#include <time.h>

static uint64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Reading two clocks takes time. A clock that is adjusted slowly takes all with it. */
#define STEP_NS	1000000

static bool stepped(uint64_t now, uint64_t then)
{
	return now - then + STEP_NS > 2 * STEP_NS;
}

int gmem_clocks_tell(struct gmem_clocks *c, gmem_record_fn fn, void *ctx)
{
	struct gmem_clock_rec r = {
		.h = { .ts_ns = clock_ns(CLOCK_MONOTONIC), .kind = GMEM_CLOCK, .size = sizeof(r) },
		.realtime_ns = clock_ns(CLOCK_REALTIME),
		.boottime_ns = clock_ns(CLOCK_BOOTTIME),
	};

	if (!stepped(r.realtime_ns - r.h.ts_ns, c->realtime_off) &&
	    !stepped(r.boottime_ns - r.h.ts_ns, c->boottime_off))
		return 0;
	c->realtime_off = r.realtime_ns - r.h.ts_ns;
	c->boottime_off = r.boottime_ns - r.h.ts_ns;
	return fn(ctx, &r.h);
}
