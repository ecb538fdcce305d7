/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gmem_ranges: what conversions cost by size, by the state of the block and by fragmentation. Each
 * group of cases prints its figures; limits are in ranges_report.py.
 */
#ifndef GMEM_BENCH_RANGES_H
#define GMEM_BENCH_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "../gmemload/fail.h"
#include "clock.h"
#include "testbed.h"

struct ranges {
	uint64_t max_size;	/* largest range to convert, in bytes */
	struct failure failure;
};

/* Groups of cases. Return 0, or -1 with a failure. */
int ranges_sizes(struct ranges *r);
int ranges_slots(struct ranges *r);
int ranges_states(struct ranges *r);
int ranges_fragments(struct ranges *r);
int ranges_mapped(struct ranges *r);
int ranges_phases(struct ranges *r);

/* Returns -1 after having noted that @what failed with -errno @err. */
int ranges_failed(struct ranges *r, const char *what, int err);

/* Creates a VM that has a slot. Returns 0, or -1 with a failure. */
int ranges_open(struct ranges *r, struct testbed *t, const struct testbed_shape *shape);

/* Prints a figure: of one operation, or of all. @name has no character that JSON would escape. */
void figure_ns(const char *name, double best_ns, double mean_ns);
void figure_bytes(const char *name, int64_t bytes);

/* Prints why a figure is missing: the kernel cannot do it. */
void figure_skipped(const char *name, const char *why);

#define SIZE_TEXT 24

/* Writes a size as in "2M" to @text, and returns it. */
const char *size_text(char text[SIZE_TEXT], uint64_t size);

/* Returns what two calls of now_ns() add to a time between them. */
uint64_t clock_cost(void);

#endif
