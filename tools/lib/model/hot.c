// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "model/hot.h"

#include <stdlib.h>
#include <string.h>

struct entry {
	struct gmem_hot_range r;
	unsigned int order;
	uint32_t place;		/* index in the heap */
};

/* @heap: entries, lowest count first. @table: entry + 1 by hash, 0 if empty; linear probing. */
struct gmem_hot {
	uint32_t max;
	uint32_t nr;
	uint32_t mask;
	struct entry *entries;
	uint32_t *heap;
	uint32_t *table;
};

/* Returns a power of two of at least twice @max, which keeps probe sequences short. */
static uint32_t table_size(uint32_t max)
{
	uint32_t n = 4;

	while (n < 2 * max)
		n *= 2;
	return n;
}

struct gmem_hot *gmem_hot_new(size_t max)
{
	uint32_t n = max < 1 ? 1 : max > 1U << 20 ? 1U << 20 : (uint32_t)max, size = table_size(n);
	struct gmem_hot *h = calloc(1, sizeof(*h));

	if (!h)
		return NULL;
	h->max = n;
	h->mask = size - 1;
	h->entries = calloc(n, sizeof(*h->entries));
	h->heap = calloc(n, sizeof(*h->heap));
	h->table = calloc(size, sizeof(*h->table));
	if (h->entries && h->heap && h->table)
		return h;
	gmem_hot_free(h);
	return NULL;
}

struct gmem_hot *gmem_hot_copy(const struct gmem_hot *h)
{
	struct gmem_hot *copy = gmem_hot_new(h->max);

	if (!copy)
		return NULL;
	copy->nr = h->nr;
	memcpy(copy->entries, h->entries, h->max * sizeof(*h->entries));
	memcpy(copy->heap, h->heap, h->max * sizeof(*h->heap));
	memcpy(copy->table, h->table, (h->mask + 1) * sizeof(*h->table));
	return copy;
}

void gmem_hot_free(struct gmem_hot *h)
{
	if (!h)
		return;
	free(h->entries);
	free(h->heap);
	free(h->table);
	free(h);
}

static uint32_t hash(const struct gmem_hot *h, uint64_t start, unsigned int order)
{
	uint64_t x = (start + order) * 0x9e3779b97f4a7c15;

	return (uint32_t)(x >> 32) & h->mask;
}

/* Returns the place of a block in the table, or the empty place where it belongs. */
static uint32_t find_place(const struct gmem_hot *h, uint64_t start, unsigned int order)
{
	uint32_t at = hash(h, start, order);

	for (; h->table[at]; at = (at + 1) & h->mask) {
		const struct entry *e = &h->entries[h->table[at] - 1];

		if (e->r.start == start && e->order == order)
			break;
	}
	return at;
}

/* Empties a place of the table and moves up the entries behind it whose probe sequence crosses it. */
static void remove_from_table(struct gmem_hot *h, uint32_t hole)
{
	uint32_t at = hole;

	h->table[hole] = 0;
	for (at = (at + 1) & h->mask; h->table[at]; at = (at + 1) & h->mask) {
		const struct entry *e = &h->entries[h->table[at] - 1];
		uint32_t home = hash(h, e->r.start, e->order);

		if (((at - home) & h->mask) < ((at - hole) & h->mask))
			continue;
		h->table[hole] = h->table[at];
		h->table[at] = 0;
		hole = at;
	}
}

static uint64_t upper_count(const struct gmem_hot *h, uint32_t place)
{
	const struct gmem_hot_range *r = &h->entries[h->heap[place]].r;

	return r->conversions + r->missed;
}

static void swap(struct gmem_hot *h, uint32_t a, uint32_t b)
{
	uint32_t e = h->heap[a];

	h->heap[a] = h->heap[b];
	h->heap[b] = e;
	h->entries[h->heap[a]].place = a;
	h->entries[h->heap[b]].place = b;
}

