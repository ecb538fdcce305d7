// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Counting for all parts of the analysis: values of a series, and outcomes of operations. */
#include "analysis/analysis_parts.h"

#include <errno.h>
#include <stdlib.h>

static struct gmem_dist *get_dist(struct gmem_dist **d)
{
	if (!*d)
		*d = calloc(1, sizeof(**d));
	return *d;
}

int analysis_value(struct gmem_analysis *a, struct gmem_vm_stats *vm, enum gmem_series_id series,
		   enum gmem_direction direction, uint64_t pages, uint64_t ns)
{
	struct gmem_dist *d = get_dist(&vm->seen.dist[series][direction]);

	if (!d)
		return -ENOMEM;
	gmem_dist_add(d, ns);
	if (series == GMEM_S_CONVERSION) {
		d = get_dist(&vm->seen.by_class[gmem_size_class(pages)][direction]);
		if (!d)
			return -ENOMEM;
		gmem_dist_add(d, ns);
	}
	if (a->on_value)
		a->on_value(a->ctx, vm, series, direction, pages, ns);
	return 0;
}

void analysis_outcome(struct gmem_vm_stats *vm, enum gmem_operation op, const struct gmem_rec *r)
{
	struct gmem_outcome *o = &vm->seen.outcome[op];

	if (r->ret) {
		o->failed++;
		return;
	}
	o->succeeded++;
	o->untimed += !r->dur_ns && op != GMEM_O_BIND && op != GMEM_O_CREATE;
	o->unchanged += gmem_operations[op].unchanged && !r->nr_pages;
}
