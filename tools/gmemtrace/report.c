// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace report: what happened, of a recording or live. */
#include "report.h"

#include <errno.h>
#include <string.h>

#include "command.h"
#include "input.h"
#include "number.h"
#include "output.h"

enum { OPT_JSON = 256, OPT_HTML, OPT_VMS, OPT_BACKING };

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_HTML };

struct options {
	struct input in;
	enum format format;
	size_t vms;
	const char *output;
	struct gmem_error *e;
};

static const struct argp_option argp_options[] = {
	{ "json", OPT_JSON, NULL, 0, "One JSON object", 0 },
	{ "html", OPT_HTML, NULL, 0, "One page with plots, which needs nothing else", 0 },
	{ "output", 'o', "FILE", 0, "Write to FILE", 0 },
	{ "vms", OPT_VMS, "N", 0, "So many VMs have parts of their own (default: 8)", 0 },
	{ "backing", OPT_BACKING, "SEC", 0, "Live: read every SEC seconds which pages there are", 2 },
	{ 0 }
};

static error_t bad(struct options *o, const char *what, const char *arg)
{
	gmem_fail(o->e, GMEM_E_USAGE, "See gmemtrace report --help.", "%s '%s'", what, arg);
	return EINVAL;
}

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	double v;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->in;
		return 0;
	case OPT_JSON:
		o->format = FORMAT_JSON;
		return 0;
	case OPT_HTML:
		o->format = FORMAT_HTML;
		return 0;
	case 'o':
		o->output = arg;
		return 0;
	case OPT_VMS:
		if (!gmem_parse_number(arg, 0, 1e6, &v))
			return bad(o, "no number of VMs:", arg);
		o->vms = (size_t)v;
		return 0;
	case OPT_BACKING:
		if (!gmem_parse_number(arg, 0.1, 1e6, &v))
			return bad(o, "no time in seconds:", arg);
		o->in.backing_ns = (uint64_t)(v * 1e9);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int on_record(void *ctx, const struct gmem_hdr *rec, bool wanted)
{
	return gmem_analysis_apply(ctx, rec, wanted);
}

static void write_report(const struct report *r, const struct options *o, FILE *out)
{
	struct json_object *json;

	switch (o->format) {
	case FORMAT_TEXT:
		report_text(r, o->vms, out);
		break;
	case FORMAT_JSON:
		json = report_json(r);
		fprintf(out, "%s\n", json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN));
		json_object_put(json);
		break;
	case FORMAT_HTML:
		report_html(r, o->vms, out);
		break;
	}
}

static enum gmem_status show(const struct gmem_analysis *a, const struct options *o, FILE *out)
{
	struct report r;
	int err = report_make(&r, a);

	if (!err)
		write_report(&r, o, out);
	report_free(&r);
	return err ? gmem_fail(o->e, GMEM_E_FAILED, NULL, "out of memory") : GMEM_OK;
}

enum gmem_status cmd_report(int argc, char **argv, struct gmem_error *e)
{
	static const struct argp_child children[] = { { &input_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp argp = {
		argp_options, parse_opt, "[FILE | -- COMMAND [ARG..]]",
		"Tells what happened to guest memory: conversions by direction, size and phase, what vCPUs "
		"waited for, invalidation windows and retries, hot ranges, what was not discarded, and what "
		"took longest; of a recording, or live.",
		children, NULL, NULL
	};
	static char name[] = "gmemtrace report";
	struct options o = { .vms = 8, .e = e };
	struct gmem_analysis *a = gmem_analysis_new();
	enum gmem_status status;
	FILE *out = NULL;

	input_init(&o.in, "report", e);
	o.in.groups = GMEM_PROBES_PHASES;
	argv[0] = name;
	argp_err_exit_status = GMEM_E_USAGE;
	if (!a)
		return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, &o)) {
		gmem_analysis_free(a);
		return e->status ? e->status : GMEM_E_USAGE;
	}
	status = output_open(&out, o.output, e);
	if (!status)
		status = input_run(&o.in, on_record, a);
	if (!status)
		status = show(a, &o, out);
	status = output_close(out, o.output, status, e);
	gmem_analysis_free(a);
	return status;
}
