// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Extents in chunks of up to CHUNK, chunks in an array: two binary searches find an extent, and
 * a change moves the tail of one chunk at most. Memory is reserved before anything is changed.
 */
#include "model/ranges.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK 126	/* 2 KiB with the header */

struct gmem_chunk {
	uint64_t nr_pages;
	size_t n;
	struct gmem_extent e[CHUNK];
};

/* Position: extent i of chunk c; c == nr_chunks is the end. */
struct pos {
	size_t c;
	size_t i;
};

void gmem_ranges_free(struct gmem_ranges *r)
{
	for (size_t c = 0; c < r->nr_chunks; c++)
		free(r->chunks[c]);
	free(r->chunks);
	free(r->spare);
	memset(r, 0, sizeof(*r));
}

/* Returns the first extent that ends at or above @x. */
static struct pos find_extent(const struct gmem_ranges *r, uint64_t x)
{
	struct pos p = { 0, 0 };
	size_t lo = 0, hi = r->nr_chunks;
	const struct gmem_chunk *ch;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		ch = r->chunks[mid];
		if (ch->e[ch->n - 1].end < x)
			lo = mid + 1;
		else
			hi = mid;
	}
	p.c = lo;
	if (lo == r->nr_chunks)
		return p;
	ch = r->chunks[lo];
	for (lo = 0, hi = ch->n; lo < hi; ) {
		size_t mid = (lo + hi) / 2;

		if (ch->e[mid].end < x)
			lo = mid + 1;
		else
			hi = mid;
	}
	p.i = lo;
	return p;
}

static struct gmem_extent *extent_at(const struct gmem_ranges *r, struct pos p)
{
	return p.c < r->nr_chunks ? &r->chunks[p.c]->e[p.i] : NULL;
}

/* Reserves memory for one more extent at any position. */
static int reserve(struct gmem_ranges *r)
{
	if (r->nr_chunks == r->max_chunks) {
		size_t max = r->max_chunks ? 2 * r->max_chunks : 4;
		void *p = reallocarray(r->chunks, max, sizeof(*r->chunks));

		if (!p)
			return -ENOMEM;
		r->chunks = p;
		r->max_chunks = max;
	}
	if (!r->spare)
		r->spare = malloc(sizeof(*r->spare));
	return r->spare ? 0 : -ENOMEM;
}

/* Inserts the spare chunk as chunk @c. */
static struct gmem_chunk *insert_chunk(struct gmem_ranges *r, size_t c)
{
	struct gmem_chunk *ch = r->spare;

	r->spare = NULL;
	ch->n = 0;
	ch->nr_pages = 0;
	memmove(&r->chunks[c + 1], &r->chunks[c], (r->nr_chunks - c) * sizeof(*r->chunks));
	r->chunks[c] = ch;
	r->nr_chunks++;
	return ch;
}

static uint64_t chunk_pages(const struct gmem_chunk *ch)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < ch->n; i++)
		pages += ch->e[i].end - ch->e[i].start;
	return pages;
}

/* Moves the upper half to a new chunk; returns the new position of @p. */
static struct pos split_chunk(struct gmem_ranges *r, struct pos p)
{
	struct gmem_chunk *lower = r->chunks[p.c], *upper = insert_chunk(r, p.c + 1);
	size_t half = p.i == CHUNK ? CHUNK : CHUNK / 2;	/* appending leaves the old chunk full */

	upper->n = lower->n - half;
	memcpy(upper->e, &lower->e[half], upper->n * sizeof(*upper->e));
	lower->n = half;
	upper->nr_pages = chunk_pages(upper);
	lower->nr_pages -= upper->nr_pages;
	if (p.i >= half)
		return (struct pos){ p.c + 1, p.i - half };
	return p;
}

/* Inserts an extent before @p. reserve() was called. */
static void insert_extent(struct gmem_ranges *r, struct pos p, uint64_t start, uint64_t end)
{
	struct gmem_chunk *ch;

	if (p.c == r->nr_chunks && p.c > 0)
		p = (struct pos){ p.c - 1, r->chunks[p.c - 1]->n };
	else if (p.c == r->nr_chunks)
		insert_chunk(r, 0);
	if (r->chunks[p.c]->n == CHUNK)
		p = split_chunk(r, p);
	ch = r->chunks[p.c];
	memmove(&ch->e[p.i + 1], &ch->e[p.i], (ch->n - p.i) * sizeof(*ch->e));
	ch->e[p.i] = (struct gmem_extent){ start, end };
	ch->n++;
	ch->nr_pages += end - start;
	r->nr_extents++;
	r->nr_pages += end - start;
}

