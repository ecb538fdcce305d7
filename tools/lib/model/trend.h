/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How the rate of conversions of each VM, and of all, went: one value for each refresh. */
#ifndef GMEM_TREND_H
#define GMEM_TREND_H

#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

#define GMEM_TREND_POINTS 64	/* kept of each VM; 4 bytes each */

/* All zero is empty. */
struct gmem_trend {
	struct gmem_trend_vm *vms;		/* uthash by id */
	uint64_t ts_ns[GMEM_TREND_POINTS];	/* of refresh number i at i % GMEM_TREND_POINTS */
	float all[GMEM_TREND_POINTS];
	uint64_t refreshes;
};

void gmem_trend_free(struct gmem_trend *t);

/*
 * After a refresh: conversions a second since the one before, of every VM of the model.
 * VMs that it has no more are forgotten. Twice at the same time counts once. 0 or -ENOMEM.
 */
int gmem_trend_add(struct gmem_trend *t, const struct gmem_model *m);

/*
 * The last n values up to until_ns, the newest last; vm 0: of all VMs together. Returns how
 * many there are, the others, at the beginning, are 0.
 */
size_t gmem_trend_get(const struct gmem_trend *t, uint64_t vm, uint64_t until_ns, float *values,
		      size_t n);

#endif /* GMEM_TREND_H */
