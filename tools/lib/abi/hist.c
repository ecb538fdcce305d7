// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "abi/hist.h"

#include <float.h>
#include <math.h>

#include "bpf/gmem_abi.h"

uint64_t gmem_hist_low(unsigned int slot)
{
	unsigned int octave = slot / GMEM_HIST_SUB;

	if (!octave)
		return slot;
	return (uint64_t)(GMEM_HIST_SUB + slot % GMEM_HIST_SUB) << (octave - 1);
}

unsigned int gmem_hist_magnitude(unsigned int slot)
{
	uint64_t low = gmem_hist_low(slot);
	unsigned int log2 = low ? 63 - (unsigned int)__builtin_clzll(low) : 0;

	return log2 < GMEM_PHASE_SLOTS ? log2 : GMEM_PHASE_SLOTS - 1;
}

uint64_t gmem_hist_total(const __u64 *slots)
{
	uint64_t n = 0;

	for (unsigned int i = 0; i < GMEM_HIST_SLOTS; i++)
		n += slots[i];
	return n;
}

uint64_t gmem_hist_quantile(const __u64 *slots, double q)
{
	uint64_t total = gmem_hist_total(slots), seen = 0;
	/* 0.07 * 100 is slightly more than 7 in binary: do not round it up to 8. */
	double want = ceil(q * (double)total * (1 - 4 * DBL_EPSILON));

	if (!total)
		return 0;
	for (unsigned int i = 0; i < GMEM_HIST_SLOTS; i++) {
		seen += slots[i];
		if (seen && (double)seen >= want)
			return gmem_hist_low(i + 1) - 1;
	}
	return gmem_hist_low(GMEM_HIST_SLOTS) - 1;
}
