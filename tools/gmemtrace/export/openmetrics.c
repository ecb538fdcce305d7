// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* OpenMetrics of a report: the families of views/openmetrics.h, with counters of the time that the records cover. */
#include <errno.h>
#include <stdlib.h>

#include "export/export.h"
#include "views/openmetrics.h"

/* Bounds of histograms: 2^k - 1 ns for k from 10 to 36. */
#define BOUNDS (((1ULL << 37) - 1) & ~((1ULL << 10) - 1))

static const enum gmem_series_id series[GMEM_OM_HISTS] = {
	[GMEM_OM_CONVERSION] = GMEM_S_CONVERSION, [GMEM_OM_STALL] = GMEM_S_STALL,
};

struct dists {
	struct gmem_dist of[GMEM_OM_HISTS][GMEM_DIRECTIONS];
};

static void fill_vm(struct gmem_om_vm *to, struct dists *dists, const struct report *r, const struct report_subject *s)
{
	const struct gmem_vm_stats *stats = s->vm;
	const struct gmem_vm *now = stats->end_ns ? NULL : gmem_model_vm(r->a->model, stats->id);

	*to = (struct gmem_om_vm){
		.id = stats->id, .pid = stats->pid, .comm = stats->comm, .name = stats->name,
		.cgroup = now ? now->cgroup : "", .now = now, .c = s->counted ? &s->c : NULL,
	};
	for (int h = 0; h < GMEM_OM_HISTS; h++) {
		for (int d = 0; d < GMEM_DIRECTIONS; d++) {
			struct gmem_dist *dist = &dists->of[h][d];

			*dist = report_dist(s, series[h], d);
			to->hist[h][d] = (struct gmem_om_hist){ dist->count, dist->total_ns, dist->slots };
		}
	}
}

int export_openmetrics(const struct report *r, FILE *out)
{
	struct gmem_om_vm *vms = calloc(r->nr_vms + 1, sizeof(*vms));
	struct dists *dists = calloc(r->nr_vms + 1, sizeof(*dists));
	struct gmem_om o = {
		.out = out, .openmetrics = true, .bounds = BOUNDS, .model = r->a->model, .vms = vms, .nr = r->nr_vms,
	};
	int err = vms && dists ? 0 : -ENOMEM;

	for (size_t i = 0; !err && i < r->nr_vms; i++)
		fill_vm(&vms[i], &dists[i], r, &r->vms[i]);
	if (!err) {
		gmem_om_write_vms(&o, GMEM_OM_ALL);
		gmem_om_write_hosts(&o, gmem_om_hosts, gmem_om_nr_hosts);
		gmem_om_finish(&o);
	}
	free(vms);
	free(dists);
	return err;
}
