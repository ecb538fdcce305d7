// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Fields of an event as arguments, named like the keys of JSON. */
#include <string.h>

#include "abi/kinds.h"
#include "export/export.h"
#include "views/text.h"

static void put(struct export_args *a, const char *name, uint64_t v)
{
	if (a->nr < EXPORT_ARGS)
		a->arg[a->nr++] = (struct export_arg){ .name = name, .number = v };
}

static void put_text(struct export_args *a, const char *name, const char *text)
{
	char *to = a->texts[a->nr];

	if (a->nr == EXPORT_ARGS)
		return;
	snprintf(to, sizeof(a->texts[0]), "%s", text);
	a->arg[a->nr++] = (struct export_arg){ .name = name, .text = to };
}

static void put_ret(struct export_args *a, int ret)
{
	if (a->nr < EXPORT_ARGS)
		a->arg[a->nr++] = (struct export_arg){
			.name = "ret", .number = (uint64_t)(int64_t)ret, .is_negative = ret < 0,
		};
}

static void put_range(struct export_args *a, const struct gmem_rec *r)
{
	enum gmem_unit unit = gmem_unit_of(r);

	if (unit == GMEM_NONE)
		return;
	put(a, unit == GMEM_GFN ? "start_gfn" : "start_pgoff", r->start);
	put(a, unit == GMEM_GFN ? "end_gfn" : "end_pgoff", r->end);
}

static void put_arg(struct export_args *a, const struct gmem_kind_info *k, const struct gmem_rec *r)
{
	static const char *const names[] = {
		[GMEM_ARG_PGOFF] = "pgoff", [GMEM_ARG_FLAGS] = "flags", [GMEM_ARG_MODE] = "mode",
		[GMEM_ARG_CAUSE] = "cause", [GMEM_ARG_ATTRIBUTES] = "attributes",
		[GMEM_ARG_PHASE] = "phase", [GMEM_ARG_PREPARE_NS] = "prepare_ns",
		[GMEM_ARG_USER] = "by",
	};
	char buf[40];

	if (k->arg == GMEM_ARG_NONE)
		return;
	if (k->arg == GMEM_ARG_PGOFF || k->arg == GMEM_ARG_PREPARE_NS)
		put(a, names[k->arg], r->arg);
	else
		put_text(a, names[k->arg], gmem_text_arg(buf, sizeof(buf), r->h.kind, r->arg));
}

void export_args_of(struct export_args *a, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	const struct gmem_rec *r = (const struct gmem_rec *)rec;

	a->nr = 0;
	put_range(a, r);
	if (k->has_ino)
		put(a, "ino", r->ino);
	put_arg(a, k, r);
	if (k->aux)
		put(a, k->aux, r->aux);
	if (k->has_nr_pages && r->nr_pages != GMEM_UNKNOWN)
		put(a, "nr_pages", r->nr_pages);
	if (k->has_ret)
		put_ret(a, r->ret);
	if (rec->kind == GMEM_STALL_END) {
		const struct gmem_stall_rec *s = (const struct gmem_stall_rec *)rec;

		put(a, "ioctl_ns", s->ioctl_ns);
		put(a, "discard_ns", s->discard_ns);
		put(a, "ioctls", s->ioctls);
	}
}
