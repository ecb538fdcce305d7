// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Figures of a report: from the kernel's counters where these are more complete than events. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/counters.h"
#include "abi/hist.h"
#include "bpf/gmem_hist.h"
#include "report/report.h"

#include <inttypes.h>
#include "views/text.h"

static uint64_t time_of(const struct report_subject *s)
{
	uint64_t ns = 0;

	for (int d = 0; d < GMEM_DIRECTIONS; d++)
		ns += report_conversions(s, d).total_ns;
	return ns;
}

static int by_time(const void *a, const void *b)
{
	const struct report_subject *x = a, *y = b;
	uint64_t nx = time_of(x), ny = time_of(y);

	if (nx != ny)
		return nx < ny ? 1 : -1;
	if (x->vm->begin_ns != y->vm->begin_ns)
		return x->vm->begin_ns < y->vm->begin_ns ? -1 : 1;
	return (x->vm->id > y->vm->id) - (x->vm->id < y->vm->id);
}

int report_make(struct report *r, const struct gmem_analysis *a)
{
	*r = (struct report){ .a = a, .features = a->model->features };
	r->vms = calloc(a->nr_vms + 1, sizeof(*r->vms));
	if (!r->vms || gmem_analysis_total(a, &r->sum))
		return -ENOMEM;
	r->total.seen = &r->sum;
	r->total.counted = a->nr_vms && !a->filtered;
	for (const struct gmem_vm_stats *vm = a->vms; vm; vm = vm->next) {
		struct report_subject *s = &r->vms[r->nr_vms++];

		s->vm = vm;
		s->seen = &vm->seen;
		s->counted = gmem_vm_stats_counters(a, vm, &s->c);
		r->total.counted &= s->counted;
		gmem_counters_add(&r->total.c, &s->c);
	}
	qsort(r->vms, r->nr_vms, sizeof(*r->vms), by_time);
	return 0;
}

void report_free(struct report *r)
{
	gmem_seen_free(&r->sum);
	free(r->vms);
}

struct gmem_op_counters report_conversions(const struct report_subject *s, enum gmem_direction d)
{
	const struct gmem_dist *dist = s->seen->dist[GMEM_S_CONVERSION][d];
	struct gmem_op_counters c = {
		.unchanged = s->seen->unchanged[d],
		.failed = s->seen->failed[d],
		.max_ns = dist ? dist->max_ns : 0,
	};

	if (s->counted)
		return s->c.conversion[d];
	for (int i = 0; i < GMEM_CLASSES; i++) {
		c.count += s->seen->size[i][d].count;
		c.bytes += s->seen->size[i][d].bytes;
		c.total_ns += s->seen->size[i][d].total_ns;
	}
	return c;
}

static const struct gmem_op_counters *counters_of(const struct report_subject *s, enum gmem_operation op)
{
	if (!s->counted)
		return NULL;
	switch (op) {
	case GMEM_O_PUNCH:
		return &s->c.punch;
	case GMEM_O_ALLOCATE:
		return &s->c.allocate;
	case GMEM_O_FAULT:
		return &s->c.fault;
	default:
		return NULL;
	}
}

struct gmem_outcome report_outcome(const struct report_subject *s, enum gmem_operation op)
{
	const struct gmem_op_counters *c = counters_of(s, op);
	struct gmem_outcome o = s->seen->outcome[op];

	if (c && c->failed > o.failed)
		o.failed = c->failed;
	return o;
}

uint64_t report_counted(const struct report_subject *s, enum gmem_operation op)
{
	const struct gmem_op_counters *c = counters_of(s, op);

	return c ? c->count : 0;
}

bool report_knows_op(const struct report *r, enum gmem_operation op)
{
	return op != GMEM_O_FAULT || report_knows(r, GMEM_S_FAULT);
}

bool report_knows_unchanged(const struct report *r, enum gmem_operation op)
{
	return gmem_operations[op].unchanged && (r->features & GMEM_FEATURE_FREED);
}

const char *report_besides(const struct report *r, const struct report_subject *s, enum gmem_operation op,
			   char *buf, size_t size)
{
	struct gmem_outcome o = report_outcome(s, op);
	uint64_t counted = report_counted(s, op);
	const struct { uint64_t n; const char *what; } parts[] = {
		{ o.failed, "that failed" },
		{ report_knows_unchanged(r, op) ? o.unchanged : 0, gmem_operations[op].unchanged },
		{ o.untimed, "whose begin was not seen" },
		{ counted > o.succeeded ? counted - o.succeeded : 0, "that only the kernel has counted" },
	};
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		if (parts[i].n && used < size)
			used += (size_t)snprintf(buf + used, size - used, "%s%" PRIu64 " %s", used ? ", " : "",
						 parts[i].n, parts[i].what);
	}
	return buf;
}

