// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <errno.h>

#include "number.h"
#include "record.h"
#include "recording_file.h"

enum { OPT_MAX_SIZE = 1024, OPT_ROTATE, OPT_LAST };

static const struct argp_option options[] = {
	{ "output", 'o', "FILE", 0, "Where to (default: " RECORDING_FILE "); -: stdout", 0 },
	{ "max-size", OPT_MAX_SIZE, "SIZE", 0, "End when the file is so big: 100M, 2G; with --rotate, begin the next; with --last, of memory (64M)", 0 },
	{ "rotate", OPT_ROTATE, "N", 0, "Keep N older files, FILE.1 and so on; each can be read alone", 0 },
	{ "last", OPT_LAST, "TIME", 0, "Keep only the last TIME, as 30s, in memory; save it on SIGUSR1, at the end, and when an operation takes as long as --longer says", 0 },
	{ 0 }
};

static error_t bad(const struct record_options *o, const char *what, const char *arg)
{
	gmem_fail(o->e, GMEM_E_USAGE, "See gmemtrace record --help.", "%s '%s'", what, arg);
	return EINVAL;
}

static error_t parse_rest(struct record_options *o, struct argp_state *state)
{
	o->command = state->argv + state->next;
	state->next = state->argc;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct record_options *o = state->input;
	double v;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->attach_input;
		state->child_inputs[1] = &o->filter_input;
		return 0;
	case 'o':
		o->out.path = arg;
		return 0;
	case OPT_MAX_SIZE:
		return gmem_parse_bytes(arg, &o->out.max_bytes) && o->out.max_bytes ? 0 :
			bad(o, "no size, as 100M:", arg);
	case OPT_ROTATE:
		if (!gmem_parse_number(arg, 1, 9999, &v))
			return bad(o, "no number of files to keep:", arg);
		o->out.keep = (unsigned int)v;
		return 0;
	case OPT_LAST:
		return gmem_parse_ns(arg, &o->out.last_ns) ? 0 : bad(o, "no time, as 30s:", arg);
	case ARGP_KEY_ARGS:
		return parse_rest(o, state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

#define FLIGHT_BYTES	(64 << 20)

/* What does not go together, and what is not said. */
static enum gmem_status complete(struct record_options *o)
{
	if (o->out.last_ns && !o->out.max_bytes)
		o->out.max_bytes = FLIGHT_BYTES;
	if (o->out.keep && !o->out.max_bytes)
		return gmem_fail(o->e, GMEM_E_USAGE, "Say how big a file may be.",
				 "--rotate without --max-size");
	if (o->out.path[0] == '-' && !o->out.path[1] && (o->out.keep || o->out.last_ns))
		return gmem_fail(o->e, GMEM_E_USAGE, "Name a file with -o.",
				 "stdout is one file: no --rotate, and no --last");
	return GMEM_OK;
}

enum gmem_status record_parse(struct record_options *o, int argc, char **argv)
{
	static const struct argp_child children[] = {
		{ &attach_argp, 0, NULL, 2 }, { &filter_argp, 0, "Which events:", 1 }, { 0 }
	};
	static const struct argp argp = {
		options, parse, "[-- COMMAND [ARG..]]",
		"Records operations on guest memory into a file, until the command ends, or on Ctrl-C.\v"
		"Exit status: that of the command, or of gmemtrace if there is none. What maps need is "
		"recorded of all VMs that are wanted, whatever else is filtered.",
		children, NULL, NULL
	};

	o->attach_input = (struct attach_input){ &o->attach, o->e, "record" };
	o->filter_input = (struct filter_input){ &o->filter, o->e, "record" };
	argp_err_exit_status = GMEM_E_USAGE;
	if (argp_parse(&argp, argc, argv, ARGP_IN_ORDER, NULL, o))
		return o->e->status ? o->e->status : GMEM_E_USAGE;
	return complete(o);
}
