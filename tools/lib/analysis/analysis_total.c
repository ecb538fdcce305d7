// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Sums over VMs, and the kernel's counters. */
#include <errno.h>
#include <stdlib.h>

#include "abi/counters.h"
#include "analysis/analysis.h"

static int merge_dist(struct gmem_dist **to, const struct gmem_dist *from)
{
	if (!from)
		return 0;
	if (!*to)
		*to = calloc(1, sizeof(**to));
	if (!*to)
		return -ENOMEM;
	gmem_dist_merge(*to, from);
	return 0;
}

static void add_sum(struct gmem_op_sum *to, const struct gmem_op_sum *from)
{
	to->count += from->count;
	to->bytes += from->bytes;
	to->total_ns += from->total_ns;
}

static void add_outcome(struct gmem_outcome *to, const struct gmem_outcome *from)
{
	to->succeeded += from->succeeded;
	to->failed += from->failed;
	to->unchanged += from->unchanged;
	to->untimed += from->untimed;
}

static void add_window(struct gmem_window_sum *to, const struct gmem_window_sum *from)
{
	to->retries += from->retries;
	to->with_retries += from->with_retries;
	if (from->max_retries <= to->max_retries)
		return;
	to->max_retries = from->max_retries;
	to->max_start = from->max_start;
	to->max_end = from->max_end;
}

static int merge_dists(struct gmem_seen *to, const struct gmem_seen *from, int d)
{
	int err = 0;

	for (int i = 0; i < GMEM_SERIES && !err; i++)
		err = merge_dist(&to->dist[i][d], from->dist[i][d]);
	for (int i = 0; i < GMEM_CLASSES && !err; i++)
		err = merge_dist(&to->by_class[i][d], from->by_class[i][d]);
	return err;
}

static int merge_seen(struct gmem_seen *to, const struct gmem_seen *from)
{
	int err = 0;

	for (int i = 0; i < GMEM_KINDS; i++)
		to->by_kind[i] += from->by_kind[i];
	for (int d = 0; d < GMEM_DIRECTIONS && !err; d++) {
		err = merge_dists(to, from, d);
		for (int i = 0; i < GMEM_CLASSES; i++)
			add_sum(&to->size[i][d], &from->size[i][d]);
		for (int i = 0; i < GMEM_ORIGINS; i++) {
			add_sum(&to->origin[i][d], &from->origin[i][d]);
			add_sum(&to->stall_origin[i][d], &from->stall_origin[i][d]);
		}
		to->unchanged[d] += from->unchanged[d];
		to->failed[d] += from->failed[d];
		to->unchanged_stalls[d] += from->unchanged_stalls[d];
	}
	for (int i = 0; i < GMEM_OPERATIONS; i++)
		add_outcome(&to->outcome[i], &from->outcome[i]);
	add_window(&to->window, &from->window);
	add_window(&to->invalidate, &from->invalidate);
	to->retries_outside += from->retries_outside;
	to->prepare_ns += from->prepare_ns;
	to->touched_pages += from->touched_pages;
	to->touched_again_pages += from->touched_again_pages;
	to->huge_faults += from->huge_faults;
	to->saved_faults += from->saved_faults;
	return err;
}

int gmem_analysis_total(const struct gmem_analysis *a, struct gmem_seen *sum)
{
	int err = 0;

	for (const struct gmem_vm_stats *vm = a->vms; vm && !err; vm = vm->next)
		err = merge_seen(sum, &vm->seen);
	return err;
}

bool gmem_vm_stats_counters(const struct gmem_analysis *a, const struct gmem_vm_stats *vm,
			    struct gmem_counters *c)
{
	if (!vm->has_counters || a->filtered)
		return false;
	*c = vm->now;
	gmem_counters_sub(c, &vm->base);
	return true;
}
