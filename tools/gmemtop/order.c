// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "age.h"
#include "ui.h"

const char *const order_tree_names[ORDER_TREES] = {
	[ORDER_FLAT] = "flat", [ORDER_BY_CGROUP] = "cgroup", [ORDER_BY_PROCESS] = "process",
};

/* A VM, with what it is put in order by. */
struct entry {
	const struct gmem_vm *vm;
	struct gmem_value value;
	const char *path;	/* of the group that it is in: "/a/b", without a / at its end */
};

/* What stands beside each other below one head: VMs [first, end), or one VM. */
struct child {
	size_t first;
	size_t end;
	struct gmem_value value;
	bool over;		/* all of them have ended */
	uint64_t tie;
	size_t prefix;		/* length of the path that they share; 0: a VM by itself */
};

struct build {
	struct order *o;
	const struct ui *ui;
	const struct gmem_model *m;
	struct entry *entries;
	struct child *children;	/* a stack: those of each level above those of the level around it */
	size_t nr_children;
	char *paths;		/* of processes */
};

void order_free(struct order *o)
{
	free(o->rows);
	free(o->members);
	free(o->groups);
	free(o->folded);
	memset(o, 0, sizeof(*o));
}

static bool reserve(void **array, size_t *max, size_t n, size_t size)
{
	void *p;

	if (n <= *max)
		return true;
	p = reallocarray(*array, n, size);
	if (!p)
		return false;
	*array = p;
	*max = n;
	return true;
}

static int compare_children(const void *a, const void *b, void *ctx)
{
	const struct child *x = a, *y = b;
	const struct ui *ui = ctx;
	int order;

	if (x->over != y->over)
		return x->over ? 1 : -1;
	order = gmem_value_cmp(ui->sort, x->value, y->value);
	if (order)
		return ui->reverse ? order : -order;
	return (x->tie > y->tie) - (x->tie < y->tie);
}

static int compare_paths(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;
	const char *p = x->path, *q = y->path;

	while (*p && *p == *q) {
		p++;
		q++;
	}
	if (*p == *q)
		return (x->vm->id > y->vm->id) - (x->vm->id < y->vm->id);
	/* What is below a group stands together, whatever its next neighbour is called. */
	if (!*p || !*q)
		return *p ? 1 : -1;
	if (*p == '/' || *q == '/')
		return *p == '/' ? -1 : 1;
	return (unsigned char)*p - (unsigned char)*q;
}

static void add_row(struct build *b, struct order_row row)
{
	b->o->rows[b->o->nr++] = row;
}

static void add_vm(struct build *b, const struct entry *e, uint16_t depth, bool hidden)
{
	b->o->members[b->o->nr_members++] = e->vm->id;
	if (!hidden)
		add_row(b, (struct order_row){ e->vm->id, ORDER_NO_GROUP, depth });
}

/* Of the entries [first, end): length of the path, in whole names, that all of them have. */
static size_t shared_prefix(const struct build *b, size_t first, size_t end)
{
	/* They are sorted: what the first and the last share, all share. */
	const char *p = b->entries[first].path, *q = b->entries[end - 1].path;
	size_t n = 0, whole = 0;

	for (;; n++) {
		if ((!p[n] || p[n] == '/') && (!q[n] || q[n] == '/'))
			whole = n;
		if (!p[n] || p[n] != q[n])
			return whole;
	}
}

static bool add_values(const struct gmem_metric *metric, struct gmem_value *sum,
		       struct gmem_value v)
{
	switch (metric->type) {
	case GMEM_COUNT:
	case GMEM_BYTES:
		sum->u += v.u;
		return true;
	case GMEM_NS:
		sum->u = v.u > sum->u ? v.u : sum->u;
		return true;
	case GMEM_PER_S:
	case GMEM_BYTES_PER_S:
		sum->f += v.f;
		return true;
	default:
		return false;
	}
}

static struct child make_child(struct build *b, size_t first, size_t end, size_t prefix)
{
	struct child c = {
		.first = first, .end = end, .value = b->entries[first].value, .over = true,
		.tie = b->entries[first].vm->id, .prefix = prefix,
	};

