// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace export: recordings or live events in the formats of other programs. */
#include "export/export.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "abi/kinds.h"
#include "commands/command.h"
#include "input/input.h"
#include "output/output.h"
#include "print/show.h"
#include "views/text.h"

enum format { FORMAT_PERFETTO, FORMAT_CHROME, FORMAT_CSV, FORMAT_OPENMETRICS, FORMATS };

static const char *const format_names[FORMATS] = { "perfetto", "chrome", "csv", "openmetrics" };

struct options {
	struct input in;
	int format;	/* enum format */
};

static const struct option_row rows[] = {
	{ "format", 0, "NAME", "Format: perfetto (default), chrome, csv or openmetrics", 0, OPTION_CHOICE,
	  .at = offsetof(struct options, format), "no format:", .names = format_names, .nr_names = FORMATS },
	{ 0 }
};

static int on_trace_record(void *ctx, const struct gmem_hdr *rec, bool selected)
{
	return export_trace_record(ctx, rec, selected);
}

static int on_csv_record(void *ctx, const struct gmem_hdr *rec, bool selected)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);

	return selected && k && k->phase != GMEM_META && show_record(ctx, rec) ? -EIO : 0;
}

static enum gmem_status no_memory(struct options *o)
{
	return gmem_fail(o->in.e, GMEM_E_FAILED, NULL, "out of memory");
}

static enum gmem_status export_traces(struct options *o, FILE *out)
{
	struct export_writer *w = o->format == FORMAT_CHROME ? export_chrome(out) : export_perfetto(out);
	struct export_trace *t = w ? export_trace_new(w) : NULL;
	enum gmem_status status;

	if (w && !t)
		w->free(w);
	if (!t)
		return no_memory(o);
	status = input_run(&o->in, on_trace_record, t);
	if (!status && export_trace_finish(t))
		status = gmem_fail(o->in.e, GMEM_E_IO, "Check for a full disk.", "cannot write the trace");
	if (!status && export_trace_unpaired(t))
		fprintf(stderr, "gmemtrace: %llu %s without begin or end\n",
			(unsigned long long)export_trace_unpaired(t),
			gmem_text_plural(export_trace_unpaired(t), "operation", "operations"));
	export_trace_free(t);
	return status;
}

static enum gmem_status export_csv(struct options *o, FILE *out)
{
	const struct show_options events = { .events = true, .csv = true, .repeats = true };
	enum gmem_status status = GMEM_OK;
	struct show s;
	int err = show_start(&s, &events, out, 0);

	if (err == -ENOMEM)
		status = no_memory(o);
	/* output_write() reports write errors. */
	if (!err)
		status = input_run(&o->in, on_csv_record, &s);
	show_flush(&s);
	show_end(&s);
	return status;
}

static void write_metrics(void *ctx, const struct report *r, FILE *out)
{
	*(int *)ctx = export_openmetrics(r, out);
}

static enum gmem_status export_metrics(struct options *o, FILE *out)
{
	int err = 0;
	enum gmem_status status = command_report(&o->in, out, write_metrics, &err);

	return err ? no_memory(o) : status;
}

static enum gmem_status write_export(void *ctx, FILE *out)
{
	struct options *o = ctx;

	switch (o->format) {
	case FORMAT_CSV:
		return export_csv(o, out);
	case FORMAT_OPENMETRICS:
		return export_metrics(o, out);
	default:
		return export_traces(o, out);
	}
}

enum gmem_status cmd_export(int argc, char **argv, struct gmem_error *e)
{
	struct options o = { .in.e = e };

	input_parse(&o.in, "Writes a recording, or live events, for Perfetto (ui.perfetto.dev), for viewers of Chrome's "
		    "traces, as CSV, or as counters for Prometheus.", (struct option_table){ rows, &o }, argc, argv);
	if (o.format == FORMAT_PERFETTO && (!o.in.output || !strcmp(o.in.output, "-")) && isatty(STDOUT_FILENO))
		return gmem_fail(e, GMEM_E_USAGE, "Name a file with -o FILE, or choose a text format: chrome, csv, openmetrics.",
				 "a Perfetto trace is not written to a terminal");
	o.in.attach.live.groups |= GMEM_PROBES_PHASES;
	return output_write(o.in.output, write_export, &o, e);
}
