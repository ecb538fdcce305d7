// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Report as JSON; schema: docs/json.md. */
#include "abi/hist.h"
#include "abi/kinds.h"
#include "report/report.h"
#include "views/json.h"
#include "views/text.h"

#define HOT_MAX 64

typedef struct json_object object;

static void put_u64(object *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_uint64(v));
}

static void put_text(object *o, const char *key, const char *text)
{
	json_object_object_add(o, key, json_object_new_string(text));
}

static void put_name(object *o, const char *key, const char *name)
{
	char buf[REPORT_NAME_SIZE];

	put_text(o, key, gmem_text_name(buf, sizeof(buf), name));
}

static object *pair_or_more(const uint64_t *v, size_t n)
{
	object *a = json_object_new_array_ext((int)n);

	for (size_t i = 0; i < n; i++)
		json_object_array_add(a, json_object_new_uint64(v[i]));
	return a;
}

/* Returns [[from, to, count], ..] of slots [from, to) that are not empty. */
static object *histogram(const struct gmem_dist *d)
{
	object *a = json_object_new_array();

	for (unsigned int i = 0; i < GMEM_HIST_SLOTS; i++) {
		const uint64_t slot[] = { gmem_hist_low(i), gmem_hist_low(i + 1), d->slots[i] };

		if (d->slots[i])
			json_object_array_add(a, pair_or_more(slot, 3));
	}
	return a;
}

static void put_dist(object *o, const struct gmem_dist *d)
{
	put_u64(o, "total_ns", d->total_ns);
	put_u64(o, "min_ns", d->min_ns);
	put_u64(o, "mean_ns", gmem_dist_mean(d));
	put_u64(o, "p50_ns", gmem_dist_quantile(d, 0.5));
	put_u64(o, "p90_ns", gmem_dist_quantile(d, 0.9));
	put_u64(o, "p99_ns", gmem_dist_quantile(d, 0.99));
	put_u64(o, "p999_ns", gmem_dist_quantile(d, 0.999));
	put_u64(o, "max_ns", d->max_ns);
	json_object_object_add(o, "histogram", histogram(d));
}

static object *dist(const struct gmem_dist *d)
{
	object *o = json_object_new_object();

	put_u64(o, "count", d->count);
	put_dist(o, d);
	return o;
}

static object *op_sum(const struct gmem_op_sum *s)
{
	object *o = json_object_new_object();

	put_u64(o, "count", s->count);
	put_u64(o, "bytes", s->bytes);
	put_u64(o, "total_ns", s->total_ns);
	return o;
}

static object *by_size(const struct report_subject *s, enum gmem_direction d)
{
	object *o = json_object_new_object();

	for (int i = 0; i < GMEM_CLASSES; i++) {
		object *c;

		if (!s->seen->size[i][d].count)
			continue;
		c = op_sum(&s->seen->size[i][d]);
		if (s->seen->by_class[i][d])
			put_dist(c, s->seen->by_class[i][d]);
		json_object_object_add(o, gmem_size_classes[i].name, c);
	}
	return o;
}

static object *by_origin(const struct gmem_op_sum (*sums)[GMEM_DIRECTIONS], enum gmem_direction d)
{
	object *o = json_object_new_object();

	for (int i = 0; i < GMEM_ORIGINS; i++) {
		if (sums[i][d].count)
			json_object_object_add(o, gmem_origin_names[i], op_sum(&sums[i][d]));
	}
	return o;
}

static object *conversions(const struct report_subject *s, enum gmem_direction d)
{
	struct gmem_op_counters c = report_conversions(s, d);
	struct gmem_dist all = report_dist(s, GMEM_S_CONVERSION, d);
	object *o = json_object_new_object();

	put_u64(o, "count", c.count);
	put_u64(o, "bytes", c.bytes);
	put_u64(o, "unchanged", c.unchanged);
	put_u64(o, "failed", c.failed);
	put_dist(o, &all);
	json_object_object_add(o, "by_size", by_size(s, d));
	json_object_object_add(o, "by_origin", by_origin(s->seen->origin, d));
	json_object_object_add(o, "stalls_by_origin", by_origin(s->seen->stall_origin, d));
	put_u64(o, "stalls_unchanged", s->counted ? s->c.stall[d].unchanged : s->seen->unchanged_stalls[d]);
	return o;
}

