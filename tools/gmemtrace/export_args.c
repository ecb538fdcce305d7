// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* What an event says, by the names of JSON; and as CSV. */
#include <string.h>

#include "export.h"
#include "kinds.h"
#include "text.h"

typedef unsigned long long ull;

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

/* Columns that not every event has are empty there. */
static const char *const columns[] = {
	"ino", "start_gfn", "end_gfn", "start_pgoff", "end_pgoff", "attributes", "changed", "phase", "mode",
	"cause", "flags", "pgoff", "prepare_ns", "slot", "order", "vcpu", "nr_pages", "ret", "ioctl_ns",
	"discard_ns", "ioctls",
};

#define NR_COLUMNS (sizeof(columns) / sizeof(*columns))

void export_csv_header(FILE *out)
{
	fputs("ts_ns,event,vm,pid,tid,cpu,dur_ns", out);
	for (size_t i = 0; i < NR_COLUMNS; i++)
		fprintf(out, ",%s", columns[i]);
	fputc('\n', out);
}

static void csv_value(FILE *out, const struct export_args *a, const char *column)
{
	fputc(',', out);
	for (size_t i = 0; i < a->nr; i++) {
		const struct export_arg *arg = &a->arg[i];

		if (strcmp(arg->name, column))
			continue;
		if (arg->text)
			fputs(arg->text, out);
		else if (arg->is_negative)
			fprintf(out, "%lld", (long long)arg->number);
		else
			fprintf(out, "%llu", (ull)arg->number);
		return;
	}
}

/* No text of an event has a comma or a quote in it: names of VMs are no events. */
void export_csv_record(FILE *out, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	const struct gmem_rec *r = (const struct gmem_rec *)rec;
	struct export_args a;

	if (!k || k->phase == GMEM_META || rec->size < gmem_kind_bytes(rec->kind))
		return;
	export_args_of(&a, rec);
	fprintf(out, "%llu,%s,%llu,%u,%u,%u,", (ull)rec->ts_ns, k->name, (ull)rec->vm, rec->tgid, rec->tid,
		rec->cpu);
	if (k->phase == GMEM_END)
		fprintf(out, "%llu", (ull)r->dur_ns);
	for (size_t i = 0; i < NR_COLUMNS; i++)
		csv_value(out, &a, columns[i]);
	fputc('\n', out);
}
