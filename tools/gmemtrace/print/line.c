// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "print/line.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "abi/kinds.h"
#include "input/fields.h"
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
		put_text(o, r->h.kind == GMEM_FAULT_RETRY || r->h.kind == GMEM_PREFETCH_RETRY ? " " : " to ");
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
	if (gmem_rec_pages(r) == GMEM_UNKNOWN)
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

/* Returns the name of the VM's process, escaped. */
static const char *comm_of(char *buf, size_t size, const struct gmem_hdr *rec)
{
	char comm[GMEM_COMM_LEN + 1] = "";

	memcpy(comm, ((const struct gmem_vm_rec *)rec)->comm, GMEM_COMM_LEN);
	return gmem_text_name(buf, size, comm);
}

static void put_vm(struct put *o, const struct gmem_hdr *rec)
{
	char name[8 * GMEM_COMM_LEN];

	PUT(o, " vm                              - -                               pid ");
	put_u64(o, rec->tgid);
	PUT(o, " ");
	put_text(o, comm_of(name, sizeof(name), rec));
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

/*
 * Appends date and time as "2026-11-24 20:15:01.123456"; with @utc, "2026-11-24T19:15:01.123456Z".
 * The date is formatted only when the second changes.
 */
static void put_clock(struct line_format *f, __u64 ts_ns, bool utc, struct put *o)
{
	__u64 ns = ts_ns + f->realtime_off, second = ns / 1000000000;
	time_t t = (time_t)second;
	struct tm tm;

	if (second != f->second || !*f->clock) {
		if (!(utc ? gmtime_r(&t, &tm) : localtime_r(&t, &tm)) ||
		    !strftime(f->clock, sizeof(f->clock), utc ? "%Y-%m-%dT%H:%M:%S" : "%Y-%m-%d %H:%M:%S", &tm))
			strcpy(f->clock, "?");
		f->second = second;
	}
	put_text(o, f->clock);
	PUT(o, ".");
	put_u64_wide(o, ns % 1000000000 / 1000, 6, '0');
	if (utc)
		PUT(o, "Z");
}

static void put_time(struct line_format *f, __u64 ts_ns, struct put *o)
{
	if (f->time == LINE_ABSOLUTE)
		put_clock(f, ts_ns, false, o);
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
		put_vm(o, rec);
	else if (k->phase != GMEM_META)
		put_event(f, o, (const struct gmem_rec *)rec, k);
}

static void put_number(struct put *o, const struct field *f)
{
	if (f->is_negative)
		PUT(o, "-");
	put_u64(o, f->is_negative ? -f->number : f->number);
}

/* json-c is not used, for speed: there is an object for every event. */
static void put_key(struct put *o, const char *key)
{
	PUT(o, ",\"");
	put_text(o, key);
	PUT(o, "\":");
}

static void put_json_field(struct put *o, const struct field *f)
{
	if (!f->key)
		return;
	put_key(o, f->key);
	if (f->is_unknown)
		PUT(o, "null");
	else if (f->text)
		put_json_text(o, f->text);
	else
		put_number(o, f);
}

static void put_json_u64(struct put *o, const char *key, __u64 v)
{
	put_key(o, key);
	put_u64(o, v);
}

void line_json(struct line_format *f, const struct gmem_hdr *rec, struct put *o)
{
	static const enum field_id order[] = {
		EVENT_INO, EVENT_START, EVENT_END, EVENT_ARG, EVENT_AUX, EVENT_NR_PAGES, EVENT_RET, EVENT_DUR,
		EVENT_IOCTL, EVENT_DISCARD, EVENT_IOCTLS,
	};
	struct fields fields;
	char name[8 * GMEM_COMM_LEN];

	fields_of(&fields, rec);
	PUT(o, "{\"ts_ns\":");
	put_u64(o, rec->ts_ns);
	if (f->time == LINE_ABSOLUTE) {
		PUT(o, ",\"time\":\"");
		put_clock(f, rec->ts_ns, true, o);
		PUT(o, "\"");
	}
	PUT(o, ",\"event\":\"");
	put_text(o, gmem_kind(rec->kind)->name);
	PUT(o, "\"");
	put_json_u64(o, "vm", rec->vm);
	put_json_u64(o, "pid", rec->tgid);
	put_json_u64(o, "tid", rec->tid);
	put_json_u64(o, "cpu", rec->cpu);
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
		put_json_field(o, &fields.field[order[i]]);
	if (rec->kind == GMEM_VM) {
		put_key(o, "comm");
		put_json_text(o, comm_of(name, sizeof(name), rec));
	}
	PUT(o, "}");
}

void line_csv_header(struct put *o)
{
	PUT(o, "ts_ns,event,vm,pid,tid,cpu,unit,start,end,arg,aux,ino,nr_pages,ret,dur_ns");
}

void line_csv(const struct gmem_hdr *rec, struct put *o)
{
	static const enum field_id columns[] = {
		EVENT_START, EVENT_END, EVENT_ARG, EVENT_AUX, EVENT_INO, EVENT_NR_PAGES, EVENT_RET, EVENT_DUR,
	};
	static const char *const units[] = {
		[GMEM_NONE] = ",", [GMEM_GFN] = ",gfn", [GMEM_PGOFF] = ",pgoff",
	};
	const __u64 head[] = { rec->vm, rec->tgid, rec->tid, rec->cpu };
	struct fields fields;

	fields_of(&fields, rec);
	put_u64(o, rec->ts_ns);
	PUT(o, ",");
	put_text(o, gmem_kind(rec->kind)->name);
	for (size_t i = 0; i < sizeof(head) / sizeof(*head); i++) {
		PUT(o, ",");
		put_u64(o, head[i]);
	}
	put_text(o, units[fields.field[EVENT_START].key ? gmem_unit_of((const struct gmem_rec *)rec) : GMEM_NONE]);
	for (size_t i = 0; i < sizeof(columns) / sizeof(*columns); i++) {
		const struct field *f = &fields.field[columns[i]];

		PUT(o, ",");
		/* Texts of arguments have no commas and no quotes. */
		if (f->text && !f->is_unknown)
			put_text(o, f->text);
		else if (f->key && !f->is_unknown)
			put_number(o, f);
	}
}
