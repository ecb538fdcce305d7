// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "model/history.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "abi/hist.h"

/* Ring of periods of one VM, or of all; one slot more than periods are kept, for the open one. */
struct gmem_history {
	uint64_t vm;
	uint64_t done;		/* periods that have ended; the open one has this number */
	uint64_t sum;		/* of all counts in periods */
	size_t max;
	struct gmem_period periods[];
};

struct gmem_histories {
	uint64_t begin_ns;	/* begin of the open period */
	struct gmem_history *all;
	struct gmem_history *vms[GMEM_HISTORY_VMS];
	size_t nr;
};

static size_t history_size(size_t max)
{
	return sizeof(struct gmem_history) + (max + 1) * sizeof(struct gmem_period);
}

static struct gmem_history *history_new(uint64_t vm, size_t max)
{
	struct gmem_history *h = calloc(1, history_size(max));

	if (h) {
		h->vm = vm;
		h->max = max;
	}
	return h;
}

static struct gmem_history *history_copy(const struct gmem_history *h)
{
	struct gmem_history *copy = malloc(history_size(h->max));

	if (copy)
		memcpy(copy, h, history_size(h->max));
	return copy;
}

static struct gmem_period *period(struct gmem_history *h, uint64_t number)
{
	return &h->periods[number % (h->max + 1)];
}

static uint64_t period_count(const struct gmem_period *p)
{
	const uint32_t *counts = &p->counts[0][0][0];
	uint64_t n = 0;

	for (size_t i = 0; i < sizeof(p->counts) / sizeof(*counts); i++)
		n += counts[i];
	return n;
}

static void history_add(struct gmem_history *h, const struct gmem_period *delta, uint64_t n)
{
	uint32_t *to = &period(h, h->done)->counts[0][0][0];
	const uint32_t *from = &delta->counts[0][0][0];

	for (size_t i = 0; i < sizeof(delta->counts) / sizeof(*from); i++)
		to[i] += from[i];
	h->sum += n;
}

static void history_sync(struct gmem_history *h, uint64_t begin_ns, uint64_t end_ns)
{
	struct gmem_period *p = period(h, h->done++);

	p->begin_ns = begin_ns;
	p->end_ns = end_ns;
	p = period(h, h->done);
	h->sum -= period_count(p);
	memset(p, 0, sizeof(*p));
}

struct gmem_histories *gmem_histories_new(void)
{
	return calloc(1, sizeof(struct gmem_histories));
}

struct gmem_histories *gmem_histories_copy(const struct gmem_histories *hs)
{
	struct gmem_histories *copy = gmem_histories_new();
	bool ok = copy;

	if (!copy)
		return NULL;
	copy->begin_ns = hs->begin_ns;
	if (hs->all)
		ok = (copy->all = history_copy(hs->all));
	for (size_t i = 0; ok && i < hs->nr; i++) {
		copy->vms[i] = history_copy(hs->vms[i]);
		ok = copy->vms[i];
		copy->nr += ok;
	}
	if (ok)
		return copy;
	gmem_histories_free(copy);
	return NULL;
}

void gmem_histories_free(struct gmem_histories *hs)
{
	if (!hs)
		return;
	for (size_t i = 0; i < hs->nr; i++)
		free(hs->vms[i]);
	free(hs->all);
	free(hs);
}

/* Adds what grew in log-linear slots to slots by magnitude; each of the former lies in one of the latter. */
static void add_fine(uint32_t *to, const __u64 *before, const __u64 *now)
{
	for (unsigned int i = 0; i < GMEM_HIST_SLOTS; i++) {
		if (now[i] > before[i])
			to[gmem_hist_magnitude(i)] += (uint32_t)(now[i] - before[i]);
	}
}

static void add_coarse(uint32_t *to, const __u64 *before, const __u64 *now)
{
	for (unsigned int i = 0; i < GMEM_PHASE_SLOTS; i++) {
		if (now[i] > before[i])
			to[i] += (uint32_t)(now[i] - before[i]);
	}
}