/* Returns null if the probes do not report the series, an empty object if it has no values. */
static object *series(const struct report *r, const struct report_subject *s, enum gmem_series_id id)
{
	object *o;

	if (!report_knows(r, id))
		return NULL;
	o = json_object_new_object();
	for (int d = 0; d < (gmem_series[id].directed ? GMEM_DIRECTIONS : 1); d++) {
		struct gmem_dist v = report_dist(s, id, d);
		object *of = v.count ? dist(&v) : NULL;

		if (of && report_dist_is_coarse(s, id, d))
			json_object_object_add(of, "coarse", json_object_new_boolean(true));
		if (of)
			json_object_object_add(o, gmem_series[id].directed ? gmem_direction_names[d] : "all", of);
	}
	return o;
}

static object *windows(const struct gmem_window_sum *w)
{
	object *o = json_object_new_object();

	put_u64(o, "retries", w->retries);
	put_u64(o, "with_retries", w->with_retries);
	put_u64(o, "most_retries", w->max_retries);
	put_u64(o, "most_start", w->max_start);
	put_u64(o, "most_end", w->max_end);
	return o;
}

static object *events(const struct gmem_seen *seen)
{
	object *o = json_object_new_object();

	for (int i = 0; i < GMEM_KINDS; i++) {
		if (seen->by_kind[i])
			put_u64(o, gmem_kind(i)->name, seen->by_kind[i]);
	}
	return o;
}

static object *number(uint64_t n, bool known)
{
	return known ? json_object_new_uint64(n) : NULL;
}

/* Returns outcomes by operation; null for those that the probes do not report. */
static object *outcomes(const struct report *r, const struct report_subject *s)
{
	object *all = json_object_new_object();

	for (enum gmem_operation op = 0; op < GMEM_OPERATIONS; op++) {
		struct gmem_outcome v = report_outcome(s, op);
		uint64_t counted = report_counted(s, op);
		object *o = report_knows_op(r, op) ? json_object_new_object() : NULL;

		json_object_object_add(all, gmem_operations[op].key, o);
		if (!o)
			continue;
		put_u64(o, "count", counted > v.succeeded ? counted : v.succeeded);
		put_u64(o, "seen", v.succeeded);
		put_u64(o, "failed", v.failed);
		json_object_object_add(o, "unchanged", number(v.unchanged, report_knows_unchanged(r, op)));
		put_u64(o, "untimed", v.untimed);
	}
	return all;
}

static void put_touched(object *o, const struct report *r, const struct gmem_seen *seen)
{
	bool known = report_knows(r, GMEM_S_TOUCH);

	json_object_object_add(o, "touched_bytes", number(seen->touched_pages << GMEM_PAGE_SHIFT, known));
	json_object_object_add(o, "touched_after_conversion_bytes",
			       number(seen->touched_again_pages << GMEM_PAGE_SHIFT, known));
	json_object_object_add(o, "huge_faults", number(seen->huge_faults, known));
	json_object_object_add(o, "saved_faults", number(seen->saved_faults, known));
}

static void put_subject(object *o, const struct report *r, const struct report_subject *s)
{
	object *latency = json_object_new_object(), *dirs = json_object_new_object();

	json_object_object_add(o, "exact", json_object_new_boolean(s->counted));
	put_u64(o, "lost_records", report_lost(r, s));
	json_object_object_add(o, "events", events(s->seen));
	for (int d = 0; d < GMEM_DIRECTIONS; d++)
		json_object_object_add(dirs, gmem_direction_names[d], conversions(s, d));
	json_object_object_add(o, "conversions", dirs);
	json_object_object_add(o, "operations", outcomes(r, s));
	for (int i = GMEM_S_CONVERSION + 1; i < GMEM_SERIES; i++)
		json_object_object_add(latency, gmem_series[i].key, series(r, s, i));
	json_object_object_add(o, "latency", latency);
	json_object_object_add(o, "windows", windows(&s->seen->window));
	json_object_object_add(o, "invalidations", windows(&s->seen->invalidate));
	put_u64(o, "retries_outside", s->seen->retries_outside);
	put_u64(o, "prepare_ns", s->seen->prepare_ns);
	put_touched(o, r, s->seen);
}

