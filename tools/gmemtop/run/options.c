// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/number.h"
#include "cli/args.h"
#include "cli/live_options.h"
#include "ui/ui.h"

const char *argp_program_version = "gmemtop 0.1";

enum { OPT_JSON = 256, OPT_ASCII, OPT_REVERSE, OPT_INVALIDATIONS, OPT_BACKING, OPT_NO_CONFIG, OPT_CSV,
       OPT_RECORD, OPT_REPLAY, OPT_SPEED, OPT_COLORS, OPT_NO_MOUSE, OPT_VIEW };

static const struct argp_option options[] = {
	{ "delay", 'd', "SEC", 0, "Refresh every SEC seconds, 0.1 to 3600 (default 1)", 0 },
	{ "iterations", 'n', "N", 0, "Exit after N refreshes (default: no limit)", 0 },
	{ "batch", 'b', NULL, 0, "Print refreshes to stdout; needs no terminal", 0 },
	{ "json", OPT_JSON, NULL, 0, "Print one JSON object per refresh (implies -b)", 0 },
	{ "csv", OPT_CSV, NULL, 0, "Print CSV, one line per VM (implies -b)", 0 },
	{ "once", '1', NULL, 0, "Print one refresh and exit (-b -n 1)", 0 },
	{ "record", OPT_RECORD, "FILE", 0, "Record to FILE, for --replay and gmemtrace", 0 },
	{ "replay", OPT_REPLAY, "FILE", 0, "Replay the recording FILE; needs no privileges", 0 },
	{ "speed", OPT_SPEED, "X", 0, "Replay X times as fast, 0.01 to 4096 (default 1)", 0 },
	{ "view", OPT_VIEW, "NAME", 0, "Start in view overview (default), vm, latency or files", 0 },
	{ "pid", 'p', "PID", 0, "Show only the VMs of process PID", 0 },
	{ "sort", 's', "FIELD", 0, "Sort by FIELD; see -s help (default conversions_per_s)", 0 },
	{ "reverse", OPT_REVERSE, NULL, 0, "Sort in ascending order", 0 },
	{ "ascii", OPT_ASCII, NULL, 0, "Draw without Unicode characters", 0 },
	{ "colors", OPT_COLORS, "SET", 0, "normal, protan (red-green blindness) or mono", 0 },
	{ "no-mouse", OPT_NO_MOUSE, NULL, 0, "Leave the mouse to the terminal", 0 },
	{ "no-config", OPT_NO_CONFIG, NULL, 0, "Neither read nor write the settings file", 0 },
	{ "invalidations", OPT_INVALIDATIONS, NULL, 0, "Also count invalidations and their windows", GMEM_LIVE_GROUP },
	{ "backing", OPT_BACKING, "SEC", OPTION_ARG_OPTIONAL,
	  "Scan populated pages every SEC seconds (default 10)", GMEM_LIVE_GROUP },
	{ 0 }
};

static void list_fields(void)
{
	for (size_t i = 0; i < gmem_nr_metrics; i++)
		printf("%-24s %s\n", gmem_metrics[i].key, gmem_metrics[i].help);
	exit(GMEM_OK);
}

/* Returns the flag that an option without argument sets, or NULL for any other option. */
static bool *flag_of(struct gmemtop_options *o, int key)
{
	switch (key) {
	case 'b':
		return &o->batch;
	case OPT_JSON:
		return &o->json;
	case OPT_CSV:
		return &o->csv;
	case OPT_REVERSE:
		return &o->reverse;
	case OPT_ASCII:
		return &o->ascii;
	case OPT_NO_MOUSE:
		return &o->no_mouse;
	case OPT_NO_CONFIG:
		return &o->no_config;
	default:
		return NULL;
	}
}

static error_t parse_backing(struct gmemtop_options *o, const char *arg, const struct argp_state *state)
{
	double seconds = 10;

	if (arg && !gmem_parse_number(arg, 0.1, 86400, &seconds))
		return gmem_args_bad(state, "the scan interval is 0.1 to 86400 seconds, not", arg);
	o->live.backing_ns = (uint64_t)(seconds * 1e9);
	return 0;
}

