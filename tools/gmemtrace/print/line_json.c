// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records as JSON objects, formatted without json-c, for speed: there is one for every event. */
#include "print/line.h"

#include "abi/kinds.h"
#include "views/text.h"

#define KEY(o, key) PUT(o, ",\"" key "\":")

static inline void put_number(struct put *o, const char *key, __u64 v)
{
	PUT(o, ",\"");
	put_text(o, key);
	PUT(o, "\":");
	put_u64(o, v);
}

static void put_s32(struct put *o, __s32 v)
{
	if (v < 0)
		PUT(o, "-");
	put_u64(o, v < 0 ? (__u64)-(__s64)v : (__u64)v);
}

static void put_range(struct put *o, const struct gmem_rec *r)
{
	enum gmem_unit unit = gmem_unit_of(r);

	if (unit == GMEM_NONE)
		return;
	put_number(o, unit == GMEM_GFN ? "start_gfn" : "start_pgoff", r->start);
	put_number(o, unit == GMEM_GFN ? "end_gfn" : "end_pgoff", r->end);
}

static void put_arg(struct put *o, const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	char buf[64];

	if (k->arg == GMEM_ARG_NONE)
		return;
	PUT(o, ",\"");
	put_text(o, gmem_arg_keys[k->arg]);
	PUT(o, "\":");
	if (k->arg == GMEM_ARG_PGOFF || k->arg == GMEM_ARG_PREPARE_NS)
		put_u64(o, r->arg);
	else if (k->arg == GMEM_ARG_USER && !r->arg)
		PUT(o, "null");
	else
		put_json_text(o, gmem_text_arg(buf, sizeof(buf), r->h.kind, r->arg));
}

static void put_stall(struct put *o, const struct gmem_stall_rec *s)
{
	put_number(o, "ioctl_ns", s->ioctl_ns);
	put_number(o, "discard_ns", s->discard_ns);
	put_number(o, "ioctls", s->ioctls);
}

static void put_event(struct put *o, const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	if (k->has_ino)
		put_number(o, "ino", r->ino);
	put_range(o, r);
	put_arg(o, r, k);
	if (k->aux)
		put_number(o, k->aux, r->aux);
	if (k->has_nr_pages && r->nr_pages == GMEM_UNKNOWN)
		KEY(o, "nr_pages"), PUT(o, "null");
	else if (k->has_nr_pages)
		put_number(o, "nr_pages", r->nr_pages);
	if (k->has_ret)
		KEY(o, "ret"), put_s32(o, r->ret);
	if (k->phase == GMEM_END)
		put_number(o, "dur_ns", r->dur_ns);
	if (r->h.kind == GMEM_STALL_END)
		put_stall(o, (const struct gmem_stall_rec *)r);
}

static void put_comm(struct put *o, const struct gmem_vm_rec *r)
{
	char comm[GMEM_COMM_LEN + 1], name[8 * GMEM_COMM_LEN];

	memcpy(comm, r->comm, GMEM_COMM_LEN);
	comm[GMEM_COMM_LEN] = '\0';
	KEY(o, "comm");
	put_json_text(o, gmem_text_name(name, sizeof(name), comm));
}

void line_json(struct line_format *f, const struct gmem_hdr *rec, struct put *o)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);

	PUT(o, "{\"ts_ns\":");
	put_u64(o, rec->ts_ns);
	if (f->time == LINE_ABSOLUTE) {
		PUT(o, ",\"time\":\"");
		line_clock(f, rec->ts_ns, true, o);
		PUT(o, "\"");
	}
	PUT(o, ",\"event\":\"");
	put_text(o, k->name);
	PUT(o, "\"");
	put_number(o, "vm", rec->vm);
	put_number(o, "pid", rec->tgid);
	put_number(o, "tid", rec->tid);
	put_number(o, "cpu", rec->cpu);
	if (k->phase != GMEM_META)
		put_event(o, (const struct gmem_rec *)rec, k);
	else if (rec->kind == GMEM_VM)
		put_comm(o, (const struct gmem_vm_rec *)rec);
	PUT(o, "}");
}
