// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "abi/conversion.h"

/* Returns the phases that were reached, without the first, which begins with the conversion. */
static uint64_t reported_phases(const struct gmem_conversion_rec *c)
{
	return c->phases & ((1U << GMEM_PHASES) - 1) & ~(1U << GMEM_PHASE_LOCK);
}

unsigned int gmem_conversion_events(const struct gmem_hdr *rec)
{
	const struct gmem_conversion_rec *c = gmem_conversion(rec);

	return c ? (unsigned int)__builtin_popcountll(reported_phases(c)) : 0;
}

bool gmem_conversion_next(const struct gmem_conversion_rec *c, unsigned int *phase, uint64_t *begin_ns)
{
	uint64_t ns = 0;

	for (unsigned int i = 0; i < GMEM_PHASES; ns += c->phase_ns[i++]) {
		if (i <= *phase || !(reported_phases(c) >> i & 1))
			continue;
		*phase = i;
		*begin_ns = c->r.h.ts_ns - c->r.dur_ns + ns;
		return true;
	}
	return false;
}