static error_t parse_sort(struct gmemtop_options *o, const char *arg, const struct argp_state *state)
{
	if (!strcmp(arg, "help"))
		list_fields();
	o->given |= GIVEN_SORT;
	o->sort = gmem_metric(arg);
	return o->sort ? 0 : gmem_args_bad(state, "unknown sort field:", arg);
}

static error_t parse_view(struct gmemtop_options *o, const char *arg, const struct argp_state *state)
{
	const char *names[VIEWS];

	for (int i = 0; i < VIEWS; i++)
		names[i] = view_table[i]->name;
	return gmem_args_choose(state, "unknown view:", arg, names, VIEWS, &o->view);
}

static error_t parse_value(int key, char *arg, struct argp_state *state)
{
	struct gmemtop_options *o = state->input;

	switch (key) {
	case 'd':
		o->given |= GIVEN_DELAY;
		return gmem_parse_number(arg, 0.1, 3600, &o->delay_s) ? 0 :
			gmem_args_bad(state, "the delay is 0.1 to 3600 seconds, not", arg);
	case 'n':
		return gmem_parse_count(arg, 1, 1000000000, &o->count) ? 0 :
			gmem_args_bad(state, "the number of refreshes is 1 or more, not", arg);
	case 'p':
		return gmem_args_pid(state, arg, &o->pid);
	case 's':
		return parse_sort(o, arg, state);
	case OPT_VIEW:
		return parse_view(o, arg, state);
	case OPT_BACKING:
		return parse_backing(o, arg, state);
	case OPT_COLORS:
		o->given |= GIVEN_COLORS;
		return gmem_args_choose(state, "unknown colour set:", arg, ui_look_names, UI_LOOKS, &o->colors);
	case OPT_RECORD:
		o->record = arg;
		return 0;
	case OPT_REPLAY:
		o->replay = arg;
		return 0;
	case OPT_SPEED:
		return gmem_parse_number(arg, 0.01, 4096, &o->speed) ? 0 :
			gmem_args_bad(state, "the speed is 0.01 to 4096, not", arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* Rejects options that exclude each other, and sets those that others imply. */
static error_t check_options(struct gmemtop_options *o, const struct argp_state *state)
{
	if (o->csv && o->json)
		return gmem_args_bad(state, "one format at a time, not", "--json --csv");
	if (o->replay && o->record)
		return gmem_args_bad(state, "--replay excludes --record:", o->record);
	o->batch |= o->json || o->csv;
	return 0;
}

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct gmemtop_options *o = state->input;
	bool *flag = flag_of(o, key);

	if (flag) {
		*flag = true;
		return 0;
	}
	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->live;
		return 0;
	case '1':
		o->batch = true;
		o->count = 1;
		return 0;
	case OPT_INVALIDATIONS:
		o->live.groups |= GMEM_PROBES_INVALIDATIONS;
		return 0;
	case ARGP_KEY_ARG:
		/* Same as vmstat: [interval [count]]. */
		return state->arg_num > 1 ? ARGP_ERR_UNKNOWN :
			parse_value(state->arg_num ? 'n' : 'd', arg, state);
	case ARGP_KEY_END:
		return check_options(o, state);
	default:
		return parse_value(key, arg, state);
	}
}

void gmemtop_parse(struct gmemtop_options *o, int argc, char **argv)
{
	static const struct argp_child children[] = { { &gmem_live_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp argp = {
		options, parse_opt, "[SECONDS [COUNT]]",
		"Show the guest memory (guest_memfd) of all VMs: private and shared memory, "
		"conversions between them, and how long conversions take.\v"
		"Exit status: 0 ok, 1 failed, 2 usage, 3 no permission, 4 no KVM, 5 no BTF, "
		"6 nothing to attach to, 7 input or output.", children, NULL, NULL
	};

	*o = (struct gmemtop_options){
		.delay_s = 1, .sort = gmem_metric("conversions_per_s"), .speed = 1,
	};
	gmem_args_parse(&argp, argc, argv, o);
}
