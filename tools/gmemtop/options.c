// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "options.h"

#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "number.h"
#include "ui.h"

const char *argp_program_version = "gmemtop 0.1";

enum { OPT_JSON = 256, OPT_ASCII, OPT_RINGBUF, OPT_REVERSE, OPT_PROBES, OPT_WAIT, OPT_PHASES,
       OPT_FAULTS, OPT_INVALIDATIONS, OPT_BACKING, OPT_NO_CONFIG, OPT_CSV, OPT_RECORD,
       OPT_REPLAY, OPT_SPEED, OPT_COLORS, OPT_NO_MOUSE, OPT_VIEW };

static const struct argp_option options[] = {
	{ "delay", 'd', "SEC", 0, "Refresh every SEC seconds, 0.1 to 3600 (default 1)", 0 },
	{ "iterations", 'n', "N", 0, "End after N refreshes", 0 },
	{ "batch", 'b', NULL, 0, "Print refreshes to stdout, without a terminal", 0 },
	{ "json", OPT_JSON, NULL, 0, "Print one JSON object a refresh (implies -b)", 0 },
	{ "csv", OPT_CSV, NULL, 0, "Print one CSV line a VM and refresh (implies -b)", 0 },
	{ "once", '1', NULL, 0, "Print one refresh: -b -n 1", 0 },
	{ "record", OPT_RECORD, "FILE", 0, "Also write all that is seen to FILE, for --replay and gmemtrace", 0 },
	{ "replay", OPT_REPLAY, "FILE", 0, "Show what was recorded in FILE; needs no privileges", 0 },
	{ "speed", OPT_SPEED, "X", 0, "Replay X times as fast, 0.01 to 4096 (default 1)", 0 },
	{ "view", OPT_VIEW, "NAME", 0, "Begin with this view: overview, vm, latency or files", 0 },
	{ "pid", 'p', "PID", 0, "Only the VMs of this process", 0 },
	{ "sort", 's', "FIELD", 0, "Sort by FIELD; -s help lists them (default conversions_per_s)", 0 },
	{ "reverse", OPT_REVERSE, NULL, 0, "Least first", 0 },
	{ "ascii", OPT_ASCII, NULL, 0, "No Unicode on the screen", 0 },
	{ "phases", OPT_PHASES, NULL, 0, "Time the phases of conversions, too", 0 },
	{ "faults", OPT_FAULTS, NULL, 0, "Count faults on private memory, too: there may be very many", 0 },
	{ "invalidations", OPT_INVALIDATIONS, NULL, 0, "Count invalidations and their windows, too", 0 },
	{ "backing", OPT_BACKING, "SEC", OPTION_ARG_OPTIONAL,
	  "Read every SEC seconds (10) which pages are populated, private and shared", 0 },
	{ "ringbuf", OPT_RINGBUF, "MIB", 0, "Size of the event buffer (default: by number of CPUs)", 0 },
	{ "probes", OPT_PROBES, "SET", 0, "tracepoints or stock (default: tracepoints where the kernel has them)", 0 },
	{ "wait", OPT_WAIT, NULL, 0, "Where there is no KVM, wait until it is loaded", 0 },
	{ "colors", OPT_COLORS, "SET", 0, "normal, protan (red and green look alike) or mono", 0 },
	{ "no-mouse", OPT_NO_MOUSE, NULL, 0, "Leave the mouse to the terminal", 0 },
	{ "no-config", OPT_NO_CONFIG, NULL, 0, "Neither read nor remember settings", 0 },
	{ "verbose", 'v', NULL, 0, "Show what libbpf says", 0 },
	{ 0 }
};

struct parse {
	struct gmemtop_options *o;
	struct gmem_error *e;
};

static error_t usage(struct parse *p, const char *what, const char *arg)
{
	gmem_fail(p->e, GMEM_E_USAGE, "See gmemtop --help.", "%s '%s'", what, arg);
	return EINVAL;
}

static void list_fields(void)
{
	for (size_t i = 0; i < gmem_nr_metrics; i++)
		printf("%-24s %s\n", gmem_metrics[i].key, gmem_metrics[i].help);
	exit(GMEM_OK);
}

