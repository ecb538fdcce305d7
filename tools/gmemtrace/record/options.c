// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "base/number.h"
#include "cli/args.h"
#include "input/recording_file.h"
#include "record/record.h"

enum { OPT_MAX_SIZE = 1024, OPT_ROTATE, OPT_LAST };

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "Write to FILE (default " RECORDING_FILE "; -: stdout)", 0 },
	{ "max-size", OPT_MAX_SIZE, "SIZE", 0, "End at this size of the file, as 100M; with --rotate, start the next; with --last, size of memory (default 64M)", 0 },
	{ "rotate", OPT_ROTATE, "N", 0, "Keep N older files, FILE.1 to FILE.N, each readable alone", 0 },
	{ "last", OPT_LAST, "TIME", 0, "Keep the last TIME, as 30s, in memory; save it on SIGUSR1, at the end, and when an operation takes as long as --longer", 0 },
	{ 0 }
};

static error_t parse_rest(struct record_options *o, struct argp_state *state)
{
	o->command = state->argv + state->next;
	state->next = state->argc;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct record_options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->attach;
		state->child_inputs[1] = &o->filter;
		return 0;
	case 'o':
		o->out.path = arg;
		return 0;
	case OPT_MAX_SIZE:
		return gmem_parse_bytes(arg, &o->out.max_bytes) && o->out.max_bytes ? 0 :
			gmem_args_bad(state, "invalid size (use 100M):", arg);
	case OPT_ROTATE:
		return gmem_parse_count(arg, 1, 9999, &o->out.keep) ? 0 :
			gmem_args_bad(state, "no number of files to keep:", arg);
	case OPT_LAST:
		return gmem_parse_ns(arg, &o->out.last_ns) && o->out.last_ns ? 0 :
			gmem_args_bad(state, "invalid time (use 30s):", arg);
	case ARGP_KEY_ARGS:
		return parse_rest(o, state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

#define FLIGHT_BYTES	(64 << 20)

/* Sets defaults, and rejects options that exclude each other. */
static enum gmem_status complete_options(struct record_options *o)
{
	if (o->filter.phase)
		o->attach.live.groups |= GMEM_PROBES_PHASES;
	if (o->out.last_ns && !o->out.max_bytes)
		o->out.max_bytes = FLIGHT_BYTES;
	if (o->out.keep && !o->out.max_bytes)
		return gmem_fail(o->e, GMEM_E_USAGE, "Set the size of a file with --max-size.",
				 "--rotate without --max-size");
	if (o->out.path[0] == '-' && !o->out.path[1] && (o->out.keep || o->out.last_ns))
		return gmem_fail(o->e, GMEM_E_USAGE, "Name a file with -o.",
				 "stdout is one file: no --rotate, and no --last");
	return GMEM_OK;
}

enum gmem_status record_parse(struct record_options *o, int argc, char **argv)
{
	static const struct argp_child children[] = {
		{ &attach_argp, 0, NULL, 0 }, { &filter_argp, 0, NULL, 0 }, { 0 }
	};
	static const struct argp argp = {
		options, parse, "[-- COMMAND [ARG..]]",
		"Records operations on guest memory into a file until the command ends, or Ctrl-C.\v"
		"Exit status: that of the command, or of gmemtrace if there is none. Events that maps need "
		"are recorded for all VMs that pass --vm and -p, whatever the other filters.",
		children, NULL, NULL
	};

	gmem_args_parse(&argp, argc, argv, o);
	return complete_options(o);
}
