// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace serve: metrics of live VMs for Prometheus, by HTTP or in a textfile. */
#include "serve/serve.h"

#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli/args.h"
#include "cli/live_options.h"
#include "commands/command.h"
#include "input/input.h"
#include "views/openmetrics.h"

#define BACKING_NS	60000000000ULL	/* default between scans of populated pages */

/* Parses GROUP,..; "help" lists them. */
static error_t parse_collect(const struct option_row *row, void *base, char *arg, const struct argp_state *state)
{
	struct serve_options *o = base;
	error_t err = 0;
	int group = 0;

	if (!strcmp(arg, "help")) {
		serve_list();
		exit(GMEM_OK);
	}
	o->groups = 0;
	for (char *name = strsep(&arg, ","); name && !err; name = strsep(&arg, ",")) {
		err = gmem_args_choose(state, row->bad, name, gmem_om_group_names, GMEM_OM_GROUPS + 1, &group);
		o->groups |= group == GMEM_OM_GROUPS ? GMEM_OM_ALL : GMEM_OM_BIT(group);
	}
	return err;
}

static error_t parse_backing(const struct option_row *row, void *base, char *arg, const struct argp_state *state)
{
	struct serve_options *o = base;
	double seconds;

	if (!gmem_parse_number(arg, 0.1, 1e6, &seconds))
		return gmem_args_bad(state, row->bad, arg);
	o->in.attach.live.backing_ns = (uint64_t)(seconds * 1e9);
	return 0;
}

static error_t parse_path(const struct option_row *row, void *base, char *arg, const struct argp_state *state)
{
	struct serve_options *o = base;

	o->path = arg;
	return *arg == '/' && !strpbrk(arg, " \"<>&?#%") ? 0 : gmem_args_bad(state, row->bad, arg);
}

#define AT(member) .at = offsetof(struct serve_options, member)

static const struct option_row rows[] = {
	{ "web.listen-address", 0, "HOST:PORT", "Listen on HOST:PORT (default 127.0.0.1:9888; port 0: any)", 0, OPTION_TEXT, AT(address),
	  "no address:" },
	{ "web.telemetry-path", 0, "PATH", "Serve metrics under PATH (default /metrics)", 0, OPTION_OTHER,
	  .bad = "invalid path (use /metrics):", .parse = parse_path },
	{ "web.allow-remote", 0, NULL, "Allow an address that other hosts can reach", 0, OPTION_FLAG, AT(allow_remote) },
	{ "textfile", 0, "FILE", "Write FILE for node_exporter at each interval, no HTTP", 0, OPTION_TEXT, AT(textfile),
	  "no file:" },
	{ "collect", 0, "GROUP,..", "Export these metrics (default: 4 groups; see --collect=help)", 0,
	  OPTION_OTHER, .bad = "no group:", .parse = parse_collect },
	{ "interval", 'i', "SEC", "Take a snapshot every SEC seconds (default 1)", 0, OPTION_NUMBER, AT(in.interval_s),
	  "invalid interval in seconds:", 0.1, 3600 },
	{ "backing", 0, "SEC", "Scan populated pages every SEC seconds (collects backing)", GMEM_LIVE_GROUP,
	  OPTION_OTHER, .bad = "invalid time in seconds:", .parse = parse_backing },
	{ 0 }
};

/* Groups of metrics that need probes beyond the base, and the reverse. */
static const struct { enum gmem_om_group group; unsigned int probes; } needs[] = {
	{ GMEM_OM_PHASES, GMEM_PROBES_PHASES },
	{ GMEM_OM_FAULTS, GMEM_PROBES_FAULTS },
	{ GMEM_OM_INVALIDATIONS, GMEM_PROBES_INVALIDATIONS },
};

/* Attaches what the groups need, and reports what the options of live tracing ask for. */
static void match_groups(struct serve_options *o)
{
	struct gmem_live_opts *live = &o->in.attach.live;

	/* The kernel counts, so records of single operations are not needed. */
	live->groups &= ~(unsigned int)(GMEM_PROBES_EVENTS | GMEM_PROBES_INVALIDATIONS);
	for (size_t i = 0; i < sizeof(needs) / sizeof(*needs); i++) {
		if (live->groups & needs[i].probes)
			o->groups |= GMEM_OM_BIT(needs[i].group);
		if (o->groups & GMEM_OM_BIT(needs[i].group))
			live->groups |= needs[i].probes;
	}
	if (live->backing_ns)
		o->groups |= GMEM_OM_BIT(GMEM_OM_BACKING);
	else if (o->groups & GMEM_OM_BIT(GMEM_OM_BACKING))
		live->backing_ns = BACKING_NS;
}

enum gmem_status cmd_serve(int argc, char **argv, struct gmem_error *e)
{
	struct serve_options o = {
		.in.e = e, .address = "127.0.0.1:9888", .path = "/metrics", .groups = GMEM_OM_DEFAULT,
	};
	const struct option_set set = {
		.usage = INPUT_USAGE,
		.doc = "Serves metrics of guest memory to Prometheus, until Ctrl-C, for a time, or while a command runs; or "
		"those at the end of a recording.",
		.tables = { { rows, &o }, { attach_rows, &o.in.attach } },
		.live = &o.in.attach.live, .rest = input_parse_rest, .ctx = &o.in,
	};

	options_parse(&set, argc, argv);
	match_groups(&o);
	return serve_run(&o, e);
}
