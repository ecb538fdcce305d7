// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "recording/recording_decode.h"

#include <string.h>

#include "abi/kinds.h"

/*
 * The pad lets the decoder read a fixed number of varints without a check, and then check once
 * whether they were inside the block. Everything with a length checks first.
 */
_Static_assert(DECODER_PAD >= 1 + (2 + 1 + 4 + 1 + 8 + 1) * VARINT_MAX, "pad too small");

void decoder_begin(struct decoder *d, const struct layouts *layouts, const uint8_t *bytes,
		   size_t size, uint32_t nr, uint64_t first_ns)
{
	d->layouts = layouts;
	d->p = bytes;
	d->end = bytes + size;
	d->left = nr;
	d->bad = false;
	d->now_ns = first_ns;
	d->nr_contexts = 0;
	memset(d->expect, 0, sizeof(d->expect));
}

/* Reads a context number, and the context if it is new. Returns NULL if the number is invalid. */
static const uint8_t *get_context(struct decoder *d, const uint8_t *p, struct record_context **c)
{
	uint64_t n, vm, tgid, tid, cpu;

	p = get_varint(p, &n);
	if (n < d->nr_contexts) {
		*c = &d->contexts[n];
		return p;
	}
	if (n != d->nr_contexts || n == RECORDING_CONTEXTS)
		return NULL;
	p = get_varint(p, &vm);
	p = get_varint(p, &tgid);
	p = get_varint(p, &tid);
	p = get_varint(p, &cpu);
	*c = &d->contexts[d->nr_contexts++];
	**c = (struct record_context){ vm, (uint32_t)tgid, (uint32_t)tid, (uint32_t)cpu, 0, 0 };
	return p;
}

static const uint8_t *get_event(struct gmem_rec *r, struct record_context *c,
				struct record_expect *x, const uint8_t *p)
{
	unsigned int fields = *p++;
	uint64_t v;

	if (fields & FIELD_START)
		p = get_delta(p, c->start, &c->start);
	if (fields & FIELD_LEN)
		p = get_delta(p, c->len, &c->len);
	if (fields & FIELD_INO)
		p = get_delta(p, x->ino, &x->ino);
	if (fields & FIELD_ARG)
		p = get_delta(p, x->arg, &x->arg);
	if (fields & FIELD_NR)
		p = get_delta(p, x->nr_pages, &x->nr_pages);
	r->dur_ns = 0;
	if (fields & FIELD_DUR) {
		p = get_varint(p, &v);
		r->dur_ns = v;
	}
	if (fields & FIELD_RET) {
		p = get_delta(p, (uint64_t)(int64_t)x->ret, &v);
		x->ret = (int32_t)v;
	}
	if (fields & FIELD_AUX) {
		p = get_delta(p, x->aux, &v);
		x->aux = (uint32_t)v;
	}
	r->ino = x->ino;
	r->start = c->start;
	r->end = c->start + c->len;
	r->arg = x->arg;
	r->nr_pages = x->nr_pages;
	r->ret = x->ret;
	r->aux = x->aux;
	return p;
}

/* Reads @n 64-bit numbers of a record. Returns NULL if the block has more of them, or ends. */
static const uint8_t *get_numbers(const struct decoder *d, const uint8_t *p, uint8_t *to, size_t n)
{
	uint64_t written, same, v = 0;
	size_t i = 0;

	p = get_varint(p, &written);
	if (written > n)
		return NULL;
	while (i < written) {
		uint64_t last = v;

		if (p >= d->end)
			return NULL;
		p = get_delta(p, last, &v);
		memcpy(to + 8 * i++, &v, 8);
		if (v != last)
			continue;
		p = get_varint(p, &same);
		if (same > written - i)
			return NULL;
		for (; same; same--)
			memcpy(to + 8 * i++, &v, 8);
	}
	memset(to + 8 * i, 0, 8 * (n - i));
	return p;
}

