// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "abi/conversion.h"

bool gmem_conversion_next(const struct gmem_conversion_rec *c, unsigned int *phase, uint64_t *begin_ns)
{
	uint64_t ns = 0;

	for (unsigned int i = 0; i < GMEM_PHASES; ns += c->phase_ns[i++]) {
		if (i <= *phase || !(gmem_conversion_phases(c) >> i & 1))
			continue;
		*phase = i;
		*begin_ns = c->r.h.ts_ns - c->r.dur_ns + ns;
		return true;
	}
	return false;
}
