// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace print and live: operations or events as lines, of a recording or as they happen. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clocks.h"
#include "base/stop.h"
#include "commands/command.h"
#include "input/input.h"
#include "input/recording_file.h"
#include "print/show.h"
#include "recording/recording.h"

struct options {
	const char *path;	/* NULL: live */
	struct attach_options attach;
	struct show_options show;
	struct gmem_error *e;
};

static error_t parse_rest(int key, char *arg, struct argp_state *state, void *ctx)
{
	struct options *o = ctx;

	if (key != ARGP_KEY_ARG || state->arg_num)
		return ARGP_ERR_UNKNOWN;
	o->path = arg;
	return 0;
}

static int print_all(struct gmem_source *source, struct show *s)
{
	int err = input_replay(source, show_record, s), flush_err = show_flush(s);

	return err ? err : flush_err;
}

static int follow(struct gmem_source *source, struct show *s, double seconds)
{
	uint64_t end = gmem_now_ns() + (uint64_t)(seconds * 1e9);
	int err = 0, flush_err;

	while (!gmem_stopped() && (!seconds || gmem_now_ns() < end)) {
		err = gmem_source_poll(source, 100, show_record, s);
		flush_err = show_flush(s);
		if (err < 0 && err != -EINTR)
			return err;
		if (flush_err)
			return flush_err;
	}
	err = gmem_source_sync(source, show_record, s);
	flush_err = show_flush(s);
	return err ? err : flush_err;
}

static enum gmem_status print_source(struct gmem_source *source, const struct options *o)
{
	const struct gmem_recording_info *info = o->path ? gmem_recording_info(source) : NULL;
	struct show s;
	int err;

	gmem_stop_on_signals();
	if (info)
		recording_file_emit_filters(info);
	else
		fprintf(stderr, "gmemtrace: probes: %s; %s\n", gmem_source_describe(source),
			o->attach.seconds > 0 ? "until the time is over" : "Ctrl-C ends");
	err = show_start(&s, &o->show, stdout, info ? info->realtime_ns - info->monotonic_ns :
			 gmem_clock_ns(CLOCK_REALTIME) - gmem_now_ns());
	if (!err)
		err = info ? print_all(source, &s) : follow(source, &s, o->attach.seconds);
	show_summary(&s);
	if (info)
		recording_file_emit_end(source);
	show_end(&s);
	return !err ? GMEM_OK :
		events_failed(err, "to stdout", "Check for a full disk, or a reader that has ended.", o->e);
}

enum gmem_status cmd_print(int argc, char **argv, struct gmem_error *e)
{
	struct options o = { .path = RECORDING_FILE, .e = e };
	const struct option_set set = {
		.usage = "[FILE]",
		.doc = "Prints a line for each operation of a recording, by default of " RECORDING_FILE ".",
		.tables = { { show_rows, &o.show }, { filter_rows, &o.show.filter } },
		.rest = parse_rest, .ctx = &o,
	};
	struct gmem_source *source = NULL;
	enum gmem_status status;

	options_parse(&set, argc, argv);
	status = gmem_recording_open(&source, o.path, e);
	if (!status)
		status = print_source(source, &o);
	gmem_source_close(source);
	return status;
}

enum gmem_status cmd_live(int argc, char **argv, struct gmem_error *e)
{
	struct options o = { .e = e };
	const struct option_set set = {
		.doc = "Prints a line for each operation on guest memory when it ends, with its latency.",
		.tables = { { show_rows, &o.show }, { filter_rows, &o.show.filter }, { attach_rows, &o.attach } },
		.live = &o.attach.live,
	};
	struct gmem_source *source = NULL;
	enum gmem_status status;

	options_parse(&set, argc, argv);
	if (o.show.events || o.show.filter.phase)
		o.attach.live.groups |= GMEM_PROBES_PHASES;
	status = gmem_live_open(&source, &o.attach.live, e);
	if (!status)
		status = print_source(source, &o);
	gmem_source_close(source);
	return status;
}
