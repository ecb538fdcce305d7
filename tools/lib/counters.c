// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "counters.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WORDS	(sizeof(struct gmem_counters) / sizeof(__u64))
#define AT(field) (offsetof(struct gmem_counters, field) / sizeof(__u64))

_Static_assert(sizeof(struct gmem_counters) % sizeof(__u64) == 0, "counters are words");

/* Those that are not sums. */
static const size_t maxima[] = {
	AT(conversion[0].max_ns), AT(conversion[1].max_ns), AT(punch.max_ns), AT(allocate.max_ns),
	AT(invalidate.max_ns), AT(window.max_ns), AT(fault.max_ns), AT(stall[0].max_ns),
	AT(stall[1].max_ns),
};

static bool is_max(size_t word)
{
	for (size_t i = 0; i < sizeof(maxima) / sizeof(*maxima); i++) {
		if (maxima[i] == word)
			return true;
	}
	return false;
}

static bool is_sum(size_t word)
{
	return word != AT(ended_ns) && word != AT(order) && !is_max(word);
}

void gmem_counters_add(struct gmem_counters *to, const struct gmem_counters *c)
{
	const __u64 *b = (const __u64 *)c;
	__u64 *a = (__u64 *)to;

	for (size_t i = 0; i < WORDS; i++) {
		if (is_sum(i))
			a[i] += b[i];
		else if (is_max(i) && b[i] > a[i])
			a[i] = b[i];
	}
}

void gmem_counters_sub(struct gmem_counters *now, const struct gmem_counters *then)
{
	const __u64 *b = (const __u64 *)then;
	__u64 *a = (__u64 *)now;

	for (size_t i = 0; i < WORDS; i++) {
		if (is_sum(i))
			a[i] -= b[i] < a[i] ? b[i] : a[i];
	}
}
