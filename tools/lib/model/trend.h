/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Conversion rates over time, of each VM and of all together: one value for each refresh. */
#ifndef GMEM_TREND_H
#define GMEM_TREND_H

#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

#define GMEM_TREND_POINTS 64	/* kept for each VM; 4 bytes each */

/* Zero-initialised: empty. */
struct gmem_trend {
	struct gmem_trend_vm *vms;		/* uthash by id */
	uint64_t ts_ns[GMEM_TREND_POINTS];	/* refresh number i is at i % GMEM_TREND_POINTS */
	float all[GMEM_TREND_POINTS];
	uint64_t refreshes;
};

void gmem_trend_free(struct gmem_trend *t);

/*
 * Adds the conversion rates since the previous refresh, of every VM of the model, and drops VMs
 * that have left it. Call it after each refresh; a second call for the same time does nothing.
 * Returns 0 or -ENOMEM.
 */
int gmem_trend_add(struct gmem_trend *t, const struct gmem_model *m);

/*
 * Fills @values with the last @n rates up to @until_ns, newest last, of a VM or of all together
 * (@vm 0). Returns how many are known; the others, at the beginning, are 0.
 */
size_t gmem_trend_get(const struct gmem_trend *t, uint64_t vm, uint64_t until_ns, float *values,
		      size_t n);

#endif /* GMEM_TREND_H */
