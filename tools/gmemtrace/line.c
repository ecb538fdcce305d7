// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kinds.h"
#include "text.h"

typedef unsigned long long ull;

struct out {
	char *buf;
	size_t size;
	size_t used;
};

__attribute__((format(printf, 2, 3)))
static void put(struct out *o, const char *fmt, ...)
{
	va_list ap;
	int n;

	if (o->used >= o->size)
		return;
	va_start(ap, fmt);
	n = vsnprintf(o->buf + o->used, o->size - o->used, fmt, ap);
	va_end(ap);
	o->used += n > 0 ? (size_t)n : 0;
}

const char *line_header(void)
{
	return "    TIME(s)    VM     TID OPERATION         LATENCY   PAGES RANGE                           DETAIL";
}

/* A conversion is what people look for; the kernel's name for it is in --events. */
static const char *op_name(const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	if (k->phase == GMEM_BEGIN)
		return k->name;
	switch (r->h.kind) {
	case GMEM_ATTRIBUTES_END:
		return "convert";
	case GMEM_FALLOCATE_END:
		return r->arg & 2 ? "punch" : "allocate";
	default:
		return k->op;
	}
}

/* A release invalidates up to the highest offset there can be. */
static void put_end(struct out *o, __u64 end)
{
	if (end == ~0ULL)
		put(o, "end)");
	else
		put(o, "0x%llx)", (ull)end);
}

static void put_range(struct out *o, const struct gmem_rec *r)
{
	enum gmem_unit unit = gmem_unit_of(r);
	char range[64];
	struct out x = { range, sizeof(range), 0 };

	if (unit == GMEM_NONE) {
		put(o, " %7s %-31s", "-", "-");
		return;
	}
	put(&x, "%s [0x%llx, ", unit == GMEM_GFN ? "gfn" : "pgoff", (ull)r->start);
	put_end(&x, r->end);
	if (r->end == ~0ULL)
		put(o, " %7s %-31s", "all", range);
	else
		put(o, " %7llu %-31s", (ull)(r->end - r->start), range);
}

static const char *pages_verb(const struct gmem_rec *r)
{
	switch (r->h.kind) {
	case GMEM_RELEASE:
		return "held";
	case GMEM_POPULATE_END:
		return "populated";
	case GMEM_FALLOCATE_END:
		return r->arg & 2 ? "freed" : "allocated";
	default:
		return "allocated";
	}
}

static void put_detail(struct out *o, const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	char buf[64];

	switch (k->arg) {
	case GMEM_ARG_ATTRIBUTES:
		put(o, r->h.kind == GMEM_FAULT_RETRY ? " %s" : " to %s",
		    gmem_text_arg(buf, sizeof(buf), r->h.kind, r->arg));
		break;
	case GMEM_ARG_PGOFF:
		put(o, " pgoff 0x%llx", (ull)r->arg);
		break;
	case GMEM_ARG_PREPARE_NS:
		if (r->arg)
			put(o, " prepare %s", gmem_text_arg(buf, sizeof(buf), r->h.kind, r->arg));
		break;
	case GMEM_ARG_NONE:
		break;
	default:
		put(o, " %s", gmem_text_arg(buf, sizeof(buf), r->h.kind, r->arg));
	}
	if (k->has_ino)
		put(o, " ino %llu", (ull)r->ino);
	if (r->h.kind == GMEM_ATTRIBUTES_END && !r->aux && !r->ret)
		put(o, " unchanged");
	else if (k->aux && r->h.kind != GMEM_ATTRIBUTES_END)
		put(o, " %s %u", k->aux, r->aux);
	if (k->has_nr_pages)
		put(o, " %s %llu pages", pages_verb(r), (ull)r->nr_pages);
	if (k->has_ret && r->ret)
		put(o, " %s", gmem_text_errno(buf, sizeof(buf), r->ret));
}

static void put_event(struct out *o, const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	char latency[16] = "";

	if (k->phase == GMEM_END && r->dur_ns)
		gmem_text_ns(latency, sizeof(latency), r->dur_ns);
	put(o, " %-16s %8s", op_name(r, k), latency);
	put_range(o, r);
	put_detail(o, r, k);
}

static void put_vm(struct out *o, const struct gmem_vm_rec *r)
{
	char comm[GMEM_COMM_LEN + 1], name[8 * GMEM_COMM_LEN];

	memcpy(comm, r->comm, GMEM_COMM_LEN);
	comm[GMEM_COMM_LEN] = '\0';
	put(o, " %-16s %8s %7s %-31s pid %u %s", "vm", "", "-", "-", r->h.tgid,
	    gmem_text_name(name, sizeof(name), comm));
}

char *line_of(struct line_format *f, const struct gmem_hdr *rec, char *buf, size_t size)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	struct out o = { buf, size, 0 };

	if (!f->first_ns)
		f->first_ns = rec->ts_ns;
	put(&o, "%11.6f %5llu %7u", (double)(__s64)(rec->ts_ns - f->first_ns) / 1e9, (ull)rec->vm,
	    rec->tid);
	if (rec->kind == GMEM_VM)
		put_vm(&o, (const struct gmem_vm_rec *)rec);
	else if (k->phase != GMEM_META)
		put_event(&o, (const struct gmem_rec *)rec, k);
	return buf;
}
