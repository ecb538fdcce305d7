// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records as comma-separated values: the same columns for all kinds, empty where they do not apply. */
#include "print/line.h"

#include "abi/kinds.h"
#include "views/text.h"

void line_csv_header(struct put *o)
{
	PUT(o, "ts_ns,event,vm,pid,tid,cpu,unit,start,end,arg,aux,ino,nr_pages,ret,dur_ns");
}

static void put_field(struct put *o, bool there, __u64 v)
{
	PUT(o, ",");
	if (there)
		put_u64(o, v);
}

static void put_event(struct put *o, const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	static const char *const units[] = {
		[GMEM_NONE] = ",", [GMEM_GFN] = ",gfn", [GMEM_PGOFF] = ",pgoff",
	};
	enum gmem_unit unit = gmem_unit_of(r);
	char buf[64];

	put_text(o, units[unit]);
	put_field(o, unit != GMEM_NONE, r->start);
	put_field(o, unit != GMEM_NONE, r->end);
	PUT(o, ",");
	/* Texts of arguments have no commas and no quotes. */
	if (k->arg == GMEM_ARG_PGOFF || k->arg == GMEM_ARG_PREPARE_NS)
		put_u64(o, r->arg);
	else if (k->arg != GMEM_ARG_NONE && (k->arg != GMEM_ARG_USER || r->arg))
		put_text(o, gmem_text_arg(buf, sizeof(buf), r->h.kind, r->arg));
	put_field(o, k->aux, r->aux);
	put_field(o, k->has_ino, r->ino);
	put_field(o, k->has_nr_pages && r->nr_pages != GMEM_UNKNOWN, r->nr_pages);
	PUT(o, ",");
	if (k->has_ret && r->ret < 0)
		PUT(o, "-");
	if (k->has_ret)
		put_u64(o, (__u64)(r->ret < 0 ? -(__s64)r->ret : r->ret));
	put_field(o, k->phase == GMEM_END, r->dur_ns);
}

void line_csv(struct line_format *f, const struct gmem_hdr *rec, struct put *o)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);

	(void)f;
	put_u64(o, rec->ts_ns);
	PUT(o, ",");
	put_text(o, k->name);
	put_field(o, true, rec->vm);
	put_field(o, true, rec->tgid);
	put_field(o, true, rec->tid);
	put_field(o, true, rec->cpu);
	if (k->phase != GMEM_META)
		put_event(o, (const struct gmem_rec *)rec, k);
	else
		PUT(o, ",,,,,,,,,");
}
