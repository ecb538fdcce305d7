// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace live: operations or events as lines, as they happen. */
#include <errno.h>
#include <stdio.h>
#include <time.h>

#include "base/stop.h"
#include "cli/args.h"
#include "commands/command.h"
#include "input/attach_options.h"
#include "print/show.h"

struct options {
	struct attach_options attach;
	struct show_options show;
	struct gmem_error *e;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	(void)arg;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = &o->attach;
	state->child_inputs[1] = &o->show;
	return 0;
}

static double clock_s(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int follow(struct gmem_source *source, struct show *s, double seconds)
{
	double end = clock_s(CLOCK_MONOTONIC) + seconds;
	int err = 0, flush_err;

	while (!gmem_stopped() && (!seconds || clock_s(CLOCK_MONOTONIC) < end)) {
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

static enum gmem_status print_live(struct gmem_source *source, const struct options *o)
{
	double off = clock_s(CLOCK_REALTIME) - clock_s(CLOCK_MONOTONIC);
	struct show s;
	int err;

	gmem_stop_on_signals();
	fprintf(stderr, "gmemtrace: probes: %s; %s\n", gmem_source_describe(source),
		o->attach.seconds > 0 ? "until the time is over" : "Ctrl-C ends");
	err = show_start(&s, &o->show, (uint64_t)(off * 1e9));
	if (!err)
		err = follow(source, &s, o->attach.seconds);
	show_summary(&s);
	show_end(&s);
	return err ? show_failed(err, o->e) : GMEM_OK;
}

enum gmem_status cmd_live(int argc, char **argv, struct gmem_error *e)
{
	static const struct argp_child children[] = {
		{ &attach_argp, 0, NULL, 0 }, { &show_argp, 0, NULL, 0 }, { 0 }
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
		status = print_live(source, &o);
	gmem_source_close(source);
	return status;
}
