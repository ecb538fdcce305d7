// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "views/json.h"

#include <stdio.h>

#include "abi/kinds.h"
#include "model/metrics.h"
#include "views/text.h"

static void put_u64(struct json_object *o, const char *key, uint64_t v)
{
	json_object_object_add(o, key, json_object_new_uint64(v));
}

/* Adds a name, escaping what is not UTF-8. */
static void put_name(struct json_object *o, const char *key, const char *name)
{
	char buf[4 * GMEM_CGROUP_LEN];	/* the longest text, with every byte escaped */

	json_object_object_add(o, key, json_object_new_string(gmem_text_name(buf, sizeof(buf), name)));
}

static struct json_object *value_object(const struct gmem_metric *m, struct gmem_value v)
{
	char buf[4 * GMEM_CGROUP_LEN];

	if (v.unknown)
		return NULL;
	if (m->type == GMEM_TEXT)	/* may not be UTF-8 */
		return json_object_new_string(gmem_text_name(buf, sizeof(buf), v.s));
	if (m->type == GMEM_PER_S || m->type == GMEM_BYTES_PER_S)
		return json_object_new_double(v.f);
	return json_object_new_uint64(v.u);
}

/* Adds all metrics, and lists the keys of those that are partial and of those that are stale. */
static void put_metrics(struct json_object *o, const struct gmem_vm *vm, const struct gmem_model *model)
{
	struct json_object *partial = json_object_new_array(), *stale = json_object_new_array();

	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		const struct gmem_metric *m = &gmem_metrics[i];
		struct gmem_value v = gmem_metric_get(m, vm, model);

		json_object_object_add(o, m->key, value_object(m, v));
		if (v.partial)
			json_object_array_add(partial, json_object_new_string(m->key));
		if (v.stale)
			json_object_array_add(stale, json_object_new_string(m->key));
	}
	json_object_object_add(o, "partial", partial);
	json_object_object_add(o, "stale", stale);
}

struct json_object *gmem_json_slots(const struct gmem_vm *vm)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < vm->nr_slots; i++) {
		struct json_object *o = json_object_new_object();

		put_u64(o, "slot", vm->slots[i].slot);
		put_u64(o, "base_gfn", vm->slots[i].gfn);
		put_u64(o, "npages", vm->slots[i].npages);
		put_u64(o, "ino", vm->slots[i].ino);
		put_u64(o, "pgoff", vm->slots[i].pgoff);
		json_object_array_add(a, o);
	}
	return a;
}

static struct json_object *holders_array(const struct gmem_holders *h)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < h->nr; i++) {
		struct json_object *o = json_object_new_object();

		put_u64(o, "pid", h->list[i].pid);
		put_name(o, "comm", h->list[i].comm);
		json_object_array_add(a, o);
	}
	return a;
}

static void put_populated(struct json_object *o, const struct gmem_model *m, const struct gmem_file *f)
{
	struct gmem_sum s = gmem_file_populated(m, f);
	bool known = s.known == GMEM_KNOWN_ALL;
	uint64_t age = m->now_ns > f->populated_ns ? m->now_ns - f->populated_ns : 0;

	json_object_object_add(o, "populated_bytes", known ? json_object_new_uint64(s.bytes) : NULL);
	json_object_object_add(o, "populated_age_ns", known ? json_object_new_uint64(age) : NULL);
	json_object_object_add(o, "populated_stale", known ? json_object_new_boolean(s.stale) : NULL);
}

static struct json_object *files_array(const struct gmem_vm *vm, const struct gmem_model *m)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < vm->nr_files; i++) {
		struct json_object *o = json_object_new_object();