/* Drops the extents from p on that start below limit. */
static void erase_extents(struct gmem_ranges *r, struct pos p, uint64_t limit)
{
	size_t first_empty = 0, nr_empty = 0;

	for (; p.c < r->nr_chunks; p.c++, p.i = 0) {
		struct gmem_chunk *ch = r->chunks[p.c];
		size_t last = p.i;
		uint64_t pages = 0;

		for (; last < ch->n && ch->e[last].start < limit; last++)
			pages += ch->e[last].end - ch->e[last].start;
		memmove(&ch->e[p.i], &ch->e[last], (ch->n - last) * sizeof(*ch->e));
		ch->n -= last - p.i;
		ch->nr_pages -= pages;
		r->nr_extents -= last - p.i;
		r->nr_pages -= pages;
		if (ch->n > p.i)
			break;
		if (!ch->n && !nr_empty++)
			first_empty = p.c;
	}
	if (!nr_empty)
		return;
	for (size_t c = first_empty; c < first_empty + nr_empty; c++)
		free(r->chunks[c]);
	memmove(&r->chunks[first_empty], &r->chunks[first_empty + nr_empty],
		(r->nr_chunks - first_empty - nr_empty) * sizeof(*r->chunks));
	r->nr_chunks -= nr_empty;
}

static void resize_extent(struct gmem_ranges *r, struct pos p, uint64_t start, uint64_t end)
{
	struct gmem_extent *x = extent_at(r, p);
	uint64_t more = (end - start) - (x->end - x->start);	/* modulo 2^64: may be less */

	r->chunks[p.c]->nr_pages += more;
	r->nr_pages += more;
	x->start = start;
	x->end = end;
}

static struct pos next_pos(const struct gmem_ranges *r, struct pos p)
{
	if (++p.i == r->chunks[p.c]->n)
		p = (struct pos){ p.c + 1, 0 };
	return p;
}

/* Returns the end of the last extent from @p on that starts at or below @limit; @p itself does. */
static uint64_t last_end(const struct gmem_ranges *r, struct pos p, uint64_t limit)
{
	uint64_t end = extent_at(r, p)->end;

	for (p = next_pos(r, p); extent_at(r, p) && extent_at(r, p)->start <= limit; p = next_pos(r, p))
		end = extent_at(r, p)->end;
	return end;
}

int gmem_ranges_add(struct gmem_ranges *r, uint64_t start, uint64_t end)
{
	struct gmem_extent *x;
	struct pos p;

	if (start >= end)
		return 0;
	p = find_extent(r, start);
	x = extent_at(r, p);
	if (!x || x->start > end) {
		int err = reserve(r);

		if (!err)
			insert_extent(r, p, start, end);
		return err;
	}
	if (x->start < start)
		start = x->start;
	if (x->end < end) {
		uint64_t last = last_end(r, p, end);

		if (last > end)
			end = last;
		erase_extents(r, next_pos(r, p), end);
	} else {
		end = x->end;
	}
	resize_extent(r, p, start, end);
	return 0;
}

int gmem_ranges_del(struct gmem_ranges *r, uint64_t start, uint64_t end)
{
	struct gmem_extent *x;
	struct pos p;
	uint64_t last;

	if (start >= end)
		return 0;
	p = find_extent(r, start + 1);
	x = extent_at(r, p);
	if (!x || x->start >= end)
		return 0;
	if (x->start < start) {
		uint64_t x_end = x->end;

		if (x_end > end) {
			int err = reserve(r);

			if (err)
				return err;
			resize_extent(r, p, x->start, start);
			insert_extent(r, next_pos(r, p), end, x_end);
			return 0;
		}
		resize_extent(r, p, x->start, start);
		p = next_pos(r, p);
		x = extent_at(r, p);
	}
	if (!x || x->start >= end)
		return 0;
	/* The last extent may end above the range: cut it, do not drop it. */
	last = last_end(r, p, end - 1);
	if (last > end) {
		struct pos q = find_extent(r, last);

		resize_extent(r, q, end, last);
	}
	erase_extents(r, p, end);
	return 0;
}

uint64_t gmem_ranges_count(const struct gmem_ranges *r, uint64_t start, uint64_t end)
{
	uint64_t pages = 0;
	struct pos p;

	if (start >= end)
		return 0;
	for (p = find_extent(r, start + 1); p.c < r->nr_chunks; ) {
		const struct gmem_chunk *ch = r->chunks[p.c];
		const struct gmem_extent *x = &ch->e[p.i];

		if (x->start >= end)
			break;
		if (!p.i && x->start >= start && ch->e[ch->n - 1].end <= end) {
			pages += ch->nr_pages;
			p.c++;
			continue;
		}
		pages += (x->end < end ? x->end : end) - (x->start > start ? x->start : start);
		p = next_pos(r, p);
	}
	return pages;
}

bool gmem_ranges_next(const struct gmem_ranges *r, uint64_t from, struct gmem_extent *x)
{
	const struct gmem_extent *found;

	if (from == UINT64_MAX)
		return false;
	found = extent_at(r, find_extent(r, from + 1));
	if (!found)
		return false;
	*x = *found;
	return true;
}
