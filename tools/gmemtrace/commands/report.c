// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace report: summary of a recording or of live events. */
#include "report/report.h"

#include "base/number.h"
#include "cli/args.h"
#include "cli/live_options.h"
#include "commands/command.h"
#include "input/input.h"
#include "output/output.h"

enum { OPT_JSON = 256, OPT_HTML, OPT_VMS, OPT_BACKING };

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_HTML };

struct options {
	struct input in;
	enum format format;
	uint32_t vms;
};

static const struct argp_option argp_options[] = {
	{ "json", OPT_JSON, NULL, 0, "Print one JSON object", 0 },
	{ "html", OPT_HTML, NULL, 0, "Print one self-contained HTML page with plots", 0 },
	{ "vms", OPT_VMS, "N", 0, "Print sections for at most N VMs (default 8)", 0 },
	{ "backing", OPT_BACKING, "SEC", 0, "Scan for populated pages every SEC seconds", GMEM_LIVE_GROUP },
	{ 0 }
};

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;
	double seconds;

	switch (key) {
	case OPT_JSON:
		o->format = FORMAT_JSON;
		return 0;
	case OPT_HTML:
		o->format = FORMAT_HTML;
		return 0;
	case OPT_VMS:
		return gmem_parse_count(arg, 0, 1000000, &o->vms) ? 0 :
			gmem_args_bad(state, "invalid number of VMs:", arg);
	case OPT_BACKING:
		if (!gmem_parse_number(arg, 0.1, 1e6, &seconds))
			return gmem_args_bad(state, "invalid time in seconds:", arg);
		o->in.attach.live.backing_ns = (uint64_t)(seconds * 1e9);
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int on_record(void *ctx, const struct gmem_hdr *rec, bool selected)
{
	return gmem_analysis_apply(ctx, rec, selected);
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

static enum gmem_status finish_and_write(struct gmem_analysis *a, const struct options *o, FILE *out)
{
	struct report r;
	int err;

	gmem_analysis_finish(a);
	err = report_make(&r, a);
	if (!err)
		write_report(&r, o, out);
	report_free(&r);
	return err ? gmem_fail(o->in.e, GMEM_E_FAILED, NULL, "out of memory") : GMEM_OK;
}

static enum gmem_status read_and_report(void *ctx, FILE *out)
{
	struct options *o = ctx;
	struct gmem_analysis *a = gmem_analysis_new();
	enum gmem_status status;

	if (!a)
		return gmem_fail(o->in.e, GMEM_E_FAILED, NULL, "out of memory");
	status = input_run(&o->in, on_record, a);
	if (!status)
		status = finish_and_write(a, o, out);
	gmem_analysis_free(a);
	return status;
}

enum gmem_status cmd_report(int argc, char **argv, struct gmem_error *e)
{
	static const struct argp argp = {
		argp_options, parse_opt, NULL,
		"Reports conversions by direction, size and phase, stalls of vCPUs, invalidation windows and "
		"retries, hot ranges, undiscarded memory, and the longest operations; of a recording, or live.",
		NULL, NULL, NULL
	};
	struct options o = { .vms = 8, .in.e = e };

	input_parse(&o.in, &argp, &o, argc, argv);
	o.in.attach.live.groups |= GMEM_PROBES_PHASES;
	return output_write(o.in.output, read_and_report, &o, e);
}
