// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace export: a recording, or live events, for other programs. */
#include "export.h"

#include <argp.h>
#include <errno.h>
#include <string.h>

#include "command.h"
#include "input.h"
#include "kinds.h"
#include "line.h"
#include "output.h"

enum { OPT_FORMAT = 256 };

enum format { FORMAT_PERFETTO, FORMAT_CHROME, FORMAT_CSV, FORMAT_OPENMETRICS, FORMATS };

static const char *const format_names[FORMATS] = { "perfetto", "chrome", "csv", "openmetrics" };

struct options {
	struct input in;
	enum format format;
	const char *output;
	struct gmem_error *e;
};

static const struct argp_option argp_options[] = {
	{ "format", OPT_FORMAT, "NAME", 0, "perfetto (default), chrome, csv or openmetrics", 0 },
	{ "output", 'o', "FILE", 0, "Write to FILE", 0 },
	{ 0 }
};

static error_t parse_format(struct options *o, const char *arg)
{
	for (int i = 0; i < FORMATS; i++) {
		if (!strcmp(arg, format_names[i])) {
			o->format = i;
			return 0;
		}
	}
	gmem_fail(o->e, GMEM_E_USAGE, "There are perfetto, chrome, csv and openmetrics.", "no format '%s'", arg);
	return EINVAL;
}

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->in;
		return 0;
	case OPT_FORMAT:
		return parse_format(o, arg);
	case 'o':
		o->output = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int on_trace_record(void *ctx, const struct gmem_hdr *rec, bool wanted)
{
	return export_trace_record(ctx, rec, wanted);
}

struct csv {
	struct line_format format;
	struct put put;
	char line[LINE_SIZE];
	FILE *out;
};

static int put_line(struct csv *c)
{
	*c->put.p++ = '\n';
	return fwrite(c->line, 1, (size_t)(c->put.p - c->line), c->out) && !ferror(c->out) ? 0 : -EIO;
}

static int on_csv_record(void *ctx, const struct gmem_hdr *rec, bool wanted)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	struct csv *c = ctx;

	if (!wanted || !k || k->phase == GMEM_META || rec->size < gmem_kind_bytes(rec->kind))
		return 0;
	put_start(&c->put, c->line, sizeof(c->line));
	line_csv(&c->format, rec, &c->put);
	return put_line(c);
}

static int on_metrics_record(void *ctx, const struct gmem_hdr *rec, bool wanted)
{
	return gmem_analysis_apply(ctx, rec, wanted);
}

static enum gmem_status no_memory(struct options *o)
{
	return gmem_fail(o->e, GMEM_E_FAILED, NULL, "out of memory");
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
		status = gmem_fail(o->e, GMEM_E_IO, "Is the disk full?", "cannot write the trace");
	if (!status && export_trace_unpaired(t))
		fprintf(stderr, "gmemtrace: %llu operations without their begin or end\n",
			(unsigned long long)export_trace_unpaired(t));
	export_trace_free(t);
	return status;
}

static enum gmem_status export_csv(struct options *o, FILE *out)
{
	struct csv c = { .out = out };
	int err;

	put_start(&c.put, c.line, sizeof(c.line));
	line_csv_header(&c.put);
	err = put_line(&c);
	return err ? GMEM_OK : input_run(&o->in, on_csv_record, &c);	/* output_close() tells of it */
}

static enum gmem_status export_metrics(struct options *o, FILE *out)
{
	struct gmem_analysis *a = gmem_analysis_new();
	enum gmem_status status;
	struct report r;

	if (!a)
		return no_memory(o);
	status = input_run(&o->in, on_metrics_record, a);
	if (!status) {
		if (report_make(&r, a))
			status = no_memory(o);
		else
			export_openmetrics(&r, out);
		report_free(&r);
	}
	gmem_analysis_free(a);
	return status;
}

static enum gmem_status run(struct options *o, FILE *out)
{
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
	static const struct argp_child children[] = { { &input_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp argp = {
		argp_options, parse_opt, "[FILE | -- COMMAND [ARG..]]",
		"Writes a recording, or live events, for Perfetto (ui.perfetto.dev), for viewers of Chrome's "
		"traces, as CSV, or, as sums, for Prometheus.",
		children, NULL, NULL
	};
	static char name[] = "gmemtrace export";
	struct options o = { .e = e };
	enum gmem_status status;
	FILE *out = NULL;

	input_init(&o.in, "export", e);
	o.in.groups = GMEM_PROBES_PHASES;
	argv[0] = name;
	argp_err_exit_status = GMEM_E_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &o))
		return e->status ? e->status : GMEM_E_USAGE;
	status = output_open(&out, o.output, e);
	if (!status)
		status = run(&o, out);
	return output_close(out, o.output, status, e);
}