static const uint8_t *get_bytes(const struct decoder *d, const uint8_t *p, uint8_t *to, size_t n)
{
	uint64_t written;

	p = get_varint(p, &written);
	if (p > d->end || written > n || written > (size_t)(d->end - p))
		return NULL;
	memcpy(to, p, written);
	memset(to + written, 0, n - written);
	return p + written;
}

static const uint8_t *get_numbers32(const struct decoder *d, const uint8_t *p, uint8_t *to,
				    size_t n)
{
	uint64_t v;
	uint32_t v32;

	for (size_t i = 0; i < n; i++) {
		if (p >= d->end)
			return NULL;
		p = get_varint(p, &v);
		v32 = (uint32_t)v;
		memcpy(to + 4 * i, &v32, 4);
	}
	return p;
}

static const uint8_t *get_section(struct decoder *d, const struct layout_section *s,
				  struct record_context *c, struct record_expect *x,
				  const uint8_t *p, size_t at)
{
	switch (s->type) {
	case 'e':
		return get_event(&d->out.rec, c, x, p);
	case 'q':
		return get_numbers(d, p, d->out.bytes + at, s->n);
	case 'd':
		return get_numbers32(d, p, d->out.bytes + at, s->n);
	default:
		return get_bytes(d, p, d->out.bytes + at, s->n);
	}
}

static const uint8_t *get_sections(struct decoder *d, struct record_context *c,
				   struct record_expect *x, const uint8_t *p)
{
	const struct layout *l = layout_of(d->layouts, d->out.hdr.kind);
	size_t at = sizeof(struct gmem_hdr), size = d->out.hdr.size;

	for (int i = 0; i < l->nr; i++) {
		if (layout_section_bytes(&l->s[i]) > size - at)
			continue;
		p = get_section(d, &l->s[i], c, x, p, at);
		if (!p || p > d->end)
			return NULL;
		at += layout_section_bytes(&l->s[i]);
	}
	if (at == size)
		return p;
	p = get_numbers(d, p, d->out.bytes + at, (size - at) / 8);
	if (!p || p > d->end)
		return NULL;
	return get_bytes(d, p, d->out.bytes + size - (size - at) % 8, (size - at) % 8);
}

/* Extends a record of an older version: fields that were added since are 0. */
static void extend_to_known(struct gmem_hdr *h)
{
	size_t known = gmem_kind_bytes(h->kind);

	if (h->size >= known)
		return;
	memset((uint8_t *)h + h->size, 0, known - h->size);
	h->size = (uint16_t)known;
}

static const uint8_t *get_record(struct decoder *d, const uint8_t *p)
{
	struct record_expect beyond = { 0 }, *x = &beyond;
	struct gmem_hdr *h = &d->out.hdr;
	struct record_context *c;
	unsigned int first = *p++;
	uint64_t v = first & RECORD_KIND_ESCAPE;

	if (v == RECORD_KIND_ESCAPE)
		p = get_varint(p, &v);
	h->kind = (uint16_t)v;
	if (v < GMEM_KINDS_MAX)
		x = &d->expect[v];
	if (first & RECORD_SIZE_FOLLOWS) {
		p = get_varint(p, &v);
		if (v < sizeof(*h) || v > UINT16_MAX)
			return NULL;
		x->size = (uint16_t)v;
	}
	if (!x->size)
		return NULL;
	h->size = x->size;
	p = get_context(d, p, &c);
	if (!p)
		return NULL;
	h->vm = c->vm;
	h->tgid = c->tgid;
	h->tid = c->tid;
	h->cpu = (uint16_t)c->cpu_flags;
	h->flags = c->cpu_flags >> 16;
	p = get_delta(p, d->now_ns, &d->now_ns);
	h->ts_ns = d->now_ns;
	p = get_sections(d, c, x, p);
	return p && p <= d->end ? p : NULL;
}

const struct gmem_hdr *decoder_next(struct decoder *d)
{
	if (!d->left || d->bad)
		return NULL;
	d->p = d->p < d->end ? get_record(d, d->p) : NULL;
	d->bad = !d->p;
	if (d->bad)
		return NULL;
	d->left--;
	extend_to_known(&d->out.hdr);
	return &d->out.hdr;
}
