// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "print/line.h"

#include <stdio.h>
#include <string.h>

#include "abi/kinds.h"
#include "views/text.h"


void line_header(const struct line_format *f, struct put *o)
{
	static const char *const times[] = {
		[LINE_RELATIVE] = "    TIME(s)", [LINE_ABSOLUTE] = "TIME                      ",
		[LINE_DELTA] = "   DELTA(s)",
	};

	put_text(o, times[f->time]);
	PUT(o, "    VM     TID OPERATION         LATENCY   PAGES RANGE                           DETAIL");
}

/* Returns the name of an operation as users know it, like "convert"; begins have the kernel's name. */
static const char *op_name(const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	if (k->phase == GMEM_BEGIN)
		return k->name;
	switch (r->h.kind) {
	case GMEM_ATTRIBUTES_END:
		return "convert";
	case GMEM_FALLOCATE_END:
		return gmem_rec_punches(r) ? "punch" : "allocate";
	default:
		return k->op;
	}
}

/* Returns the colour of failures, of conversions and stalls by direction, and of begins. */
static const char *op_color(const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	if (k->has_ret && r->ret)
		return "\033[31m";
	if (r->h.kind == GMEM_ATTRIBUTES_END || r->h.kind == GMEM_STALL_END)
		return r->arg ? "\033[32m" : "\033[33m";
	return k->phase == GMEM_BEGIN ? "\033[2m" : "";
}

static void put_range(struct put *o, const struct gmem_rec *r)
{
	enum gmem_unit unit = gmem_unit_of(r);
	char *from;

	PUT(o, " ");
	if (unit == GMEM_NONE) {
		PUT(o, "      - -                              ");
		return;
	}
	/* A release invalidates up to the highest possible offset. */
	if (r->end == ~0ULL)
		PUT(o, "    all ");
	else
		put_u64_wide(o, r->end - r->start, 7, ' '), PUT(o, " ");
	from = o->p;
	put_text(o, unit == GMEM_GFN ? "gfn [" : "pgoff [");
	put_hex(o, r->start);
	PUT(o, ", ");
	if (r->end == ~0ULL)
		PUT(o, "end");
	else
		put_hex(o, r->end);
	PUT(o, ")");
	put_until(o, from, 31);
}

static const char *pages_verb(const struct gmem_rec *r)
{
	switch (r->h.kind) {
	case GMEM_RELEASE:
		return " held ";
	case GMEM_POPULATE_END:
		return " populated ";
	case GMEM_FALLOCATE_END:
		return gmem_rec_punches(r) ? " freed " : " allocated ";
	default:
		return " allocated ";
	}
}

static void put_arg(struct put *o, const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	char buf[64];

	switch (k->arg) {
	case GMEM_ARG_ATTRIBUTES:
		put_text(o, r->h.kind == GMEM_FAULT_RETRY ? " " : " to ");
		put_text(o, gmem_text_arg(buf, sizeof(buf), r->h.kind, r->arg));
		break;
	case GMEM_ARG_PGOFF:
		PUT(o, " pgoff ");
		put_hex(o, r->arg);
		break;
	case GMEM_ARG_PREPARE_NS:
		if (!r->arg)
			break;
		PUT(o, " prepare ");
		put_text(o, gmem_text_arg(buf, sizeof(buf), r->h.kind, r->arg));
		break;
	case GMEM_ARG_USER:
		if (!r->arg)
			break;
		PUT(o, " by ");
		put_text(o, gmem_text_arg(buf, sizeof(buf), r->h.kind, r->arg));
		break;
	case GMEM_ARG_NONE:
		break;
	default:
		put_text(o, r->h.kind == GMEM_CREATE ? " flags " : " ");
		put_text(o, gmem_text_arg(buf, sizeof(buf), r->h.kind, r->arg));
	}
}