static void make_delta(struct gmem_period *delta, const struct gmem_counters *a,
		       const struct gmem_counters *b)
{
	memset(delta, 0, sizeof(*delta));
	for (int d = 0; d < GMEM_DIRECTIONS; d++) {
		add_fine(delta->counts[GMEM_LATENCY_CONVERSION][d], a->conversion_hist[d],
			 b->conversion_hist[d]);
		add_fine(delta->counts[GMEM_LATENCY_STALL][d], a->stall_hist[d], b->stall_hist[d]);
		for (int p = 0; p < GMEM_PHASES; p++)
			add_coarse(delta->counts[GMEM_LATENCY_PHASE + p][d], a->phase_hist[d][p],
				   b->phase_hist[d][p]);
	}
}

/* Returns true if no conversion and no stall was counted: a cheap test, as most VMs are idle. */
static bool is_idle(const struct gmem_counters *a, const struct gmem_counters *b)
{
	for (int d = 0; d < GMEM_DIRECTIONS; d++) {
		const struct gmem_op_counters *x = &a->conversion[d], *y = &b->conversion[d];

		if (x->count != y->count || x->failed != y->failed || x->unchanged != y->unchanged ||
		    a->stall[d].count != b->stall[d].count ||
		    a->stall[d].unchanged != b->stall[d].unchanged)
			return false;
	}
	return true;
}

static struct gmem_history *find_history(const struct gmem_histories *hs, uint64_t vm)
{
	for (size_t i = 0; i < hs->nr; i++) {
		if (hs->vms[i]->vm == vm)
			return hs->vms[i];
	}
	return NULL;
}

/* Reuses the history with the lowest sum for @vm if @n, its count in one period, is higher; else NULL. */
static struct gmem_history *replace_least(struct gmem_histories *hs, uint64_t vm, uint64_t n)
{
	struct gmem_history *h = hs->vms[0];

	for (size_t i = 1; i < hs->nr; i++) {
		if (hs->vms[i]->sum < h->sum)
			h = hs->vms[i];
	}
	if (n <= h->sum)
		return NULL;
	memset(h->periods, 0, (h->max + 1) * sizeof(*h->periods));
	h->vm = vm;
	h->done = h->sum = 0;
	return h;
}

int gmem_histories_add(struct gmem_histories *hs, uint64_t vm, const struct gmem_counters *before,
		       const struct gmem_counters *now)
{
	struct gmem_period delta;
	struct gmem_history *h;
	uint64_t n;

	if (is_idle(before, now))
		return 0;
	make_delta(&delta, before, now);
	n = period_count(&delta);
	if (!n)
		return 0;
	if (!hs->all && !(hs->all = history_new(0, GMEM_HISTORY_PERIODS)))
		return -ENOMEM;
	history_add(hs->all, &delta, n);
	h = find_history(hs, vm);
	if (!h && hs->nr < GMEM_HISTORY_VMS) {
		h = history_new(vm, GMEM_HISTORY_VM_PERIODS);
		if (!h)
			return -ENOMEM;
		hs->vms[hs->nr++] = h;
	}
	if (!h)
		h = replace_least(hs, vm, n);
	if (h)
		history_add(h, &delta, n);
	return 0;
}

void gmem_histories_sync(struct gmem_histories *hs, uint64_t ts_ns)
{
	if (hs->all)
		history_sync(hs->all, hs->begin_ns, ts_ns);
	for (size_t i = 0; i < hs->nr; i++)
		history_sync(hs->vms[i], hs->begin_ns, ts_ns);
	hs->begin_ns = ts_ns;
}

void gmem_histories_forget(struct gmem_histories *hs, uint64_t vm)
{
	for (size_t i = 0; i < hs->nr; i++) {
		if (hs->vms[i]->vm != vm)
			continue;
		free(hs->vms[i]);
		hs->vms[i] = hs->vms[--hs->nr];
		return;
	}
}

const struct gmem_history *gmem_histories_of(const struct gmem_histories *hs, uint64_t vm)
{
	return vm ? find_history(hs, vm) : hs->all;
}

const struct gmem_period *gmem_history_at(const struct gmem_history *h, size_t i)
{
	if (!h || i >= h->done || i >= h->max)
		return NULL;
	return &h->periods[(h->done - 1 - i) % (h->max + 1)];
}
