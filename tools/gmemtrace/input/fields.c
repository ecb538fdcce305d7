// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/fields.h"

#include <string.h>

#include "abi/kinds.h"
#include "views/text.h"

static struct field *set(struct fields *f, enum field_id id, const char *key, __u64 v)
{
	f->field[id].key = key;
	f->field[id].number = v;
	return &f->field[id];
}

static void set_arg(struct fields *f, const struct gmem_rec *r, const struct gmem_kind_info *k)
{
	struct field *field = set(f, EVENT_ARG, gmem_arg_keys[k->arg], r->arg);

	if (k->arg != GMEM_ARG_PGOFF && k->arg != GMEM_ARG_PREPARE_NS)
		field->text = gmem_text_arg(f->arg, sizeof(f->arg), r->h.kind, r->arg);
	field->is_unknown = k->arg == GMEM_ARG_USER && !r->arg;
}

static void set_stall(struct fields *f, const struct gmem_stall_rec *s)
{
	set(f, EVENT_IOCTL, "ioctl_ns", s->ioctl_ns);
	set(f, EVENT_DISCARD, "discard_ns", s->discard_ns);
	set(f, EVENT_IOCTLS, "ioctls", s->ioctls);
}

void fields_of(struct fields *f, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	const struct gmem_rec *r = (const struct gmem_rec *)rec;
	enum gmem_unit unit = gmem_unit_of(r);

	memset(f->field, 0, sizeof(f->field));
	if (k->phase == GMEM_META)
		return;
	if (unit != GMEM_NONE) {
		set(f, EVENT_START, unit == GMEM_GFN ? "start_gfn" : "start_pgoff", r->start);
		set(f, EVENT_END, unit == GMEM_GFN ? "end_gfn" : "end_pgoff", r->end);
	}
	if (k->has_ino)
		set(f, EVENT_INO, "ino", r->ino);
	if (k->arg != GMEM_ARG_NONE)
		set_arg(f, r, k);
	if (k->aux)
		set(f, EVENT_AUX, k->aux, r->aux);
	if (k->has_nr_pages)
		set(f, EVENT_NR_PAGES, "nr_pages", gmem_rec_pages(r))->is_unknown = gmem_rec_pages(r) == GMEM_UNKNOWN;
	if (k->has_ret)
		set(f, EVENT_RET, "ret", (__u64)(__s64)r->ret)->is_negative = r->ret < 0;
	if (k->phase == GMEM_END)
		set(f, EVENT_DUR, "dur_ns", r->dur_ns);
	if (rec->kind == GMEM_STALL_END)
		set_stall(f, (const struct gmem_stall_rec *)rec);
}
