// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace print: a recording as lines. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/stop.h"
#include "cli/args.h"
#include "commands/command.h"
#include "input/recording_file.h"
#include "print/show.h"
#include "recording/recording.h"

struct options {
	const char *path;
	struct show_options show;
	struct gmem_error *e;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	switch (key) {
	case ARGP_KEY_INIT:
		state->child_inputs[0] = &o->show;
		return 0;
	case ARGP_KEY_ARG:
		if (state->arg_num)
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

static enum gmem_status print_recording(struct gmem_source *source, const struct options *o)
{
	const struct gmem_recording_info *info = gmem_recording_info(source);
	struct show s;
	int err;

	gmem_stop_on_signals();
	recording_file_emit_filters(info);
	err = show_start(&s, &o->show, info->realtime_ns - info->monotonic_ns);
	if (!err)
		err = print_all(source, &s);
	show_summary(&s);
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
		status = print_recording(source, &o);
	gmem_source_close(source);
	return status;
}
