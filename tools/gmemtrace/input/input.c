// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/clocks.h"
#include "base/stop.h"
#include "cli/args.h"
#include "cli/live_options.h"
#include "input/child.h"
#include "input/recording_file.h"
#include "recording/recording.h"

const struct option_row attach_rows[] = {
	{ "duration", 'd', "SEC", "End after SEC seconds (default: on Ctrl-C)", GMEM_LIVE_GROUP, OPTION_NUMBER,
	  .at = offsetof(struct attach_options, seconds), "invalid duration in seconds:", 0.001, 1e9 },
	{ 0 }
};

static const struct option_row rows[] = {
	{ "output", 'o', "FILE", "Write to FILE (default: stdout)", 0, OPTION_TEXT, .at = offsetof(struct input, output) },
	{ "record", 0, "FILE", "Write a recording to FILE, too", GMEM_LIVE_GROUP, OPTION_TEXT,
	  .at = offsetof(struct input, record) },
	{ 0 }
};

/* Takes the argument before -- as a recording, and those behind it as a command. */
static error_t parse_arg(struct input *in, char *arg, struct argp_state *state)
{
	if (state->quoted && state->next > state->quoted) {
		in->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	}
	if (in->file)
		return ARGP_ERR_UNKNOWN;
	in->file = arg;
	return 0;
}

