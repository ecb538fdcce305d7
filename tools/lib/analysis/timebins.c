// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "analysis/timebins.h"

#include <string.h>

static void add_bin(struct gmem_bin *to, const struct gmem_bin *from)
{
	for (int d = 0; d < GMEM_DIRECTIONS; d++) {
		to->count[d] += from->count[d];
		to->bytes[d] += from->bytes[d];
	}
	if (from->max_ns > to->max_ns)
		to->max_ns = from->max_ns;
	to->stall_ns += from->stall_ns;
	to->retries += from->retries;
}

/* Merges each two bins into one. */
static void widen(struct gmem_timebins *t)
{
	for (unsigned int i = 0; i < GMEM_BINS / 2; i++) {
		struct gmem_bin b = t->bins[2 * i];

		add_bin(&b, &t->bins[2 * i + 1]);
		t->bins[i] = b;
	}
	memset(&t->bins[GMEM_BINS / 2], 0, sizeof(t->bins) / 2);
	t->shift++;
}

struct gmem_bin *gmem_timebins_at(struct gmem_timebins *t, uint64_t ts_ns)
{
	if (!t->begin_ns) {
		t->begin_ns = ts_ns;
		t->shift = GMEM_BIN_SHIFT;
	}
	if (ts_ns < t->begin_ns)
		return &t->bins[0];
	while ((ts_ns - t->begin_ns) >> t->shift >= GMEM_BINS)
		widen(t);
	return &t->bins[(ts_ns - t->begin_ns) >> t->shift];
}