		put_u64(o, "ino", vm->files[i].ino);
		put_u64(o, "size_bytes", vm->files[i].size_pages << GMEM_PAGE_SHIFT);
		put_u64(o, "flags", vm->files[i].flags);
		put_populated(o, m, &vm->files[i]);
		put_u64(o, "bindings", gmem_file_bindings(vm, &vm->files[i]));
		json_object_object_add(o, "mapped", json_object_new_boolean(vm->files[i].mapped));
		json_object_object_add(o, "orphan", json_object_new_boolean(vm->orphan));
		json_object_object_add(o, "holders", holders_array(&vm->files[i].holders));
		json_object_array_add(a, o);
	}
	return a;
}

struct json_object *gmem_json_extents(const struct gmem_ranges *r)
{
	struct json_object *a = json_object_new_array(), *pair;
	struct gmem_extent x = { 0, 0 };

	while (gmem_ranges_next(r, x.end, &x)) {
		pair = json_object_new_array_ext(2);
		json_object_array_add(pair, json_object_new_uint64(x.start));
		json_object_array_add(pair, json_object_new_uint64(x.end - x.start));
		json_object_array_add(a, pair);
	}
	return a;
}

struct json_object *gmem_json_inflight(const struct gmem_vm *vm, uint64_t now_ns)
{
	struct json_object *a = json_object_new_array();

	for (size_t i = 0; i < vm->ops.nr; i++) {
		const struct gmem_inflight *op = vm->ops.list[i];
		struct json_object *o = json_object_new_object();
		char buf[64];

		json_object_object_add(o, "op", json_object_new_string(gmem_kind(op->kind)->op));
		json_object_object_add(o, "arg", json_object_new_string(
			gmem_text_arg(buf, sizeof(buf), op->kind, op->arg)));
		put_u64(o, "tid", op->tid);
		put_u64(o, "ino", op->ino);
		put_u64(o, "start", op->start);
		put_u64(o, "end", op->end);
		json_object_object_add(o, "phase", op->phase ?
			json_object_new_string(gmem_phase_names[op->phase - 1]) : NULL);
		put_u64(o, "age_ns", gmem_inflight_age(op, now_ns));
		json_object_array_add(a, o);
	}
	return a;
}

static struct json_object *vm_object(const struct gmem_vm *vm, const struct gmem_model *m)
{
	struct json_object *o = json_object_new_object();

	put_metrics(o, vm, m);
	json_object_object_add(o, "map_state", json_object_new_string(gmem_map_state_names[vm->map]));
	put_u64(o, "read_took_ns", vm->scan_took_ns);
	put_u64(o, "process_start_ns", vm->start_ns);
	put_u64(o, "lost_records", vm->now.lost_records);
	json_object_object_add(o, "ended", json_object_new_boolean(vm->ended_ns != 0));
	json_object_object_add(o, "slots", gmem_json_slots(vm));
	json_object_object_add(o, "files", files_array(vm, m));
	json_object_object_add(o, "orphan", json_object_new_boolean(vm->orphan));
	json_object_object_add(o, "holders", holders_array(&vm->holders));
	json_object_object_add(o, "operations_inflight", gmem_json_inflight(vm, m->now_ns));
	json_object_object_add(o, "private_extents", gmem_json_extents(&vm->private));
	return o;
}

/* Returns {"CPU": lost records, ..}, without CPUs that lost none. */
static struct json_object *lost_by_cpu(const struct gmem_model *m)
{
	struct json_object *o = json_object_new_object();
	char cpu[24];

	for (size_t i = 0; i < m->nr_lost_cpus; i++) {
		if (!m->lost_by_cpu[i])
			continue;
		snprintf(cpu, sizeof(cpu), "%zu", i);
		put_u64(o, cpu, m->lost_by_cpu[i]);
	}
	return o;
}

static void put_losses(struct json_object *o, const struct gmem_model *m)
{
	struct json_object *lost = json_object_new_object(), *by_event = json_object_new_object();

	for (int i = 0; i < GMEM_LOSSES; i++)
		put_u64(lost, gmem_loss_names[i], m->lost[i]);
	for (int i = 0; i < GMEM_KINDS; i++) {
		if (m->lost_by_kind[i])
			put_u64(by_event, gmem_kind(i)->name, m->lost_by_kind[i]);
	}
	json_object_object_add(o, "lost", lost);
	json_object_object_add(o, "lost_by_event", by_event);
	json_object_object_add(o, "lost_by_cpu", lost_by_cpu(m));
}

