/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns: processes whose CPU time is watched. Must not know what they are, nor what is measured. */
#ifndef GMEM_BENCH_BESIDE_H
#define GMEM_BENCH_BESIDE_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#define BESIDE_MAX 16

struct beside {
	unsigned int count;
	clockid_t clocks[BESIDE_MAX];
};

/* Process ids with commas between them. False: bad, too many, or not there. */
bool beside_parse(struct beside *b, const char *list);

/* CPU time that they used up to now, all together. A process that ended adds nothing. */
uint64_t beside_cpu_ns(const struct beside *b);

/* What they use in a while in which nothing happens, and in which they catch up. */
uint64_t beside_settle(const struct beside *b);

#endif
