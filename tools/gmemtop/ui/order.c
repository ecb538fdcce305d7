// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "ui/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "ui/ui.h"
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

/* VM with its sort value. */
struct order_entry {
	const struct gmem_vm *vm;
	struct gmem_value value;
	const char *path;	/* its group's: "/a/b", without a / at the end */
};

/* Child of a group or of the root: a group of entries [first, end), or one VM. */
struct order_child {
	size_t first;
	size_t end;
	struct gmem_value value;
	bool over;		/* all its VMs have ended */
	uint64_t tie;		/* order of equal values */
	size_t prefix;		/* length of the path that its VMs share; 0: a single VM */
};

/* State of order_make() while it makes the list. */
struct order_build {
	struct order *o;
	const struct ui *ui;
	const struct gmem_model *m;
	struct order_entry *entries;
	struct order_child *children;	/* stack of levels; the innermost is on top */
	size_t nr_children;
	char *paths;		/* storage of the paths of processes */
};

static void add_total(struct order_totals *t, const struct gmem_model *m, const struct gmem_vm *vm)
{
	static const struct { const char *metric; enum order_sum sum; } parts[] = {
		{ "slot_bytes", ORDER_SLOTS }, { "private_bytes", ORDER_PRIVATE },
		{ "shared_bytes", ORDER_SHARED }, { "unused_bytes", ORDER_UNUSED },
		{ "double_backed_private_bytes", ORDER_DOUBLE_BACKED },
		{ "double_backed_shared_bytes", ORDER_DOUBLE_BACKED },
		{ "conversions_per_s", ORDER_CONVERSIONS }, { "converted_bytes_per_s", ORDER_BYTES },
	};
	uint64_t age = gmem_operations_age(&vm->ops, GMEM_ATTRIBUTES_BEGIN, m->now_ns);

	t->vms++;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		const struct gmem_metric *metric = gmem_metric(parts[i].metric);
		struct gmem_value *sum = &t->sums[parts[i].sum];

		*sum = gmem_value_add(metric, *sum, gmem_metric_get(metric, vm, m));
	}
	t->inflight += gmem_operations_count(&vm->ops, GMEM_ATTRIBUTES_BEGIN);
	if (age > t->oldest_ns) {
		t->oldest_ns = age;
		t->oldest_vm = vm->id;
	}
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
	struct order_totals *t = &b->o->totals;
	size_t n = 0;

	*t = (struct order_totals){ 0 };
	for (int i = 0; i < ORDER_SUMS; i++)
		t->sums[i] = GMEM_NO_VALUE;
	HASH_ITER(hh, b->m->vms, vm, tmp) {
		if ((b->ui->pid && vm->pid != b->ui->pid) || !filter_matches(&b->ui->filter, vm))
			continue;
		b->entries[n] = (struct order_entry){
			vm, since_value(&b->ui->since, b->ui->sort, vm, b->m), path_of(b, n, vm),
		};
		n++;
		if (!vm->ended_ns)
			add_total(t, b->m, vm);
	}
	/* The totals of no VMs are 0, not unknown. */
	for (int i = 0; i < ORDER_SUMS; i++)
		t->sums[i].unknown &= t->vms != 0;
	return n;
}

static int compare_children(const void *a, const void *b, void *ctx)
{
	const struct order_child *x = a, *y = b;
	const struct ui *ui = ctx;
	int order;

	if (x->over != y->over)
		return x->over ? 1 : -1;
	/* Unknown values come last in either direction. */
	if (x->value.unknown != y->value.unknown)
		return x->value.unknown ? 1 : -1;
	order = gmem_value_cmp(ui->sort, x->value, y->value);
	if (order)
		return ui->reverse ? order : -order;
	return (x->tie > y->tie) - (x->tie < y->tie);
}

static int compare_paths(const void *a, const void *b)
{
	const struct order_entry *x = a, *y = b;
	const char *p = x->path, *q = y->path;

	while (*p && *p == *q) {
		p++;
		q++;
	}
	if (*p == *q)
		return (x->vm->id > y->vm->id) - (x->vm->id < y->vm->id);
	/* '/' sorts first, so that "a/b" follows "a" and not "a-b". */
	if (!*p || !*q)
		return *p ? 1 : -1;
	if (*p == '/' || *q == '/')
		return *p == '/' ? -1 : 1;
	return (unsigned char)*p - (unsigned char)*q;
}

static void add_row(struct order_build *b, struct order_row row)
{
	b->o->rows[b->o->nr++] = row;
}

