/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns: which operations are measured. Must not know how time is taken. */
#ifndef GMEM_BENCH_OPS_H
#define GMEM_BENCH_OPS_H

#include <stdint.h>

#include "testbed.h"

struct op {
	const char *name;
	const char *about;
	uint64_t count;		/* by default */
	/*
	 * Operations of one chunk, even so that both directions are in it: less guest time than
	 * from one timer tick to the next, so that some chunks have no interrupt.
	 */
	uint64_t chunk;
	int (*run)(const struct testbed *t, uint64_t i);	/* 0 or -errno */
};

/* Ends with a name of NULL. */
extern const struct op ops[];

/* NULL if there is none of this name. */
const struct op *op_find(const char *name);

#endif
