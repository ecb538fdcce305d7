// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace report: summary of a recording or of live events. */
#include "report/report.h"

#include "base/number.h"
#include "cli/args.h"
#include "cli/live_options.h"
#include "commands/command.h"
#include "input/input.h"
#include "output/output.h"

enum format { FORMAT_TEXT, FORMAT_JSON, FORMAT_HTML };

struct options {
	struct input in;
	int format;		/* enum format */
	uint32_t vms;
};

static error_t parse_backing(const struct option_row *row, void *base, char *arg, const struct argp_state *state)
{
	struct options *o = base;
	double seconds;

	if (!gmem_parse_number(arg, 0.1, 1e6, &seconds))
		return gmem_args_bad(state, row->bad, arg);
	o->in.attach.live.backing_ns = (uint64_t)(seconds * 1e9);
	return 0;
}

#define AT(member) .at = offsetof(struct options, member)

static const struct option_row rows[] = {
	{ "json", 0, NULL, "Print one JSON object", 0, OPTION_VALUE, AT(format), .value = FORMAT_JSON },
	{ "html", 0, NULL, "Print one self-contained HTML page with plots", 0, OPTION_VALUE, AT(format),
	  .value = FORMAT_HTML },
	{ "vms", 0, "N", "Print sections for at most N VMs (default 8)", 0, OPTION_COUNT, AT(vms),
	  "invalid number of VMs:", 0, 1000000 },
	{ "backing", 0, "SEC", "Scan for populated pages every SEC seconds", GMEM_LIVE_GROUP, OPTION_OTHER,
	  .bad = "invalid time in seconds:", .parse = parse_backing },
	{ 0 }
};

static int on_record(void *ctx, const struct gmem_hdr *rec, bool selected)
{
	return gmem_analysis_apply(ctx, rec, selected);
}

enum gmem_status command_report(struct input *in, FILE *out, command_report_fn fn, void *ctx)
{
	struct gmem_analysis *a = gmem_analysis_new();
	enum gmem_status status;
	struct report r;

	if (!a)
		return gmem_fail(in->e, GMEM_E_FAILED, NULL, "out of memory");
	status = input_run(in, on_record, a);
	if (!status) {
		gmem_analysis_finish(a);
		if (report_make(&r, a))
			status = gmem_fail(in->e, GMEM_E_FAILED, NULL, "out of memory");
		else
			fn(ctx, &r, out);
		report_free(&r);
	}
	gmem_analysis_free(a);
	return status;
}

static void write_report(void *ctx, const struct report *r, FILE *out)
{
	const struct options *o = ctx;

	switch (o->format) {
	case FORMAT_TEXT:
		report_text(r, o->vms, out);
		break;
	case FORMAT_JSON:
		command_json(report_json(r), out);
		break;
	case FORMAT_HTML:
		report_html(r, o->vms, out);
	}
}

static enum gmem_status read_and_report(void *ctx, FILE *out)
{
	struct options *o = ctx;

	return command_report(&o->in, out, write_report, o);
}

enum gmem_status cmd_report(int argc, char **argv, struct gmem_error *e)
{
	struct options o = { .vms = 8, .in.e = e };

	input_parse(&o.in, "Reports conversions by direction, size and phase, stalls of vCPUs, invalidation windows and "
		    "retries, hot ranges, undiscarded memory, and the longest operations; of a recording, or live.",
		    (struct option_table){ rows, &o }, argc, argv);
	o.in.attach.live.groups |= GMEM_PROBES_PHASES;
	return output_write(o.in.output, read_and_report, &o, e);
}
