// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "recording/recording_encode.h"

#include <errno.h>
#include <string.h>

#include "recording/recording_layout.h"

void encoder_reset(struct encoder *e)
{
	/* The bytes need no clearing. */
	memset(e, 0, offsetof(struct encoder, contexts));
	memset(e->buckets, 0, sizeof(e->buckets));
}

_Static_assert(offsetof(struct record_context, tid) == 12 &&
	       offsetof(struct gmem_hdr, tid) - offsetof(struct gmem_hdr, vm) == 12,
	       "vm, tgid and tid in another order");

static inline uint32_t cpu_flags(const struct gmem_hdr *h)
{
	return h->cpu | (uint32_t)h->flags << 16;
}

static inline bool same_context(const struct record_context *c, const struct gmem_hdr *h)
{
	/* Two comparisons for vm, tgid and tid, which lie in the same order in both. */
	return !memcmp(&c->vm, &h->vm, 16) && c->cpu_flags == cpu_flags(h);
}

static unsigned int bucket_of(const struct gmem_hdr *h)
{
	uint64_t x = h->vm * 0x9e3779b97f4a7c15 ^ ((uint64_t)h->tid << 32 | h->tgid);

	x = (x ^ (uint64_t)cpu_flags(h) << 17) * 0xbf58476d1ce4e5b9;
	return (unsigned int)(x >> 40) % ENCODER_BUCKETS;
}

static uint8_t *put_new_context(struct encoder *e, const struct gmem_hdr *h, uint8_t *p)
{
	e->contexts[e->nr_contexts++] = (struct record_context){ h->vm, h->tgid, h->tid, cpu_flags(h), 0, 0 };
	p = put_varint(p, h->vm);
	p = put_varint(p, h->tgid);
	p = put_varint(p, h->tid);
	return put_varint(p, cpu_flags(h));
}

static uint8_t *put_other_context(struct encoder *e, const struct gmem_hdr *h, uint8_t *p)
{
	unsigned int b;

	for (b = bucket_of(h); e->buckets[b]; b = (b + 1) % ENCODER_BUCKETS) {
		if (same_context(&e->contexts[e->buckets[b] - 1], h)) {
			e->last_context = e->buckets[b] - 1;
			return put_varint(p, e->last_context);
		}
	}
	e->last_context = e->nr_contexts;
	e->buckets[b] = (uint16_t)(e->nr_contexts + 1);
	p = put_varint(p, e->nr_contexts);
	return put_new_context(e, h, p);
}

/* Writes the number of a context. Contexts are numbered in order; a new number is followed by its fields. */
static inline uint8_t *put_context(struct encoder *e, const struct gmem_hdr *h, uint8_t *p)
{
	if (e->nr_contexts && same_context(&e->contexts[e->last_context], h))
		return put_varint(p, e->last_context);
	return put_other_context(e, h, p);
}

/* Always inlined, as the record of nearly every event passes here: compilers see that it is called twice. */
static inline __attribute__((always_inline)) uint8_t *
put_event(const struct gmem_rec *restrict r, struct record_context *restrict c,
	  struct record_expect *restrict x, uint8_t *restrict p)
{
	uint8_t *first = p++;
	unsigned int fields = 0;

#define PUT(bit, v, expected)					\
	do {							\
		if ((v) != (expected)) {			\
			fields |= (bit);			\
			p = put_delta(p, (v), (expected));	\
			(expected) = (v);			\
		}						\
	} while (0)
	PUT(FIELD_START, r->start, c->start);
	PUT(FIELD_LEN, r->end - r->start, c->len);
	PUT(FIELD_INO, r->ino, x->ino);
	PUT(FIELD_ARG, r->arg, x->arg);
	PUT(FIELD_NR, r->nr_pages, x->nr_pages);
	if (r->dur_ns) {
		fields |= FIELD_DUR;
		p = put_varint(p, r->dur_ns);
	}
	PUT(FIELD_RET, r->ret, x->ret);
	PUT(FIELD_AUX, r->aux, x->aux);
#undef PUT
	*first = (uint8_t)fields;
	return p;
}

static inline uint64_t number_at(const uint8_t *from, size_t i)
{
	uint64_t v;

	memcpy(&v, from + 8 * i, sizeof(v));
	return v;
}

/* Writes 64-bit numbers, without zeros at the end and repetitions of a number. */
static uint8_t *put_numbers(const uint8_t *from, size_t n, uint8_t *p)
{
	uint64_t v, last = 0;
	size_t i = 0, first;

	while (n && !number_at(from, n - 1))
		n--;
	p = put_varint(p, n);
	while (i < n) {
		v = number_at(from, i++);
		p = put_delta(p, v, last);
		if (v != last) {
			last = v;
			continue;
		}
		for (first = i; i < n && number_at(from, i) == v; )
			i++;
		p = put_varint(p, i - first);
	}
	return p;
}

static uint8_t *put_bytes(const uint8_t *from, size_t n, uint8_t *p)
{
	while (n && !from[n - 1])
		n--;
	p = put_varint(p, n);
	memcpy(p, from, n);
	return p + n;
}

static uint8_t *put_numbers32(const uint8_t *from, size_t n, uint8_t *p)
{
	uint32_t v;

	for (size_t i = 0; i < n; i++) {
		memcpy(&v, from + 4 * i, 4);
		p = put_varint(p, v);
	}
	return p;
}

