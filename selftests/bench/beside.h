/* SPDX-License-Identifier: GPL-2.0-only */
/* Processes whose CPU time is measured, e.g. readers of events. */
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

/*
 * Parses PIDs separated by commas. False if one is invalid or has no process, or if there are too
 * many.
 */
bool beside_parse(struct beside *b, const char *list);

/* Returns the CPU time that all of them have used so far. A process that has ended adds nothing. */
uint64_t beside_cpu_ns(const struct beside *b);

/* Waits until they have caught up; returns the CPU time that they used meanwhile. */
uint64_t beside_settle(const struct beside *b);

#endif
