/* SPDX-License-Identifier: GPL-2.0-only */
/* Table of measured operations. Independent of time measurement. */
#ifndef GMEM_BENCH_OPS_H
#define GMEM_BENCH_OPS_H

#include <stdint.h>

#include "testbed.h"

struct op {
	const char *name;
	const char *about;
	uint64_t count;		/* default */
	/*
	 * Operations of one chunk, even so that it has both directions: less guest time than a
	 * timer period, so that some chunks have no interrupt.
	 */
	uint64_t chunk;
	int (*run)(const struct testbed *t, uint64_t i);	/* returns 0 or -errno */
};

/* All operations; the last name is NULL. */
extern const struct op ops[];

/* Returns NULL if there is no such operation. */
const struct op *op_find(const char *name);

#endif