static void put_pages(struct put *o, const struct gmem_rec *r)
{
	put_text(o, pages_verb(r));
	if (r->nr_pages == GMEM_UNKNOWN)
		PUT(o, "?");
	else
		put_u64(o, r->nr_pages);
	PUT(o, " pages");
}

static void put_detail(struct put *o, const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	char buf[64];

	put_arg(o, r, k);
	if (k->has_ino && r->ino) {	/* ranges of gfns have none */
		PUT(o, " ino ");
		put_u64(o, r->ino);
	}
	if (r->h.kind == GMEM_ATTRIBUTES_END && !r->changed && !r->ret) {
		PUT(o, " unchanged");
	} else if (k->aux && r->h.kind != GMEM_ATTRIBUTES_END) {
		PUT(o, " ");
		put_text(o, k->aux);
		PUT(o, " ");
		put_u64(o, r->aux);
	}
	if (k->has_nr_pages)
		put_pages(o, r);
	if (k->has_ret && r->ret) {
		PUT(o, " ");
		put_text(o, gmem_text_errno(buf, sizeof(buf), r->ret));
	}
}

static void put_event(const struct line_format *f, struct put *o, const struct gmem_rec *r,
		      const struct gmem_kind_info *k)
{
	const char *color = f->color ? op_color(r, k) : "";
	char latency[16] = "", *from;

	PUT(o, " ");
	put_text(o, color);
	from = o->p;
	put_text(o, op_name(r, k));
	put_until(o, from, 16);
	if (*color)
		PUT(o, "\033[0m");
	PUT(o, " ");
	if (k->phase == GMEM_END && r->dur_ns)
		gmem_text_ns(latency, sizeof(latency), r->dur_ns);
	put_fill(o, ' ', 8 - (int)strlen(latency));
	put_text(o, latency);
	put_range(o, r);
	put_detail(o, r, k);
}

static void put_vm(struct put *o, const struct gmem_vm_rec *r)
{
	char comm[GMEM_COMM_LEN + 1], name[8 * GMEM_COMM_LEN];

	memcpy(comm, r->comm, GMEM_COMM_LEN);
	comm[GMEM_COMM_LEN] = '\0';
	PUT(o, " vm                              - -                               pid ");
	put_u64(o, r->h.tgid);
	PUT(o, " ");
	put_text(o, gmem_text_name(name, sizeof(name), comm));
}

/* Appends signed seconds: records of different CPUs may overtake each other. */
static void put_seconds(struct put *o, __s64 ns)
{
	__u64 us = (__u64)(ns < 0 ? -ns : ns) / 1000;
	char buf[32];
	struct put x;

	put_start(&x, buf, sizeof(buf));
	if (ns < 0)
		PUT(&x, "-");
	put_u64(&x, us / 1000000);
	PUT(&x, ".");
	put_u64_wide(&x, us % 1000000, 6, '0');
	put_fill(o, ' ', 11 - (int)(x.p - buf));
	put_bytes(o, buf, (size_t)(x.p - buf));
}

static void put_time(struct line_format *f, __u64 ts_ns, struct put *o)
{
	if (f->time == LINE_ABSOLUTE)
		line_clock(f, ts_ns, false, o);
	else
		put_seconds(o, (__s64)(ts_ns - (f->time == LINE_DELTA && f->last_ns ? f->last_ns : f->first_ns)));
	f->last_ns = ts_ns;
}

void line_text(struct line_format *f, const struct gmem_hdr *rec, struct put *o)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);

	put_time(f, rec->ts_ns, o);
	PUT(o, " ");
	put_u64_wide(o, rec->vm, 5, ' ');
	PUT(o, " ");
	put_u64_wide(o, rec->tid, 7, ' ');
	if (rec->kind == GMEM_VM)
		put_vm(o, (const struct gmem_vm_rec *)rec);
	else if (k->phase != GMEM_META)
		put_event(f, o, (const struct gmem_rec *)rec, k);
}