	for (size_t i = first; i < end; i++) {
		const struct entry *e = &b->entries[i];

		c.over &= e->vm->ended_ns != 0;
		if (i > first)
			add_values(b->ui->sort, &c.value, e->value);
	}
	return c;
}

/* Those of entries [first, end) that share a path of that length, on the stack. */
static size_t push_children(struct build *b, size_t first, size_t end, size_t prefix)
{
	size_t begin = b->nr_children, i = first;

	while (i < end) {
		const char *path = b->entries[i].path;
		size_t next = i + 1, len = prefix + (path[prefix] == '/');

		len += strcspn(path + len, "/");
		while (path[prefix] && next < end && !strncmp(b->entries[next].path, path, len) &&
		       (!b->entries[next].path[len] || b->entries[next].path[len] == '/'))
			next++;
		b->children[b->nr_children++] =
			make_child(b, i, next, next - i > 1 ? shared_prefix(b, i, next) : 0);
		i = next;
	}
	return b->nr_children - begin;
}

static uint64_t hash(const char *text, size_t n)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)text[i]) * 0x100000001b3ULL;
	return h;
}

static bool is_folded(const struct order *o, uint64_t id)
{
	for (size_t i = 0; i < o->nr_folded; i++) {
		if (o->folded[i] == id)
			return true;
	}
	return false;
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

static void name_group(struct build *b, struct order_group *g, const struct child *c, size_t outer)
{
	const struct entry *e = &b->entries[c->first];
	int n = (int)(c->prefix - outer);

	if (b->ui->tree == ORDER_BY_PROCESS)
		snprintf(g->name, sizeof(g->name), "%u %.*s", e->vm->pid, GMEM_COMM_LEN,
			 e->vm->comm);
	else
		snprintf(g->name, sizeof(g->name), "%.*s", n, e->path + outer);
}

static bool add_group(struct build *b, const struct child *c, size_t outer, uint16_t depth,
		      bool hidden)
{
	struct order *o = b->o;
	struct order_group *g;
	uint32_t at = (uint32_t)o->nr_groups;

	if (!reserve((void **)&o->groups, &o->max_groups, o->max_groups > at ? 0 : 2 * at + 8,
		     sizeof(*o->groups)))
		return false;
	g = &o->groups[o->nr_groups++];
	*g = (struct order_group){
		.id = hash(b->entries[c->first].path, c->prefix),
		.first = o->nr_members, .count = c->end - c->first,
	};
	g->folded = is_folded(o, g->id);
	name_group(b, g, c, outer);
	if (!hidden)
		add_row(b, (struct order_row){ g->id, at, depth });
	return true;
}

static bool emit(struct build *b, size_t first, size_t end, size_t prefix, uint16_t depth,
		 bool hidden)
{
	size_t base = b->nr_children, n = push_children(b, first, end, prefix);
	bool ok = true;

	qsort_r(b->children + base, n, sizeof(*b->children), compare_children, (void *)b->ui);
	for (size_t i = base; ok && i < base + n; i++) {
		const struct child c = b->children[i];
		bool folded;

		if (!c.prefix) {
			add_vm(b, &b->entries[c.first], depth, hidden);
			continue;
		}
		ok = add_group(b, &c, prefix, depth, hidden);
		folded = hidden || (ok && b->o->groups[b->o->nr_groups - 1].folded);
		ok = ok && emit(b, c.first, c.end, c.prefix, depth + 1, folded);
	}
	b->nr_children = base;
	return ok;
}

static void emit_flat(struct build *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		b->children[i] = make_child(b, i, i + 1, 0);
	qsort_r(b->children, n, sizeof(*b->children), compare_children, (void *)b->ui);
	for (size_t i = 0; i < n; i++)
		add_vm(b, &b->entries[b->children[i].first], 0, false);
}

static void add_total(struct order_totals *t, const struct ui *ui, const struct gmem_model *m,
		      const struct gmem_vm *vm)
{
	uint64_t age = age_of_inflight(vm, m->now_ns), slots = gmem_vm_slot_bytes(vm);

	(void)ui;
	t->vms++;
	t->slot_bytes += slots;
	t->private_bytes += gmem_vm_private_bytes(vm);
	t->unused_bytes += gmem_vm_unused_bytes(vm);
	if (m->backing_ns) {
		struct gmem_doubled d = gmem_vm_doubled(vm);

		t->doubled_bytes += d.private_bytes + d.shared_bytes;
	}
	t->conversions_per_s += gmem_vm_conversions_per_s(vm);
	t->bytes_per_s += gmem_vm_converted_bytes_per_s(vm);
	for (size_t i = 0; i < vm->nr_inflight; i++)
		t->inflight += vm->inflight[i].kind == GMEM_ATTRIBUTES_BEGIN;
	if (age > t->oldest_ns) {
		t->oldest_ns = age;
		t->oldest_vm = vm->id;
	}
}

#define PID_LEN 12	/* "/4194304" */

static const char *path_of(struct build *b, size_t i, const struct gmem_vm *vm)
{
	char *path = b->paths + i * PID_LEN;

	if (b->ui->tree == ORDER_BY_CGROUP)
		return vm->cgroup;
	if (b->ui->tree == ORDER_BY_PROCESS)
		snprintf(path, PID_LEN, "/%u", vm->pid);
	return path;
}

static size_t collect(struct build *b)
{
	struct gmem_vm *vm, *tmp;
	size_t n = 0;

	HASH_ITER(hh, b->m->vms, vm, tmp) {
		if ((b->ui->pid && vm->pid != b->ui->pid) || !filter_matches(&b->ui->filter, vm))
			continue;
		b->entries[n] = (struct entry){
			vm, ui_value(b->ui, b->ui->sort, vm, b->m->now_ns), path_of(b, n, vm),
		};
		n++;
		if (!vm->ended_ns)
			add_total(&b->o->totals, b->ui, b->m, vm);
	}
	return n;
}

static bool make(struct build *b, size_t all)
{
	struct order *o = b->o;
	size_t n;

	b->entries = calloc(all + 1, sizeof(*b->entries));
	/* On the stack there is each VM once, and each group, of which there are fewer. */
	b->children = calloc(2 * all + 1, sizeof(*b->children));
	b->paths = calloc(all + 1, PID_LEN);
	if (!b->entries || !b->children || !b->paths ||
	    !reserve((void **)&o->rows, &o->max, 2 * all + 1, sizeof(*o->rows)) ||
	    !reserve((void **)&o->members, &o->max_members, all + 1, sizeof(*o->members)))
		return false;
	o->nr = o->nr_members = o->nr_groups = 0;
	memset(&o->totals, 0, sizeof(o->totals));
	n = collect(b);
	if (b->ui->tree == ORDER_FLAT) {
		emit_flat(b, n);
		return true;
	}
	qsort(b->entries, n, sizeof(*b->entries), compare_paths);
	return emit(b, 0, n, 0, 0, false);
}

bool order_make(struct order *o, const struct ui *ui, const struct gmem_model *m)
{
	struct build b = { .o = o, .ui = ui, .m = m };
	bool ok = make(&b, HASH_COUNT(m->vms));

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
		/* There is no percentile of percentiles. */
		return ends_with(metric->key, "max_ns") || ends_with(metric->key, "age_ns");
	default:
		return true;
	}
}

struct gmem_value order_group_value(const struct order *o, const struct order_group *g,
				    const struct gmem_metric *metric, const struct ui *ui,
				    const struct gmem_model *m)
{
	struct gmem_value sum = { .u = 0 };

	for (size_t i = g->first; i < g->first + g->count; i++) {
		const struct gmem_vm *vm = gmem_model_vm(m, o->members[i]);

		if (vm && !vm->ended_ns)
			add_values(metric, &sum, ui_value(ui, metric, vm, m->now_ns));
	}
	return sum;
}