static object *hot_ranges(const struct gmem_vm_stats *vm)
{
	struct gmem_hot_range top[HOT_MAX];
	size_t n = gmem_hot_top(vm->hot, top, HOT_MAX);
	object *a = json_object_new_array();

	for (size_t i = 0; i < n; i++) {
		object *o = json_object_new_object();

		put_u64(o, "start_gfn", top[i].start);
		put_u64(o, "end_gfn", top[i].end);
		put_u64(o, "conversions", top[i].conversions);
		put_u64(o, "missed", top[i].missed);
		put_u64(o, "reversals", top[i].reversals);
		put_u64(o, "bytes", top[i].bytes);
		json_object_array_add(a, o);
	}
	return a;
}

/* Returns the operations in flight at the end. */
static object *inflight(const struct report *r, const struct gmem_vm_stats *stats)
{
	const struct gmem_vm *vm = stats->end_ns ? NULL : gmem_model_vm(r->a->model, stats->id);

	return vm ? gmem_json_inflight(vm, r->a->model->now_ns) : json_object_new_array();
}

/* Puts null if never scanned; a side that could be scanned only in part is marked. */
static void put_double_backed(object *o, const char *side, uint64_t bytes, uint64_t max, enum gmem_known known)
{
	char key[48];

	snprintf(key, sizeof(key), "double_backed_%s_bytes", side);
	json_object_object_add(o, key, number(bytes, known != GMEM_KNOWN_NONE));
	snprintf(key, sizeof(key), "double_backed_%s_max_bytes", side);
	json_object_object_add(o, key, number(max, known != GMEM_KNOWN_NONE));
	snprintf(key, sizeof(key), "double_backed_%s_partial", side);
	json_object_object_add(o, key, json_object_new_boolean(known == GMEM_KNOWN_PART));
}

static object *vm_object(const struct report *r, const struct report_subject *s)
{
	const struct gmem_vm_stats *vm = s->vm;
	object *o = json_object_new_object();

	put_u64(o, "vm", vm->id);
	put_u64(o, "pid", vm->pid);
	put_name(o, "comm", vm->comm);
	put_name(o, "name", *vm->name ? vm->name : vm->comm);
	put_u64(o, "begin_ns", vm->begin_ns);
	json_object_object_add(o, "ended", json_object_new_boolean(vm->end_ns != 0));
	json_object_object_add(o, "slot_bytes", number(vm->slot_bytes, vm->map_known));
	put_subject(o, r, s);
	json_object_object_add(o, "undiscarded_bytes", number(vm->left.nr_pages << GMEM_PAGE_SHIFT, vm->map_known));
	json_object_object_add(o, "undiscarded_max_bytes",
			       number(vm->left_max_pages << GMEM_PAGE_SHIFT, vm->map_known));
	put_double_backed(o, "private", vm->double_backed.private_bytes, vm->double_backed_max.private_bytes,
		    vm->double_backed_known[GMEM_SIDE_PRIVATE]);
	put_double_backed(o, "shared", vm->double_backed.shared_bytes, vm->double_backed_max.shared_bytes,
		    vm->double_backed_known[GMEM_SIDE_SHARED]);
	json_object_object_add(o, "hot_ranges", hot_ranges(vm));
	json_object_object_add(o, "operations_inflight", inflight(r, vm));
	return o;
}

static object *long_op(enum gmem_long_kind kind, const struct gmem_long_op *op)
{
	object *o = json_object_new_object(), *marks = json_object_new_array();

