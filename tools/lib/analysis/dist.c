// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "analysis/dist.h"

#include "abi/hist.h"
#include "bpf/gmem_hist.h"

void gmem_dist_add(struct gmem_dist *d, uint64_t ns)
{
	if (!d->count || ns < d->min_ns)
		d->min_ns = ns;
	if (ns > d->max_ns)
		d->max_ns = ns;
	d->count++;
	d->total_ns += ns;
	d->slots[gmem_hist_slot(ns)]++;
}

void gmem_dist_merge(struct gmem_dist *to, const struct gmem_dist *from)
{
	if (!from->count)
		return;
	if (!to->count || from->min_ns < to->min_ns)
		to->min_ns = from->min_ns;
	if (from->max_ns > to->max_ns)
		to->max_ns = from->max_ns;
	to->count += from->count;
	to->total_ns += from->total_ns;
	for (unsigned int i = 0; i < GMEM_HIST_SLOTS; i++)
		to->slots[i] += from->slots[i];
}

uint64_t gmem_dist_quantile(const struct gmem_dist *d, double q)
{
	uint64_t v = gmem_hist_quantile(d->slots, q);

	if (v > d->max_ns)
		return d->max_ns;
	return v < d->min_ns ? d->min_ns : v;
}

uint64_t gmem_dist_mean(const struct gmem_dist *d)
{
	return d->count ? d->total_ns / d->count : 0;
}
