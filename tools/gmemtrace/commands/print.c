// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace print and live: operations or events as lines, of a recording or as they happen. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clocks.h"
#include "base/stop.h"
#include "cli/args.h"
#include "commands/command.h"
#include "input/input.h"
#include "input/recording_file.h"
#include "print/show.h"

struct options {
	const char *path;	/* NULL: live */
	struct attach_options attach;
	struct show_options show;
	struct gmem_error *e;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->show;
		if (!o->path)
			state->child_inputs[1] = &o->attach;
		return 0;
	case ARGP_KEY_ARG:
		if (!o->path || state->arg_num)
			return ARGP_ERR_UNKNOWN;
		o->path = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static int print_all(struct gmem_source *source, struct show *s)
{
	int err = 0, flush_err;

	while (err >= 0 && !gmem_stopped()) {
		err = gmem_source_poll(source, 0, show_record, s);
		if (!err)
			err = gmem_source_sync(source, show_record, s);
	}
	flush_err = show_flush(s);
	return err < 0 && err != -ENODATA ? err : flush_err;
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
	err = show_start(&s, &o->show, info ? info->realtime_ns - info->monotonic_ns :
			 gmem_clock_ns(CLOCK_REALTIME) - gmem_now_ns());
	if (!err)
		err = info ? print_all(source, &s) : follow(source, &s, o->attach.seconds);
	show_summary(&s);
	if (info)
		recording_file_emit_end(source);
	show_end(&s);
	return err ? show_failed(err, o->e) : GMEM_OK;
}

enum gmem_status cmd_print(int argc, char **argv, struct gmem_error *e)
{
	static const struct argp_child children[] = { { &show_argp, 0, NULL, 0 }, { 0 } };
	static const struct argp argp = {
		NULL, parse, "[FILE]",
		"Prints a line for each operation of a recording, by default of "
		RECORDING_FILE ".",
		children, NULL, NULL
	};
	struct options o = { .path = RECORDING_FILE, .e = e };
	struct gmem_source *source = NULL;
	enum gmem_status status;

	gmem_args_parse(&argp, argc, argv, &o);
	status = gmem_recording_open(&source, o.path, e);
	if (!status)
		status = print_source(source, &o);
	gmem_source_close(source);
	return status;
}

enum gmem_status cmd_live(int argc, char **argv, struct gmem_error *e)
{
	static const struct argp_child children[] = {
		{ &show_argp, 0, NULL, 0 }, { &attach_argp, 0, NULL, 0 }, { 0 }
	};
	static const struct argp argp = {
		NULL, parse, NULL,
		"Prints a line for each operation on guest memory when it ends, with its latency.",
		children, NULL, NULL
	};
	struct options o = { .e = e };
	struct gmem_source *source = NULL;
	enum gmem_status status;

	gmem_args_parse(&argp, argc, argv, &o);
	if (o.show.events || o.show.filter.phase)
		o.attach.live.groups |= GMEM_PROBES_PHASES;
	status = gmem_live_open(&source, &o.attach.live, e);
	if (!status)
		status = print_source(source, &o);
	gmem_source_close(source);
	return status;
}