static void put_cost(struct json_object *o, const struct gmem_cost_rec *c)
{
	struct json_object *cost = json_object_new_object();

	put_u64(cost, "cpu_ns", c->cpu_ns);
	put_u64(cost, "scan_runs", c->scan_runs);
	put_u64(cost, "scan_ns", c->scan_ns);
	put_u64(cost, "scan_max_ns", c->scan_max_ns);
	put_u64(cost, "pagemap_calls", c->pagemap_calls);
	put_u64(cost, "pagemap_ns", c->pagemap_ns);
	put_u64(cost, "pagemap_max_ns", c->pagemap_max_ns);
	json_object_object_add(o, "cost", cost);
}

/* Adds the age of the last complete search for holders; null if there was none. */
static void put_holders(struct json_object *o, const struct gmem_model *m)
{
	struct json_object *holders = m->holders_ns ? json_object_new_object() : NULL;

	if (holders)
		put_u64(holders, "age_ns", m->now_ns - m->holders_ns);
	json_object_object_add(o, "holders", holders);
}

/* Adds age and duration of the last page scan; null if there was none. */
static void put_backing(struct json_object *o, const struct gmem_model *m)
{
	struct json_object *backing = m->backing_ns ? json_object_new_object() : NULL;

	if (backing) {
		put_u64(backing, "age_ns", m->now_ns - m->backing_ns);
		put_u64(backing, "took_ns", m->backing_took_ns);
	}
	json_object_object_add(o, "backing", backing);
}

static struct json_object *blind_functions(const char *blind)
{
	struct json_object *a = json_object_new_array();
	size_t n;

	for (; *blind; blind += n + strspn(blind + n, ", ")) {
		n = strcspn(blind, ", ");
		json_object_array_add(a, json_object_new_string_len(blind, (int)n));
	}
	return a;
}

/* Returns the kind of provider by event; null: not reported. Null for older recordings, which do not have it. */
static struct json_object *providers_object(const struct gmem_model *m)
{
	struct json_object *o = m->by_tracepoint | m->by_function ? json_object_new_object() : NULL;

	for (int i = 0; o && i < GMEM_EVENTS; i++) {
		const char *kind = m->by_tracepoint & GMEM_EVENT_BIT(i) ? "tracepoint" :
			m->by_function & GMEM_EVENT_BIT(i) ? "function" : NULL;

		json_object_object_add(o, gmem_event_names[i], kind ? json_object_new_string(kind) : NULL);
	}
	return o;
}

struct json_object *gmem_json_model(const struct gmem_model *m, const char *probes, uint32_t pid)
{
	struct json_object *o = json_object_new_object(), *vms = json_object_new_array();
	struct gmem_vm *vm, *tmp;
	char text[64];

	json_object_object_add(o, "version", json_object_new_int(GMEM_JSON_VERSION));
	put_u64(o, "ts_ns", m->now_ns);
	json_object_object_add(o, "probes", json_object_new_string(gmem_text_name(text, sizeof(text), probes)));
	json_object_object_add(o, "providers", providers_object(m));
	json_object_object_add(o, "blind", blind_functions(m->blind));
	put_u64(o, "events", m->nr_events);
	put_losses(o, m);
	put_cost(o, &m->cost);
	put_backing(o, m);
	put_holders(o, m);
	json_object_object_add(o, "other_pid_namespaces_hidden",
			       json_object_new_boolean(m->features & GMEM_FEATURE_OTHER_PIDS));
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (!pid || vm->pid == pid)
			json_object_array_add(vms, vm_object(vm, m));
	}
	json_object_object_add(o, "vms", vms);
	return o;
}
