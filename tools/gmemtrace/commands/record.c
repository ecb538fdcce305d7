// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* gmemtrace record: recording of live events until a command ends, a time is over, or Ctrl-C. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/stop.h"
#include "commands/command.h"
#include "input/recording_file.h"
#include "live/privileges.h"
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

static enum gmem_status parse_options(struct record_options *o, int argc, char **argv)
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

static void fill_info(struct gmem_recording_info *info, const struct record_options *o,
		     const struct gmem_source *source)
{
	unsigned int groups = o->attach.live.groups;
	size_t used = 0;

	gmem_recording_host_info(info, GMEMTRACE_VERSION);
	snprintf(info->probes, sizeof(info->probes), "%s", gmem_source_describe(source));
	snprintf(info->groups, sizeof(info->groups), "base%s%s", groups & GMEM_PROBES_PHASES ? " phases" : "",
		 groups & GMEM_PROBES_FAULTS ? " faults" : "");
	if (!o->out.last_ns || o->filter.vm || o->filter.pid)
		filter_text(&o->filter, info->filters, sizeof(info->filters));
	for (char **arg = o->command; arg && *arg && used < sizeof(info->command); arg++)
		used += (size_t)snprintf(info->command + used, sizeof(info->command) - used, "%s%s",
					 used ? " " : "", *arg);
}

/* Waits for the command, which is no longer recorded; a second signal ends the wait. @stop: send SIGTERM first. */
static void end_child(struct child *c, bool stop)
{
	/* The command was never started. */
	if (c->waits >= 0)
		child_end(c);
	if (stop && !child_ended(c))
		kill(c->pid, SIGTERM);
	while (!child_ended(c) && gmem_stops() < 2)
		usleep(10000);
}

/* Returns the command's exit status as a shell does: 128 + signal if it was killed. */
static enum gmem_status child_status(const struct child *c)
{
	if (!c->pid || !c->ended)
		return GMEM_OK;
	return (enum gmem_status)(WIFSIGNALED(c->status) ? 128 + WTERMSIG(c->status) :
				  WEXITSTATUS(c->status));
}

static enum gmem_status start_child(struct record *r, struct gmem_error *e)
{
	int err = r->o->command ? child_run(&r->child) : 0;

	if (!err)
		return GMEM_OK;
	return gmem_fail(e, GMEM_E_FAILED, "Check that it exists and is executable.",
			 "cannot run %s: %s", r->o->command[0], strerror(-err));
}

static enum gmem_status record_failed(const struct record *r, int err, struct gmem_error *e)
{
	return e->status ? e->status :
		events_failed(err, r->o->out.path, "Records from before the error are in it, and can be read.", e);
}

/* Starts the filter. With --last, --longer is the trigger of a save, not a filter. */
static int start_filter(struct record *r)
{
	struct filter_options filter = r->o->filter;

	if (r->o->out.last_ns) {
		r->trigger_ns = filter.longer_ns;
		filter.longer_ns = 0;
	}
	return filter_init(&r->filter, &filter);
}

static enum gmem_status record(struct record *r, struct gmem_error *e)
{
	struct gmem_recording_info info;
	enum gmem_status status;
	int err, close_err;

	fill_info(&info, r->o, r->source);
	if (start_filter(r))
		return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	status = recorder_open(&r->out, &r->o->out, &info, e);
	if (!status) {
		fprintf(stderr, "gmemtrace: probes: %s; %s\n", info.probes,
			r->o->command ? "until the command ends" :
			r->o->attach.seconds > 0 ? "until the time is over" : "Ctrl-C ends");
		status = start_child(r, e);
	}
	err = status ? 0 : record_run(r, e);
	close_err = recorder_close(&r->out);
	err = err ? err : close_err;
	if (!status)
		record_summary(r);
	filter_free(&r->filter);
	return status ? status : err ? record_failed(r, err, e) : GMEM_OK;
}

static enum gmem_status attach_and_record(const struct record_options *o, struct gmem_error *e)
{
	struct gmem_live_opts live = o->attach.live;
	struct record r = { .o = o, .child = { .waits = -1 } };
	enum gmem_status status;
	int err = o->command ? child_prepare(&r.child, o->command) : 0;

	if (err)
		return gmem_fail(e, GMEM_E_FAILED, NULL, "cannot start a process: %s", strerror(-err));
	live.inventory = true;
	live.inflight = o->filter.longer_ns;
	live.keep_caps = GMEM_CAPS_FILES;
	status = gmem_live_open(&r.source, &live, e);
	if (!status)
		status = record(&r, e);
	gmem_source_close(r.source);
	/* Reported now, as the command may run on for long. */
	if (status && *e->what) {
		gmem_report("gmemtrace", e);
		*e->what = '\0';
	}
	end_child(&r.child, !status);
	return status ? status : child_status(&r.child);
}

enum gmem_status cmd_record(int argc, char **argv, struct gmem_error *e)
{
	struct record_options o = { .out.path = RECORDING_FILE, .e = e };
	enum gmem_status status = parse_options(&o, argc, argv);

	return status ? status : attach_and_record(&o, e);
}