static void sift_down(struct gmem_hot *h, uint32_t at)
{
	for (;;) {
		uint32_t child = 2 * at + 1;

		if (child >= h->nr)
			return;
		if (child + 1 < h->nr && upper_count(h, child + 1) < upper_count(h, child))
			child++;
		if (upper_count(h, at) <= upper_count(h, child))
			return;
		swap(h, at, child);
		at = child;
	}
}

static void sift_up(struct gmem_hot *h, uint32_t at)
{
	for (; at && upper_count(h, at) < upper_count(h, (at - 1) / 2); at = (at - 1) / 2)
		swap(h, at, (at - 1) / 2);
}

/*
 * Starts to follow a block. If there is no room, it replaces the block with the lowest count,
 * and may have been converted as often (missed).
 */
static struct entry *follow_block(struct gmem_hot *h, uint64_t start, unsigned int order)
{
	uint64_t missed = 0;
	struct entry *e;
	uint32_t i;

	if (h->nr < h->max) {
		i = h->nr++;
		h->heap[i] = i;
		h->entries[i].place = i;
	} else {
		i = h->heap[0];
		missed = upper_count(h, 0);
		remove_from_table(h, find_place(h, h->entries[i].r.start, h->entries[i].order));
	}
	e = &h->entries[i];
	e->order = order;
	e->r = (struct gmem_hot_range){
		.start = start, .end = start + (1ULL << order), .missed = missed,
	};
	if (e->r.end < start)	/* overflow: the last block */
		e->r.end = UINT64_MAX;
	h->table[find_place(h, start, order)] = i + 1;
	sift_up(h, e->place);
	return e;
}

static void add_block(struct gmem_hot *h, uint64_t ts_ns, uint64_t start, unsigned int order,
		      uint64_t pages, enum gmem_direction direction)
{
	uint32_t i = h->table[find_place(h, start, order)];
	struct entry *e = i ? &h->entries[i - 1] : follow_block(h, start, order);

	if (e->r.conversions && e->r.last != direction)
		e->r.reversals++;
	e->r.conversions++;
	e->r.bytes += pages << GMEM_PAGE_SHIFT;
	e->r.last = direction;
	e->r.last_ns = ts_ns;
	sift_down(h, e->place);
}

void gmem_hot_add(struct gmem_hot *h, uint64_t ts_ns, uint64_t start, uint64_t end,
		  enum gmem_direction direction)
{
	unsigned int order = GMEM_HOT_ORDER;
	uint64_t first, last;

	if (start >= end)
		return;
	while (((end - 1) >> order) - (start >> order) > 1)
		order++;
	first = start >> order << order;
	last = (end - 1) >> order << order;
	if (first == last) {
		add_block(h, ts_ns, first, order, end - start, direction);
		return;
	}
	add_block(h, ts_ns, first, order, last - start, direction);
	add_block(h, ts_ns, last, order, end - last, direction);
}

static int compare_ranges(const void *a, const void *b)
{
	const struct gmem_hot_range *x = a, *y = b;

	if (x->conversions != y->conversions)
		return x->conversions < y->conversions ? 1 : -1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

/* Inserts a range into @n sorted ones. */
static void insert_sorted(struct gmem_hot_range *out, size_t n, const struct gmem_hot_range *r)
{
	while (n && compare_ranges(&out[n - 1], r) > 0) {
		out[n] = out[n - 1];
		n--;
	}
	out[n] = *r;
}

size_t gmem_hot_top(const struct gmem_hot *h, struct gmem_hot_range *out, size_t n)
{
	size_t found = 0;

	for (uint32_t i = 0; h && n && i < h->nr; i++) {
		const struct gmem_hot_range *r = &h->entries[i].r;

		if (found == n && compare_ranges(&out[n - 1], r) <= 0)
			continue;
		if (found < n)
			found++;
		insert_sorted(out, found - 1, r);
	}
	return found;
}
