// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "ui/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/order_build.h"
#include "widgets/age.h"

const char *const order_tree_names[ORDER_TREES] = {
	[ORDER_FLAT] = "flat", [ORDER_BY_CGROUP] = "cgroup", [ORDER_BY_PROCESS] = "process",
};

void order_free(struct order *o)
{
	free(o->rows);
	free(o->members);
	free(o->groups);
	free(o->folded);
	memset(o, 0, sizeof(*o));
}

bool order_fold(struct order *o, uint64_t id)
{
	uint64_t *p;

	for (size_t i = 0; i < o->nr_folded; i++) {
		if (o->folded[i] == id) {
			o->folded[i] = o->folded[--o->nr_folded];
			return true;
		}
	}
	p = reallocarray(o->folded, o->nr_folded + 1, sizeof(*p));
	if (!p)
		return false;
	o->folded = p;
	p[o->nr_folded++] = id;
	return true;
}

/* Adds a VM's value; if it is unknown, the sum becomes partial. */
static void add_to(struct gmem_value *sum, const char *key, const struct gmem_vm *vm, const struct gmem_model *m)
{
	const struct gmem_metric *metric = gmem_metric(key);

	*sum = gmem_value_add(metric, *sum, gmem_metric_get(metric, vm, m));
}

static void add_total(struct order_totals *t, const struct gmem_model *m, const struct gmem_vm *vm)
{
	uint64_t age = gmem_operations_age(&vm->ops, GMEM_ATTRIBUTES_BEGIN, m->now_ns);

	t->vms++;
	add_to(&t->slot_bytes, "slot_bytes", vm, m);
	add_to(&t->private_bytes, "private_bytes", vm, m);
	add_to(&t->shared_bytes, "shared_bytes", vm, m);
	add_to(&t->unused_bytes, "unused_bytes", vm, m);
	add_to(&t->double_backed_bytes, "double_backed_private_bytes", vm, m);
	add_to(&t->double_backed_bytes, "double_backed_shared_bytes", vm, m);
	add_to(&t->conversions_per_s, "conversions_per_s", vm, m);
	add_to(&t->bytes_per_s, "converted_bytes_per_s", vm, m);
	t->inflight += gmem_operations_count(&vm->ops, GMEM_ATTRIBUTES_BEGIN);
	if (age > t->oldest_ns) {
		t->oldest_ns = age;
		t->oldest_vm = vm->id;
	}
}

/* Makes the totals of no VMs 0 instead of unknown. */
static void settle_empty(struct order_totals *t)
{
	struct gmem_value *const sums[] = {
		&t->slot_bytes, &t->private_bytes, &t->shared_bytes, &t->unused_bytes, &t->double_backed_bytes,
		&t->conversions_per_s, &t->bytes_per_s,
	};

	for (size_t i = 0; i < sizeof(sums) / sizeof(*sums); i++)
		sums[i]->unknown = t->vms && sums[i]->unknown;
}

static void reset_totals(struct order_totals *t)
{
	*t = (struct order_totals){
		.slot_bytes = GMEM_NO_VALUE, .private_bytes = GMEM_NO_VALUE, .shared_bytes = GMEM_NO_VALUE,
		.unused_bytes = GMEM_NO_VALUE, .double_backed_bytes = GMEM_NO_VALUE,
		.conversions_per_s = GMEM_NO_VALUE, .bytes_per_s = GMEM_NO_VALUE,
	};
}

#define PID_LEN 12	/* "/4194304" */

static const char *path_of(struct order_build *b, size_t i, const struct gmem_vm *vm)
{
	char *path = b->paths + i * PID_LEN;

	if (b->ui->tree == ORDER_BY_CGROUP)
		return vm->cgroup;
	if (b->ui->tree == ORDER_BY_PROCESS)
		snprintf(path, PID_LEN, "/%u", vm->pid);
	return path;
}

static size_t collect(struct order_build *b)
{
	struct gmem_vm *vm, *tmp;
	size_t n = 0;

	HASH_ITER(hh, b->m->vms, vm, tmp) {
		if ((b->ui->pid && vm->pid != b->ui->pid) || !filter_matches(&b->ui->filter, vm))
			continue;
		b->entries[n] = (struct order_entry){
			vm, since_value(&b->ui->since, b->ui->sort, vm, b->m), path_of(b, n, vm),
		};
		n++;
		if (!vm->ended_ns)
			add_total(&b->o->totals, b->m, vm);
	}
	return n;
}

static bool make_rows(struct order_build *b, size_t all)
{
	struct order *o = b->o;
	size_t n;

	b->entries = calloc(all + 1, sizeof(*b->entries));
	/* The stack holds each VM once, and groups, which are fewer than VMs. */
	b->children = calloc(2 * all + 1, sizeof(*b->children));
	b->paths = calloc(all + 1, PID_LEN);
	if (!b->entries || !b->children || !b->paths ||
	    !order_reserve((void **)&o->rows, &o->max, 2 * all + 1, sizeof(*o->rows)) ||
	    !order_reserve((void **)&o->members, &o->max_members, all + 1, sizeof(*o->members)))
		return false;
	o->nr = o->nr_members = o->nr_groups = 0;
	reset_totals(&o->totals);
	n = collect(b);
	settle_empty(&o->totals);
	if (b->ui->tree == ORDER_FLAT) {
		order_emit_flat(b, n);
		return true;
	}
	return order_emit_tree(b, n);
}

bool order_make(struct order *o, const struct ui *ui, const struct gmem_model *m)
{
	struct order_build b = { .o = o, .ui = ui, .m = m };
	bool ok = make_rows(&b, HASH_COUNT(m->vms));

	free(b.entries);
	free(b.children);
	free(b.paths);
	return ok;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), k = strlen(end);

	return n >= k && !strcmp(text + n - k, end);
}

bool order_group_has(const struct gmem_metric *metric)
{
	switch (metric->type) {
	case GMEM_ID:
	case GMEM_TEXT:
		return false;
	case GMEM_NS:
		/* Percentiles of VMs cannot be combined. */
		return ends_with(metric->key, "max_ns") || ends_with(metric->key, "age_ns");
	default:
		return true;
	}
}

struct gmem_value order_group_value(const struct order *o, const struct order_group *g,
				    const struct gmem_metric *metric, const struct ui *ui,
				    const struct gmem_model *m)
{
	struct gmem_value sum = GMEM_NO_VALUE;

	for (size_t i = g->first; i < g->first + g->count; i++) {
		const struct gmem_vm *vm = gmem_model_vm(m, o->members[i]);

		if (vm && !vm->ended_ns)
			sum = gmem_value_add(metric, sum, since_value(&ui->since, metric, vm, m));
	}
	return sum;
}
