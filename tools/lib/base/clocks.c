// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "base/clocks.h"

/* Least change that counts as a step, as two clocks are read in sequence. Slewing moves all alike. */
#define STEP_NS	1000000

static bool stepped(uint64_t now, uint64_t then)
{
	return now - then + STEP_NS > 2 * STEP_NS;
}

int gmem_clocks_emit(struct gmem_clocks *c, gmem_record_fn fn, void *ctx)
{
	struct gmem_clock_rec r = {
		.h = { .ts_ns = gmem_now_ns(), .kind = GMEM_CLOCK, .size = sizeof(r) },
		.realtime_ns = gmem_clock_ns(CLOCK_REALTIME),
		.boottime_ns = gmem_clock_ns(CLOCK_BOOTTIME),
	};

	if (!stepped(r.realtime_ns - r.h.ts_ns, c->realtime_off) &&
	    !stepped(r.boottime_ns - r.h.ts_ns, c->boottime_off))
		return 0;
	c->realtime_off = r.realtime_ns - r.h.ts_ns;
	c->boottime_off = r.boottime_ns - r.h.ts_ns;
	return fn(ctx, &r.h);
}