/* Replaces @dist by the kernel's histogram. This has no minimum: takes that of events, or the lowest slot's bound. */
static void from_hist(struct gmem_dist *dist, const __u64 *slots, const struct gmem_op_counters *c)
{
	uint64_t count = gmem_hist_total(slots), min = dist->min_ns;

	if (!count || count == dist->count)
		return;
	for (unsigned int i = 0; i < GMEM_HIST_SLOTS; i++) {
		if (slots[i] && (!dist->count || gmem_hist_low(i) < min)) {
			min = gmem_hist_low(i);
			break;
		}
	}
	*dist = (struct gmem_dist){
		.count = count, .total_ns = c->total_ns, .min_ns = min, .max_ns = c->max_ns,
	};
	memcpy(dist->slots, slots, sizeof(dist->slots));
}

static void from_phase(struct gmem_dist *dist, const struct report_subject *s, unsigned int phase,
		       enum gmem_direction d)
{
	const __u64 *slots = s->c.phase_hist[d][phase];

	dist->total_ns = s->c.phase_ns[d][phase];
	for (unsigned int k = 0; k < GMEM_PHASE_SLOTS; k++) {
		uint64_t last = (2ULL << k) - 1;

		if (!slots[k])
			continue;
		if (!dist->count)
			dist->min_ns = k ? 1ULL << k : 0;
		dist->max_ns = last;
		dist->count += slots[k];
		dist->slots[gmem_hist_slot(last)] += slots[k];
	}
	/* The kernel may have summed up the time only. */
	if (!dist->count && dist->total_ns) {
		dist->count = s->c.conversion[d].count;
		dist->max_ns = s->c.conversion[d].max_ns;
	}
}

static bool is_phase(enum gmem_series_id series)
{
	return series >= GMEM_S_PHASE && series < GMEM_S_PHASE + GMEM_PHASES;
}

bool report_dist_is_coarse(const struct report_subject *s, enum gmem_series_id series,
			   enum gmem_direction d)
{
	return is_phase(series) && !s->seen->dist[series][d];
}

struct gmem_dist report_dist(const struct report_subject *s, enum gmem_series_id series,
			     enum gmem_direction d)
{
	const struct gmem_dist *seen = s->seen->dist[series][d];
	struct gmem_dist dist = { .count = 0 };

	if (seen)
		dist = *seen;
	if (!s->counted)
		return dist;
	if (series == GMEM_S_CONVERSION)
		from_hist(&dist, s->c.conversion_hist[d], &s->c.conversion[d]);
	else if (series == GMEM_S_STALL)
		from_hist(&dist, s->c.stall_hist[d], &s->c.stall[d]);
	else if (is_phase(series) && !seen)
		from_phase(&dist, s, series - GMEM_S_PHASE, d);
	return dist;
}

uint64_t report_lost(const struct report *r, const struct report_subject *s)
{
	if (s->vm)
		return s->counted ? s->c.lost_records : 0;
	return r->a->model->lost[GMEM_LOST_RINGBUF];
}

bool report_knows(const struct report *r, enum gmem_series_id series)
{
	static const unsigned int needs[GMEM_SERIES] = {
		[GMEM_S_STALL] = GMEM_FEATURE_STALLS,
		[GMEM_S_STALL_IOCTL] = GMEM_FEATURE_STALLS,
		[GMEM_S_STALL_DISCARD] = GMEM_FEATURE_STALLS,
		[GMEM_S_STALL_VMM] = GMEM_FEATURE_STALLS,
		[GMEM_S_WINDOW] = GMEM_FEATURE_WINDOWS,
		[GMEM_S_INVALIDATE] = GMEM_FEATURE_INVALIDATIONS,
		[GMEM_S_FAULT] = GMEM_FEATURE_FAULTS,
		[GMEM_S_TOUCH] = GMEM_FEATURE_TOUCHES,
		[GMEM_S_TOUCH_AGAIN] = GMEM_FEATURE_TOUCHES,
	};
	unsigned int need = is_phase(series) ? GMEM_FEATURE_PHASES : needs[series];

	return (r->features & need) == need;
}

const char *report_vm_name(const struct gmem_vm_stats *vm, char *buf, size_t size)
{
	return gmem_text_name(buf, size, *vm->name ? vm->name : vm->comm);
}