static void add_vm(struct order_build *b, const struct order_entry *e, uint16_t depth, bool hidden)
{
	b->o->members[b->o->nr_members++] = e->vm->id;
	if (!hidden)
		add_row(b, (struct order_row){ e->vm->id, ORDER_NO_GROUP, depth });
}

/* Returns the length of the path, in whole names, that entries [first, end) share. */
static size_t shared_prefix(const struct order_build *b, size_t first, size_t end)
{
	/* Entries are sorted: a prefix of the first and the last is a prefix of all. */
	const char *p = b->entries[first].path, *q = b->entries[end - 1].path;
	size_t n = 0, whole = 0;

	for (;; n++) {
		if ((!p[n] || p[n] == '/') && (!q[n] || q[n] == '/'))
			whole = n;
		if (!p[n] || p[n] != q[n])
			return whole;
	}
}

static bool has_sum(const struct gmem_metric *metric)
{
	return metric->type != GMEM_ID && metric->type != GMEM_TEXT;
}

static struct order_child make_child(struct order_build *b, size_t first, size_t end, size_t prefix)
{
	struct order_child c = {
		.first = first, .end = end, .value = b->entries[first].value, .over = true,
		.tie = b->entries[first].vm->id, .prefix = prefix,
	};

	for (size_t i = first; i < end; i++) {
		const struct order_entry *e = &b->entries[i];

		c.over &= e->vm->ended_ns != 0;
		if (i > first && has_sum(b->ui->sort))
			c.value = gmem_value_add(b->ui->sort, c.value, e->value);
	}
	return c;
}

/* Pushes the children of a group: entries [first, end), which share a path of length prefix. */
static size_t push_children(struct order_build *b, size_t first, size_t end, size_t prefix)
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

static void name_group(struct order_build *b, struct order_group *g, const struct order_child *c, size_t outer)
{
	const struct order_entry *e = &b->entries[c->first];
	int n = (int)(c->prefix - outer);

	if (b->ui->tree == ORDER_BY_PROCESS)
		snprintf(g->name, sizeof(g->name), "%u %.*s", e->vm->pid, GMEM_COMM_LEN,
			 e->vm->comm);
	else
		snprintf(g->name, sizeof(g->name), "%.*s", n, e->path + outer);
}

static bool add_group(struct order_build *b, const struct order_child *c, size_t outer, uint16_t depth,
		      bool hidden)
{
	struct order *o = b->o;
	struct order_group *g;
	uint32_t at = (uint32_t)o->nr_groups;

	if (!gmem_reserve(&o->groups, &o->max_groups, at + 1, sizeof(*o->groups)))
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

static bool emit_group(struct order_build *b, size_t first, size_t end, size_t prefix, uint16_t depth,
		       bool hidden)
{
	size_t base = b->nr_children, n = push_children(b, first, end, prefix);
	bool ok = true;

	qsort_r(b->children + base, n, sizeof(*b->children), compare_children, (void *)b->ui);
	for (size_t i = base; ok && i < base + n; i++) {
		const struct order_child c = b->children[i];
		bool folded;

		if (!c.prefix) {
			add_vm(b, &b->entries[c.first], depth, hidden);
			continue;
		}
		ok = add_group(b, &c, prefix, depth, hidden);
		folded = hidden || (ok && b->o->groups[b->o->nr_groups - 1].folded);
		ok = ok && emit_group(b, c.first, c.end, c.prefix, depth + 1, folded);
	}
	b->nr_children = base;
	return ok;
}

/* Emits the rows and members of the first n entries. Returns false if out of memory. */
static bool emit(struct order_build *b, size_t n)
{
	if (b->ui->tree != ORDER_FLAT)
		qsort(b->entries, n, sizeof(*b->entries), compare_paths);
	return emit_group(b, 0, n, 0, 0, false);
}

static bool make_rows(struct order_build *b, size_t all)
{
	struct order *o = b->o;

	b->entries = calloc(all + 1, sizeof(*b->entries));
	/* The stack holds each VM once, and groups, which are fewer than VMs. */
	b->children = calloc(2 * all + 1, sizeof(*b->children));
	b->paths = calloc(all + 1, PID_LEN);
	if (!b->entries || !b->children || !b->paths ||
	    !gmem_reserve(&o->rows, &o->max, 2 * all + 1, sizeof(*o->rows)) ||
	    !gmem_reserve(&o->members, &o->max_members, all + 1, sizeof(*o->members)))
		return false;
	o->nr = o->nr_members = o->nr_groups = 0;
	return emit(b, collect(b));
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