static bool is_same_file(const char *a, const char *b)
{
	struct stat x, y;

	return !stat(a, &x) && !stat(b, &y) && S_ISREG(x.st_mode) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static error_t check_args(const struct input *in, const struct argp_state *state)
{
	const struct gmem_live_opts *live = &in->attach.live;

	if (!in->file)
		return 0;
	if (in->output && is_same_file(in->file, in->output))
		return gmem_args_bad(state, "the output is the recording that is read:",
				     in->output);
	if (in->command)
		return gmem_args_bad(state, "a recording is read, and no command run:", in->command[0]);
	if (in->attach.seconds > 0 || live->wait || live->ringbuf_bytes || live->set != GMEM_SET_ANY || in->record)
		return gmem_args_bad(state, "there are options of live tracing, but a recording is given:",
				     in->file);
	return 0;
}

error_t input_parse_rest(int key, char *arg, struct argp_state *state, void *ctx)
{
	switch (key) {
	case ARGP_KEY_ARG:
		return parse_arg(ctx, arg, state);
	case ARGP_KEY_END:
		return check_args(ctx, state);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void input_parse(struct input *in, const char *doc, struct option_table own, int argc, char **argv)
{
	const struct option_set set = {
		.usage = INPUT_USAGE, .doc = doc,
		.tables = { { rows, in }, own, { filter_rows, &in->filter }, { attach_rows, &in->attach } },
		.live = &in->attach.live, .rest = input_parse_rest, .ctx = in,
	};

	options_parse(&set, argc, argv);
}

static int on_record(void *ctx, const struct gmem_hdr *rec)
{
	struct input *in = ctx;
	int err;

	blind_warn(rec);
	if (in->selection.all)
		return in->fn(in->ctx, rec, true);
	err = filter_learn(&in->selection, rec);
	return err ? err : in->fn(in->ctx, rec, filter_selects(&in->selection, rec));
}

static double now_s(void)
{
	return (double)gmem_now_ns() / 1e9;
}

int input_replay(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	int n;

	do {
		n = gmem_source_poll(s, 0, fn, ctx);
		if (!n)
			n = gmem_source_sync(s, fn, ctx);
	} while (n >= 0 && !gmem_stopped());
	return n == -ENODATA || n == -ECANCELED || n >= 0 ? 0 : n;
}

static int follow(struct gmem_source *s, struct input *in, struct child *c)
{
	double interval = in->interval_s > 0 ? in->interval_s : 1, begin = now_s(), synced = begin;
	bool looked = false;	/* pending scans are known only after a poll */
	int n = 0;

	while (n >= 0 && !gmem_stopped() && (in->attach.seconds <= 0 || now_s() < begin + in->attach.seconds) &&
	       !(c->pid && child_ended(c)) && !(in->once && looked && !gmem_source_pending(s))) {
		double left = synced + interval - now_s();

		n = gmem_source_poll(s, left > 0.1 ? 100 : left > 0 ? (int)(left * 1000) : 0, on_record, in);
		if (n == -EINTR)
			n = 0;
		looked = true;
		if (n >= 0 && now_s() >= synced + interval) {
			n = gmem_source_sync(s, on_record, in);
			synced += interval;
		}
	}
	if (n >= 0)
		n = gmem_source_sync(s, on_record, in);
	return n == -ECANCELED || n >= 0 ? 0 : n;
}

enum gmem_status events_failed(int err, const char *to, const char *remedy, struct gmem_error *e)
{
	if (err == -ENOSPC || err == -EFBIG || err == -EPIPE || err == -EIO || err == -EDQUOT || err == -EROFS)
		return gmem_fail(e, GMEM_E_IO, remedy, "cannot write %s: %s", to, strerror(-err));
	return gmem_fail(e, GMEM_E_FAILED, "Run with -v for details.", "cannot read events: %s", strerror(-err));
}

static enum gmem_status input_failed(const struct input *in, const struct gmem_recording *w, int err)
{
	int bad_write = w ? gmem_recording_error(w) : 0;

	if (bad_write)
		return gmem_fail(in->e, GMEM_E_IO, "Check for a full disk.", "cannot write %s: %s", in->record,
				 strerror(-bad_write));
	if (in->file)
		return gmem_fail(in->e, GMEM_E_IO, "Use a file that gmemtrace record has written.",
				 "cannot read %s: %s", in->file, strerror(-err));
	return gmem_fail(in->e, GMEM_E_FAILED, "Run with -v for details.", "cannot read events: %s",
			 strerror(-err));
}

static void report_child_end(const struct child *c, char **command)
{
	if (!c->ended || !c->status)
		return;
	if (WIFSIGNALED(c->status))
		fprintf(stderr, "gmemtrace: %s was killed by signal %d\n", command[0], WTERMSIG(c->status));
	else
		fprintf(stderr, "gmemtrace: %s exited with status %d\n", command[0], WEXITSTATUS(c->status));
}

static enum gmem_status run_live(struct input *in, struct child *c)
{
	struct gmem_live_opts live = in->attach.live;
	struct gmem_source *s = NULL;
	struct gmem_recording *w = NULL;
	enum gmem_status status;
	int err = 0;

	live.inventory = true;
	status = gmem_live_open(&s, &live, in->e);
	if (!status && in->record)
		status = gmem_tee_create(&s, &w, in->record, GMEMTRACE_VERSION, in->e);
	if (!status && !in->once)
		fprintf(stderr, "gmemtrace: probes: %s; %s\n", gmem_source_describe(s),
			c->pid ? "until the command ends" : in->attach.seconds > 0 ? "until the time is over" :
			"Ctrl-C ends");
	if (!status && c->pid)
		err = child_run(c);
	if (err)
		status = gmem_fail(in->e, GMEM_E_USAGE, "Check that it is installed and in PATH.", "cannot run %s: %s",
				   in->command[0], strerror(-err));
	if (!status) {
		err = follow(s, in, c);
		status = err ? input_failed(in, w, err) : GMEM_OK;
		report_child_end(c, in->command);
	}
	gmem_source_close(s);
	return status;
}

static enum gmem_status run_replay(struct input *in)
{
	struct gmem_source *s = NULL;
	enum gmem_status status = gmem_recording_open(&s, in->file, in->e);
	int err;

	if (status)
		return status;
	recording_file_emit_filters(gmem_recording_info(s));
	err = input_replay(s, on_record, in);
	recording_file_emit_end(s);
	gmem_source_close(s);
	return err ? input_failed(in, NULL, err) : status;
}

/* Forks the command before privileges are dropped, so that it has those of the caller. */
static enum gmem_status run_with_command(struct input *in)
{
	struct child c = { .waits = -1 };
	int err = in->command ? child_prepare(&c, in->command) : 0;
	enum gmem_status status;

	if (err)
		return gmem_fail(in->e, GMEM_E_FAILED, NULL, "cannot start a process: %s", strerror(-err));
	status = run_live(in, &c);
	child_end(&c);
	return status;
}

enum gmem_status input_run(struct input *in, input_fn fn, void *ctx)
{
	enum gmem_status status;

	gmem_stop_on_signals();
	in->fn = fn;
	in->ctx = ctx;
	if (filter_init(&in->selection, &in->filter))
		return gmem_fail(in->e, GMEM_E_FAILED, NULL, "out of memory");
	status = in->file ? run_replay(in) : run_with_command(in);
	if (!status)
		filter_warn_unmet(&in->selection);
	filter_free(&in->selection);
	return status;
}