/* Returns the bytes of a record that are initialised: in a map, those behind its extents are not. */
static size_t valid_bytes(const struct gmem_hdr *rec)
{
	const struct gmem_map_rec *m = (const struct gmem_map_rec *)rec;
	size_t n;

	if (rec->kind != GMEM_SCAN_MAP && rec->kind != GMEM_PAGES && rec->kind != GMEM_SHARED_PAGES &&
	    rec->kind != GMEM_DOUBLE_BACKED)
		return rec->size;
	if (rec->size < offsetof(struct gmem_map_rec, extents))
		return rec->size;
	n = (rec->size - offsetof(struct gmem_map_rec, extents)) / sizeof(struct gmem_map_extent);
	return offsetof(struct gmem_map_rec, extents) +
	       (m->nr < n ? m->nr : n) * sizeof(struct gmem_map_extent);
}

static uint8_t *put_sections(struct encoder *e, const struct gmem_hdr *rec, struct record_expect *x,
			     uint8_t *p)
{
	const struct layout *l = layout_of(&layouts_here, rec->kind);
	const uint8_t *from = (const uint8_t *)rec;
	size_t at = sizeof(*rec), end = valid_bytes(rec);

	for (int i = 0; i < l->nr; i++) {
		const struct layout_section *s = &l->s[i];

		if (layout_section_bytes(s) > rec->size - at)
			continue;
		switch (s->type) {
		case 'e':
			p = put_event((const struct gmem_rec *)rec, &e->contexts[e->last_context], x, p);
			break;
		case 'q':
			p = put_numbers(from + at, s->n, p);
			break;
		case 'd':
			p = put_numbers32(from + at, s->n, p);
			break;
		default:
			p = put_bytes(from + at, s->n, p);
		}
		at += layout_section_bytes(s);
	}
	if (at < rec->size) {
		p = put_numbers(from + at, (end - at) / 8, p);
		p = put_bytes(from + end - (end - at) % 8, (end - at) % 8, p);
	}
	return p;
}

/* Returns the fields expected of a record: those of the last of its kind, or 0 for kinds that are not in the table. */
static inline struct record_expect *expect_of(struct encoder *e, unsigned int kind)
{
	if (kind < GMEM_KINDS_MAX)
		return &e->expect[kind];
	e->beyond = (struct record_expect){ 0 };
	return &e->beyond;
}

static uint8_t *put_size(const struct gmem_hdr *rec, struct record_expect *x, uint8_t *p)
{
	x->size = rec->size;
	x->plain = layout_of(&layouts_here, rec->kind)->s[0].type == 'e' &&
		   rec->size == sizeof(struct gmem_rec);
	return put_varint(p, rec->size);
}

static inline uint8_t *put_kind_and_size(const struct gmem_hdr *rec, struct record_expect *x, uint8_t *p)
{
	uint8_t *first = p++;

	*first = rec->kind < RECORD_KIND_ESCAPE ? (uint8_t)rec->kind : RECORD_KIND_ESCAPE;
	if (rec->kind >= RECORD_KIND_ESCAPE)
		p = put_varint(p, rec->kind);
	if (rec->size == x->size)
		return p;
	*first |= RECORD_SIZE_FOLLOWS;
	return put_size(rec, x, p);
}

static __attribute__((noinline)) uint8_t *put_any(struct encoder *e, const struct gmem_hdr *rec, struct record_expect *x, uint8_t *p)
{
	p = put_kind_and_size(rec, x, p);
	p = put_context(e, rec, p);
	p = put_delta(p, rec->ts_ns, e->now_ns);
	return put_sections(e, rec, x, p);
}

/* Returns true for a struct gmem_rec with the size of the last record of its kind, and the context of the last record. */
static inline bool is_usual(const struct encoder *e, const struct gmem_hdr *rec, const struct record_expect *x)
{
	return rec->size == x->size && x->plain && e->last_context < 0x80 &&
	       same_context(&e->contexts[e->last_context], rec);
}

/* The same as put_any(), for usual records, which are nearly all. */
static inline uint8_t *put_usual(struct encoder *e, const struct gmem_hdr *rec, struct record_expect *x, uint8_t *p)
{
	*p++ = (uint8_t)rec->kind;
	*p++ = (uint8_t)e->last_context;
	p = put_delta(p, rec->ts_ns, e->now_ns);
	return put_event((const struct gmem_rec *)rec, &e->contexts[e->last_context], x, p);
}

int encoder_add(struct encoder *e, const struct gmem_hdr *rec)
{
	struct record_expect *x = expect_of(e, rec->kind);
	uint8_t *p = e->bytes + e->used;

	if (rec->size < sizeof(*rec))
		return -EINVAL;
	if (!e->nr)
		e->first_ns = e->last_ns = e->now_ns = rec->ts_ns;
	p = is_usual(e, rec, x) ? put_usual(e, rec, x, p) : put_any(e, rec, x, p);
	e->now_ns = rec->ts_ns;
	if (rec->ts_ns > e->last_ns)
		e->last_ns = rec->ts_ns;
	e->used = (size_t)(p - e->bytes);
	e->nr++;
	return 0;
}
