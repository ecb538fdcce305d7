// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/unfold.h"

#include "abi/conversion.h"

int unfold(const struct gmem_hdr *rec, gmem_record_fn fn, void *ctx)
{
	const struct gmem_conversion_rec *c = gmem_conversion(rec);
	unsigned int phase = GMEM_PHASE_LOCK;
	struct gmem_rec r;
	uint64_t begin_ns;
	int err = 0;

	if (!c)
		return fn(ctx, rec);
	r = (struct gmem_rec){
		.h = c->r.h, .ino = c->r.ino, .start = c->r.start, .end = c->r.end,
	};
	r.h.kind = GMEM_ATTRIBUTES_PHASE;
	r.h.size = sizeof(r);
	while (!err && gmem_conversion_next(c, &phase, &begin_ns)) {
		r.h.ts_ns = begin_ns;
		r.phase = phase - GMEM_PHASE_CHECK;
		err = fn(ctx, &r.h);
	}
	r = c->r;
	r.h.size = sizeof(r);
	return err ? err : fn(ctx, &r.h);
}
