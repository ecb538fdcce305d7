// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "abi/counters.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/hist.h"

#define WORDS	(sizeof(struct gmem_counters) / sizeof(__u64))
#define AT(field) (offsetof(struct gmem_counters, field) / sizeof(__u64))

_Static_assert(sizeof(struct gmem_counters) % sizeof(__u64) == 0, "counters are words");

/* Counters that are maxima, not sums. */
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

#define OP(field)	{ offsetof(struct gmem_counters, field), 0 }
#define HIST(field, h)	{ offsetof(struct gmem_counters, field), offsetof(struct gmem_counters, h) }

/* Offsets of the counters of each operation, and of the histogram of its times (0: none). */
static const struct { size_t op, hist; } ops[] = {
	HIST(conversion[GMEM_TO_SHARED], conversion_hist[GMEM_TO_SHARED]),
	HIST(conversion[GMEM_TO_PRIVATE], conversion_hist[GMEM_TO_PRIVATE]),
	HIST(stall[GMEM_TO_SHARED], stall_hist[GMEM_TO_SHARED]),
	HIST(stall[GMEM_TO_PRIVATE], stall_hist[GMEM_TO_PRIVATE]),
	OP(punch), OP(allocate), OP(invalidate), OP(window), OP(fault),
};

static uint64_t highest_value(const __u64 *slots)
{
	int i = GMEM_HIST_SLOTS - 1;

	while (i >= 0 && !slots[i])
		i--;
	return i < 0 ? 0 : gmem_hist_low((unsigned int)i + 1) - 1;
}

/* Sets max_ns of an operation in @now, from which @then was subtracted before. */
static void set_max(struct gmem_counters *now, const struct gmem_counters *then, size_t op,
		    size_t hist)
{
	struct gmem_op_counters *n = (struct gmem_op_counters *)((char *)now + op);
	uint64_t max_then = ((const struct gmem_op_counters *)((const char *)then + op))->max_ns;
	uint64_t top = hist ? highest_value((const __u64 *)((char *)now + hist)) : 0;

	if (n->max_ns <= max_then)
		n->max_ns = top < max_then ? top : max_then;
}

void gmem_counters_since(struct gmem_counters *now, const struct gmem_counters *then)
{
	gmem_counters_sub(now, then);
	for (size_t i = 0; i < sizeof(ops) / sizeof(*ops); i++)
		set_max(now, then, ops[i].op, ops[i].hist);
}
