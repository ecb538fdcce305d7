// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

#include "child.h"
#include "number.h"
#include "recording.h"
#include "stop.h"

enum { OPT_RECORD = 768, OPT_RINGBUF, OPT_PROBES, OPT_WAIT };

static const struct argp_option options[] = {
	{ "duration", 'd', "SEC", 0, "Live: end after SEC seconds (default: on Ctrl-C, or with COMMAND)", 2 },
	{ "record", OPT_RECORD, "FILE", 0, "Live: record to FILE, too", 2 },
	{ "probes", OPT_PROBES, "SET", 0, "Live: tracepoints or stock (default: tracepoints where there are any)", 2 },
	{ "ringbuf", OPT_RINGBUF, "MIB", 0, "Live: size of the event buffer (default: by number of CPUs)", 2 },
	{ "wait", OPT_WAIT, NULL, 0, "Live: where there is no KVM, wait until it is loaded", 2 },
	{ "verbose", 'v', NULL, 0, "Show what libbpf says", 2 },
	{ 0 }
};

static error_t bad(const struct input *in, const char *what, const char *arg)
{
	char hint[64];

	snprintf(hint, sizeof(hint), "See gmemtrace %s --help.", in->name);
	gmem_fail(in->e, GMEM_E_USAGE, hint, "%s '%s'", what, arg);
	return EINVAL;
}

static bool is_live_option(int key)
{
	return key == 'd' || key == OPT_RECORD || key == OPT_PROBES || key == OPT_RINGBUF || key == OPT_WAIT;
}

/* What is behind -- is a command, and what is before it a recording. */
static error_t parse_arg(struct input *in, char *arg, struct argp_state *state)
{
	if (state->quoted && state->next > state->quoted) {
		in->command = &state->argv[state->next - 1];
		state->next = state->argc;
		return 0;
	}
	if (in->file)
		return bad(in, "unexpected argument", arg);
	in->file = arg;
	return 0;
}

static error_t check(const struct input *in)
{
	if (in->file && in->command)
		return bad(in, "a recording is read, and no command run:", in->command[0]);
	if (in->file && (in->seconds > 0 || in->record || in->wait || in->ringbuf_bytes || in->set != GMEM_SET_ANY))
		return bad(in, "that is an option of live tracing, not of a recording:", in->file);
	return 0;
}

static error_t parse_opt(int key, char *arg, struct argp_state *state)
{
	struct input *in = state->input;
	double v;

	switch (key) {
	case 'd':
		return gmem_parse_number(arg, 0.001, 1e9, &in->seconds) ? 0 :
			bad(in, "no duration in seconds:", arg);
	case OPT_RECORD:
		in->record = arg;
		return 0;
	case OPT_PROBES:
		in->set = gmem_set_by_name(arg);
		return in->set != GMEM_SETS ? 0 : bad(in, "no set of probes:", arg);
	case OPT_RINGBUF:
		if (!gmem_parse_number(arg, 0.0625, 1024, &v))
			return bad(in, "the event buffer has 0.0625 to 1024 MiB, not", arg);
		in->ringbuf_bytes = (uint64_t)(v * 1048576);
		return 0;
	case OPT_WAIT:
		in->wait = true;
		return 0;
	case 'v':
		in->verbose++;
		return 0;
	case ARGP_KEY_ARG:
		return parse_arg(in, arg, state);
	case ARGP_KEY_END:
		return check(in);
	default:
		return is_live_option(key) ? EINVAL : ARGP_ERR_UNKNOWN;
	}
}

const struct argp input_argp = { options, parse_opt, NULL, NULL, NULL, NULL, NULL };

void input_init(struct input *in, const char *name, struct gmem_error *e)
{
	*in = (struct input){ .set = GMEM_SET_ANY, .name = name, .e = e };
}

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* -ENODATA and -ECANCELED are ends in order. */
static int replay(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	int n;

	do {
		n = gmem_source_poll(s, 0, fn, ctx);
		if (!n)
			n = gmem_source_sync(s, fn, ctx);
	} while (n >= 0 && !gmem_stopped());
	return n == -ENODATA || n == -ECANCELED || n >= 0 ? 0 : n;
}

