// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Invalidation windows, and faults that are retried because of them. */
#include <errno.h>
#include <stdlib.h>

#include "analysis/analysis_parts.h"

#define CLOSED_KEPT	8	/* closed windows that are kept: a retry may be recorded after its window */
#define WINDOWS_MAX	1024	/* of a VM; of more, the ends were lost */
#define LATE_NS		100000000ULL

static struct gmem_open_window *oldest_closed(struct gmem_vm_stats *vm, size_t *nr)
{
	struct gmem_open_window *w = NULL;

	*nr = 0;
	for (size_t i = 0; i < vm->nr_windows; i++) {
		if (vm->windows[i].open)
			continue;
		(*nr)++;
		if (!w || vm->windows[i].closed_ns < w->closed_ns)
			w = &vm->windows[i];
	}
	return w;
}

static struct gmem_open_window *new_window(struct gmem_vm_stats *vm)
{
	size_t nr_closed, n = vm->nr_windows;
	struct gmem_open_window *w = oldest_closed(vm, &nr_closed);

	if (w && nr_closed >= CLOSED_KEPT)
		return w;
	if (n == WINDOWS_MAX)
		return w ? w : &vm->windows[0];
	if (!(n & (n - 1))) {
		w = reallocarray(vm->windows, n ? 2 * n : 1, sizeof(*w));
		if (!w)
			return NULL;
		vm->windows = w;
	}
	return &vm->windows[vm->nr_windows++];
}

static struct gmem_open_window *find_open(struct gmem_vm_stats *vm, uint32_t tid, uint64_t ino)
{
	for (size_t i = 0; i < vm->nr_windows; i++) {
		struct gmem_open_window *w = &vm->windows[i];

		if (w->open && w->tid == tid && w->ino == ino)
			return w;
	}
	return NULL;
}

int analysis_window_begin(struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	struct gmem_open_window *w = find_open(vm, r->h.tid, r->ino);

	if (!w)
		w = new_window(vm);
	if (!w)
		return -ENOMEM;
	*w = (struct gmem_open_window){
		.open = true, .tid = r->h.tid, .ino = r->ino, .start = r->start, .end = r->end,
	};
	return 0;
}

void analysis_window_close(struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	struct gmem_open_window *w = find_open(vm, r->h.tid, r->ino);

	if (w) {
		w->open = false;
		w->closed_ns = r->h.ts_ns;
	}
}

int analysis_window_end(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	uint64_t pages = r->end > r->start && r->end != UINT64_MAX ? r->end - r->start : 0;

	analysis_window_close(vm, r);
	if (!r->dur_ns)
		return 0;
	return analysis_value(a, vm, r->ino ? GMEM_S_INVALIDATE : GMEM_S_WINDOW, 0, pages, r->dur_ns);
}

/* Returns how well the window explains the retry; 0: not at all. */
static int match_quality(const struct gmem_open_window *w, const struct gmem_rec *r)
{
	bool in = !w->ino && w->start <= r->start && r->start < w->end;

	if (w->open)
		return in ? 4 : 3;	/* KVM remembers the union of the ranges only */
	if (r->h.ts_ns - w->closed_ns > LATE_NS)
		return 0;
	return in ? 2 : 1;
}

static void count_retry(struct gmem_window_sum *s, struct gmem_open_window *w)
{
	s->retries++;
	if (!w->retries++)
		s->with_retries++;
	if (w->retries > s->max_retries) {
		s->max_retries = w->retries;
		s->max_start = w->start;
		s->max_end = w->end;
	}
}

void analysis_retry(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	struct gmem_open_window *best = NULL;
	int fit = 0;

	gmem_timebins_at(&a->time, r->h.ts_ns)->retries++;
	for (size_t i = 0; i < vm->nr_windows; i++) {
		struct gmem_open_window *w = &vm->windows[i];
		int f = match_quality(w, r);

		if (f > fit || (f && f == fit && w->closed_ns > best->closed_ns)) {
			fit = f;
			best = w;
		}
	}
	if (!best)
		vm->seen.retries_outside++;
	else
		count_retry(best->ino ? &vm->seen.invalidate : &vm->seen.window, best);
}