	put_u64(o, "begin_ns", op->begin_ns);
	put_u64(o, "dur_ns", op->dur_ns);
	put_u64(o, "vm", op->vm);
	put_u64(o, "tid", op->tid);
	if (kind == GMEM_LONG_STALL)
		put_u64(o, "vcpu", op->vcpu);
	put_u64(o, op->ino ? "start_pgoff" : "start_gfn", op->start);
	put_u64(o, op->ino ? "end_pgoff" : "end_gfn", op->end);
	if (kind != GMEM_LONG_PUNCH)
		put_text(o, "direction", gmem_direction_names[op->direction]);
	put_text(o, "origin", gmem_origin_names[op->origin]);
	for (uint32_t i = 0; i < op->marks.nr; i++) {
		object *m = json_object_new_object();

		put_u64(m, "at_ns", op->marks.list[i].at_ns);
		put_text(m, "what", gmem_mark_names[op->marks.list[i].what]);
		json_object_array_add(marks, m);
	}
	json_object_object_add(o, "timeline", marks);
	return o;
}

static object *longest(const struct gmem_analysis *a)
{
	object *o = json_object_new_object();

	for (int k = 0; k < GMEM_LONG_KINDS; k++) {
		object *ops = json_object_new_array();

		for (size_t i = 0; i < a->longest[k].nr; i++)
			json_object_array_add(ops, long_op(k, &a->longest[k].ops[i]));
		json_object_object_add(o, gmem_long_kind_names[k], ops);
	}
	return o;
}

/* Returns rows of bins that are not empty: number, counts, bytes, longest, time in stalls, retries. */
static object *over_time(const struct gmem_timebins *t)
{
	object *o = json_object_new_object(), *bins = json_object_new_array();

	put_u64(o, "begin_ns", t->begin_ns);
	put_u64(o, "bin_ns", t->begin_ns ? 1ULL << t->shift : 0);
	for (size_t i = 0; i < GMEM_BINS; i++) {
		const struct gmem_bin *b = &t->bins[i];
		const uint64_t row[] = {
			i, b->count[GMEM_TO_PRIVATE], b->count[GMEM_TO_SHARED], b->bytes[GMEM_TO_PRIVATE],
			b->bytes[GMEM_TO_SHARED], b->max_ns, b->stall_ns, b->retries,
		};

		if (row[1] + row[2] + b->stall_ns + b->retries)
			json_object_array_add(bins, pair_or_more(row, sizeof(row) / sizeof(*row)));
	}
	json_object_object_add(o, "bins", bins);
	return o;
}

static void put_losses(object *o, const struct gmem_model *m)
{
	object *lost = json_object_new_object(), *by_event = json_object_new_object();

	for (int i = 0; i < GMEM_LOSSES; i++)
		put_u64(lost, gmem_loss_names[i], m->lost[i]);
	for (int i = 0; i < GMEM_KINDS; i++) {
		if (m->lost_by_kind[i] && gmem_kind(i))
			put_u64(by_event, gmem_kind(i)->name, m->lost_by_kind[i]);
	}
	json_object_object_add(o, "lost", lost);
	json_object_object_add(o, "lost_by_event", by_event);
}

struct json_object *report_json(const struct report *r)
{
	object *o = json_object_new_object(), *total = json_object_new_object();
	object *vms = json_object_new_array();

	json_object_object_add(o, "version", json_object_new_int(GMEM_JSON_VERSION));
	put_text(o, "type", "report");
	put_name(o, "probes", r->a->probes);
	put_u64(o, "begin_ns", r->a->begin_ns);
	put_u64(o, "end_ns", r->a->end_ns);
	put_u64(o, "events", r->a->nr_events);
	json_object_object_add(o, "filtered", json_object_new_boolean(r->a->filtered));
	put_losses(o, r->a->model);
	put_subject(total, r, &r->total);
	json_object_object_add(o, "total", total);
	for (size_t i = 0; i < r->nr_vms; i++)
		json_object_array_add(vms, vm_object(r, &r->vms[i]));
	json_object_object_add(o, "vms", vms);
	json_object_object_add(o, "longest", longest(r->a));
	json_object_object_add(o, "time", over_time(&r->a->time));
	return o;
}
