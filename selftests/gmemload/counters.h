/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counters of one VM. Each thread has its own, so there is no locking; they are summed when all
 * threads have ended.
 */
#ifndef GMEMLOAD_COUNTERS_H
#define GMEMLOAD_COUNTERS_H

#include <stdint.h>

#include "pattern.h"

/* Successful KVM_SET_MEMORY_ATTRIBUTES calls; bytes is the total size of the ranges passed. */
struct conversion_count {
	uint64_t count;		/* conversions: changed at least one page */
	uint64_t bytes;
	uint64_t unchanged_count;	/* requests that found every page as asked */
};

struct counters {
	struct conversion_count conversions[NR_ORIGINS][NR_SIDES];
	uint64_t failed_conversions;
	uint64_t punches;
	uint64_t punches_again;	/* that failed with EAGAIN: not in punches */
	uint64_t punched_bytes;
	uint64_t freed_pages;
	uint64_t shared_discards;
	uint64_t shared_discarded_bytes;
	uint64_t memory_faults;
	uint64_t hypercalls;
	uint64_t verified_pages;
	uint64_t verify_failures;
};

/* Adds @more to @sum, as arrays: all members are uint64_t. */
static inline void counters_add(struct counters *sum, const struct counters *more)
{
	uint64_t *to = (uint64_t *)sum;
	const uint64_t *from = (const uint64_t *)more;
	unsigned int i;

	for (i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

static inline void conversion_count_add(struct conversion_count *sum,
					const struct conversion_count *more)
{
	sum->count += more->count;
	sum->bytes += more->bytes;
	sum->unchanged_count += more->unchanged_count;
}

#endif
