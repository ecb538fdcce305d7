// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/recording_file.h"
#include "record/record.h"

#define AT(member) .at = offsetof(struct record_options, out.member)

static const struct option_row rows[] = {
	{ "output", 'o', "FILE", "Write to FILE (default " RECORDING_FILE "; -: stdout)", 0, OPTION_TEXT, AT(path) },
	{ "max-size", 0, "SIZE", "End at this size of the file, as 100M; with --rotate, start the next; with --last, size of memory (default 64M)", 0,
	  OPTION_BYTES, AT(max_bytes), "invalid size (use 100M):", 1 },
	{ "rotate", 0, "N", "Keep N older files, FILE.1 to FILE.N, each readable alone", 0, OPTION_COUNT, AT(keep),
	  "no number of files to keep:", 1, 9999 },
	{ "last", 0, "TIME", "Keep the last TIME, as 30s, in memory; save it on SIGUSR1, at the end, and when an operation takes as long as --longer", 0,
	  OPTION_NS, AT(last_ns), "invalid time (use 30s):", 1 },
	{ 0 }
};

static error_t parse_rest(int key, char *arg, struct argp_state *state, void *ctx)
{
	struct record_options *o = ctx;

	(void)arg;
	if (key != ARGP_KEY_ARGS)
		return ARGP_ERR_UNKNOWN;
	o->command = state->argv + state->next;
	state->next = state->argc;
	return 0;
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
	const struct option_set set = {
		.usage = "[-- COMMAND [ARG..]]",
		.doc = "Records operations on guest memory into a file until the command ends, or Ctrl-C.\v"
		"Exit status: that of the command, or of gmemtrace if there is none. Events that maps need "
		"are recorded for all VMs that pass --vm and -p, whatever the other filters.",
		.tables = { { rows, o }, { attach_rows, &o->attach }, { filter_rows, &o->filter } },
		.live = &o->attach.live, .rest = parse_rest, .ctx = o,
	};

	options_parse(&set, argc, argv);
	return complete_options(o);
}
