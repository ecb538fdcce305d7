/* SPDX-License-Identifier: GPL-2.0-only */
/* Sets of pages, as bitmaps. */
#ifndef CHAOS_BITS_H
#define CHAOS_BITS_H

#include <stdbool.h>
#include <stdint.h>

static inline bool bit_get(const uint64_t *bits, uint64_t i)
{
	return bits[i / 64] >> i % 64 & 1;
}

/* Sets [@start, @start + @n) to @value; returns how many bits had the other value. */
static inline uint64_t bits_set(uint64_t *bits, uint64_t start, uint64_t n, bool value)
{
	uint64_t changed = 0;

	for (uint64_t i = start; i < start + n; i++) {
		if (bit_get(bits, i) == value)
			continue;
		bits[i / 64] ^= 1ULL << i % 64;
		changed++;
	}
	return changed;
}

static inline uint64_t bits_count(const uint64_t *bits, uint64_t start, uint64_t n)
{
	uint64_t count = 0;

	for (uint64_t i = start; i < start + n; i++)
		count += bit_get(bits, i);
	return count;
}

#endif