static int follow(struct gmem_source *s, const struct input *in, struct child *c, gmem_record_fn fn, void *ctx)
{
	double interval = in->interval_s > 0 ? in->interval_s : 1, begin = now_s(), synced = begin;
	int n = 0;

	while (n >= 0 && !gmem_stopped() && (in->seconds <= 0 || now_s() < begin + in->seconds) &&
	       !(c->pid && child_ended(c)) && !(in->once && !gmem_source_pending(s))) {
		double left = synced + interval - now_s();

		n = gmem_source_poll(s, left > 0.1 ? 100 : left > 0 ? (int)(left * 1000) : 0, fn, ctx);
		if (n == -EINTR)
			n = 0;
		if (n >= 0 && now_s() >= synced + interval) {
			n = gmem_source_sync(s, fn, ctx);
			synced += interval;
		}
	}
	if (n >= 0)
		n = gmem_source_sync(s, fn, ctx);
	return n == -ECANCELED || n >= 0 ? 0 : n;
}

static enum gmem_status open_live(struct gmem_source **out, const struct input *in)
{
	const struct gmem_live_opts live = {
		.ringbuf_bytes = in->ringbuf_bytes, .groups = in->groups, .set = in->set,
		.inventory = true, .wait = in->wait, .backing_ns = in->backing_ns, .verbose = in->verbose,
	};

	return gmem_live_open(out, &live, in->e);
}

/* All that the source yields goes there, too. */
static enum gmem_status open_record(struct gmem_source **source, struct gmem_recording **w,
				    const struct input *in)
{
	struct gmem_recording_info info = { 0 };
	struct gmem_source *tee;
	enum gmem_status status;

	gmem_recording_host_info(&info, "gmemtrace 0.1");
	snprintf(info.probes, sizeof(info.probes), "%s", gmem_source_describe(*source));
	status = gmem_recording_create(w, in->record, &info, in->e);
	if (status)
		return status;
	tee = gmem_tee_open(*source, *w);
	if (!tee) {
		gmem_recording_close(*w);
		return gmem_fail(in->e, GMEM_E_FAILED, NULL, "out of memory");
	}
	*source = tee;
	return GMEM_OK;
}

static enum gmem_status failed(const struct input *in, const struct gmem_recording *w, int err)
{
	int bad_write = w ? gmem_recording_error(w) : 0;

	if (bad_write)
		return gmem_fail(in->e, GMEM_E_IO, "Is the disk full?", "cannot write %s: %s", in->record,
				 strerror(-bad_write));
	if (in->file)
		return gmem_fail(in->e, GMEM_E_IO, "Is it a recording of gmemtrace record?",
				 "cannot read %s: %s", in->file, strerror(-err));
	return gmem_fail(in->e, GMEM_E_FAILED, "Run it again with -v for more.", "cannot read events: %s",
			 strerror(-err));
}

static void tell_end(const struct child *c, char **command)
{
	if (!c->ended || !c->status)
		return;
	if (WIFSIGNALED(c->status))
		fprintf(stderr, "gmemtrace: %s was ended by signal %d\n", command[0], WTERMSIG(c->status));
	else
		fprintf(stderr, "gmemtrace: %s ended with status %d\n", command[0], WEXITSTATUS(c->status));
}

static enum gmem_status run_live(struct input *in, struct child *c, gmem_record_fn fn, void *ctx)
{
	struct gmem_source *s = NULL;
	struct gmem_recording *w = NULL;
	enum gmem_status status = open_live(&s, in);
	int err = 0;

	if (!status && in->record)
		status = open_record(&s, &w, in);
	if (!status && c->pid)
		err = child_run(c);
	if (err)
		status = gmem_fail(in->e, GMEM_E_USAGE, "Is it installed, and in PATH?", "cannot run %s: %s",
				   in->command[0], strerror(-err));
	if (!status) {
		err = follow(s, in, c, fn, ctx);
		status = err ? failed(in, w, err) : GMEM_OK;
		tell_end(c, in->command);
	}
	gmem_source_close(s);
	return status;
}

enum gmem_status input_run(struct input *in, gmem_record_fn fn, void *ctx)
{
	struct child c = { .go = -1, .failed = -1 };
	struct gmem_source *s = NULL;
	enum gmem_status status;
	int err = 0;

	gmem_stop_on_signals();
	if (in->file) {
		status = gmem_recording_open(&s, in->file, in->e);
		if (!status)
			err = replay(s, fn, ctx);
		gmem_source_close(s);
		return err ? failed(in, NULL, err) : status;
	}
	/* Before privileges are given up: the command has those that we were given. */
	if (in->command)
		err = child_prepare(&c, in->command);
	if (err)
		return gmem_fail(in->e, GMEM_E_FAILED, NULL, "cannot make a process: %s", strerror(-err));
	status = run_live(in, &c, fn, ctx);
	child_end(&c);
	return status;
}