/* What does not go together. */
static error_t check(struct parse *p)
{
	const struct gmemtop_options *o = p->o;

	if (o->csv && o->json)
		return usage(p, "one format at a time, not", "--json --csv");
	if (o->replay && o->record)
		return usage(p, "what is replayed is recorded already:", o->record);
	return 0;
}

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct parse *p = state->input;
	struct gmemtop_options *o = p->o;
	double v;

	switch (key) {
	case 'd':
		o->given |= GIVEN_DELAY;
		return gmem_parse_number(arg, 0.1, 3600, &o->delay_s) ? 0 :
			usage(p, "the delay is 0.1 to 3600 seconds, not", arg);
	case 'n':
		if (!gmem_parse_number(arg, 1, 1e9, &v) || v != (double)(unsigned long)v)
			return usage(p, "the number of refreshes is 1 or more, not", arg);
		o->count = (unsigned long)v;
		return 0;
	case 'p':
		if (!gmem_parse_number(arg, 1, 4194304, &v) || v != (double)(uint32_t)v)
			return usage(p, "there can be no process", arg);
		o->pid = (uint32_t)v;
		return 0;
	case 's':
		if (!strcmp(arg, "help"))
			list_fields();
		o->given |= GIVEN_SORT;
		o->sort = gmem_metric(arg);
		return o->sort ? 0 : usage(p, "no field to sort by:", arg);
	case OPT_VIEW:
		o->view = view_by_name(arg);
		return o->view != VIEWS ? 0 : usage(p, "no view:", arg);
	case OPT_PHASES:
		o->groups |= GMEM_PROBES_PHASES;
		return 0;
	case OPT_FAULTS:
		o->groups |= GMEM_PROBES_FAULTS;
		return 0;
	case OPT_INVALIDATIONS:
		o->groups |= GMEM_PROBES_INVALIDATIONS;
		return 0;
	case OPT_BACKING:
		v = 10;
		if (arg && !gmem_parse_number(arg, 0.1, 86400, &v))
			return usage(p, "pages are read every 0.1 to 86400 seconds, not", arg);
		o->backing_ns = (uint64_t)(v * 1e9);
		return 0;
	case OPT_WAIT:
		o->wait = true;
		return 0;
	case OPT_PROBES:
		o->set = gmem_set_by_name(arg);
		return o->set != GMEM_SETS ? 0 : usage(p, "no set of probes:", arg);
	case OPT_RINGBUF:
		if (!gmem_parse_number(arg, 0.0625, 1024, &v))
			return usage(p, "the event buffer has 0.0625 to 1024 MiB, not", arg);
		o->ringbuf_bytes = (uint64_t)(v * 1048576);
		return 0;
	case OPT_JSON:
		o->json = true;
		/* fallthrough */
	case 'b':
		o->batch = true;
		return 0;
	case OPT_NO_CONFIG:
		o->no_config = true;
		return 0;
	case OPT_NO_MOUSE:
		o->no_mouse = true;
		return 0;
	case OPT_COLORS:
		o->given |= GIVEN_COLORS;
		o->colors = (unsigned int)ui_look_by_name(arg);
		return o->colors < UI_LOOKS ? 0 : usage(p, "no set of colours:", arg);
	case OPT_CSV:
		o->csv = o->batch = true;
		return 0;
	case '1':
		o->batch = true;
		o->count = 1;
		return 0;
	case OPT_RECORD:
		o->record = arg;
		return 0;
	case OPT_REPLAY:
		o->replay = arg;
		return 0;
	case OPT_SPEED:
		return gmem_parse_number(arg, 0.01, 4096, &o->speed) ? 0 :
			usage(p, "the speed is 0.01 to 4096, not", arg);
	case OPT_ASCII:
		o->ascii = true;
		return 0;
	case OPT_REVERSE:
		o->given |= GIVEN_REVERSE;
		o->reverse = true;
		return 0;
	case 'v':
		o->verbose++;
		return 0;
	case ARGP_KEY_ARG:
		/* As in vmstat: [interval [count]]. */
		if (state->arg_num > 1)
			return usage(p, "unexpected argument", arg);
		return parse_opt(state->arg_num ? 'n' : 'd', arg, state);
	case ARGP_KEY_END:
		return check(p);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

enum gmem_status gmemtop_parse(struct gmemtop_options *o, int argc, char **argv,
			       struct gmem_error *e)
{
	static const struct argp argp = {
		options, parse_opt, "[SECONDS [COUNT]]",
		"Shows guest memory (guest_memfd) of all VMs: what is private, what is shared, "
		"what converts and how long that takes.\v"
		"Exit status: 0 ok, 1 failed, 2 usage, 3 no permission, 4 no KVM, 5 no BTF, "
		"6 nothing to attach to, 7 input or output.", NULL, NULL, NULL
	};
	struct parse p = { o, e };

	*o = (struct gmemtop_options){
		.delay_s = 1, .sort = gmem_metric("conversions_per_s"), .set = GMEM_SET_ANY,
		.speed = 1,
	};
	e->status = GMEM_OK;
	argp_err_exit_status = GMEM_E_USAGE;	/* argp's own errors are two lines as well */
	if (argp_parse(&argp, argc, argv, 0, NULL, &p))
		return e->status ? e->status : GMEM_E_USAGE;
	return GMEM_OK;
}
