/* SPDX-License-Identifier: GPL-2.0-only */
/* Pseudo-random numbers (splitmix64). */
#ifndef GMEMLOAD_RNG_H
#define GMEMLOAD_RNG_H

#include "content.h"

struct rng {
	uint64_t state;
};

static inline uint64_t rng_next(struct rng *rng)
{
	rng->state += 0x9e3779b97f4a7c15ULL;
	return gm_mix64(rng->state);
}

/* Returns a number in [0, @n), @n > 0. Uniform enough: the modulus bias is below @n / 2^64. */
static inline uint64_t rng_below(struct rng *rng, uint64_t n)
{
	return rng_next(rng) % n;
}

/* Returns an independent stream for each (seed, a, b, c). */
static inline struct rng rng_stream(uint64_t seed, uint64_t a, uint64_t b, uint64_t c)
{
	struct rng rng = { .state = seed };

	rng.state = rng_next(&rng) ^ a;
	rng.state = rng_next(&rng) ^ b;
	rng.state = rng_next(&rng) ^ c;
	rng.state = rng_next(&rng);
	return rng;
}

#endif
