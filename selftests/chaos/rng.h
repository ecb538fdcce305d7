/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Seeded random numbers (splitmix64). The plan and the processes that carry it out draw the same
 * numbers from the same seed, so orders carry seeds only.
 */
#ifndef CHAOS_RNG_H
#define CHAOS_RNG_H

#include <stdbool.h>
#include <stdint.h>

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t z = r->state += 0x9e3779b97f4a7c15ULL;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

/* Returns a number from 0 to @n - 1; @n is at least 1. */
static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
	return rng_next(r) % n;
}

/* Returns a number from @lo to @hi, both included. */
static inline uint64_t rng_from(struct rng *r, uint64_t lo, uint64_t hi)
{
	return lo + rng_below(r, hi - lo + 1);
}

static inline bool rng_chance(struct rng *r, unsigned int percent)
{
	return rng_below(r, 100) < percent;
}

#endif
