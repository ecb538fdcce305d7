// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Rows of the list: VMs in a flat list, or below their groups. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ui/order_build.h"

bool order_reserve(void **array, size_t *max, size_t n, size_t size)
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

	if (!order_reserve((void **)&o->groups, &o->max_groups, o->max_groups > at ? 0 : 2 * at + 8,
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

void order_emit_flat(struct order_build *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		b->children[i] = make_child(b, i, i + 1, 0);
	qsort_r(b->children, n, sizeof(*b->children), compare_children, (void *)b->ui);
	for (size_t i = 0; i < n; i++)
		add_vm(b, &b->entries[b->children[i].first], 0, false);
}

bool order_emit_tree(struct order_build *b, size_t n)
{
	qsort(b->entries, n, sizeof(*b->entries), compare_paths);
	return emit_group(b, 0, n, 0, 0, false);
}
