// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Main loop of `gmemtrace record`: records from the source to the recorder, a snapshot every second. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "abi/kinds.h"
#include "base/clocks.h"
#include "base/stop.h"
#include "input/recording_file.h"
#include "record/record.h"
#include "views/text.h"

#define SNAPSHOT_NS	1000000000ULL
#define POLL_MS		100

static volatile sig_atomic_t save_requested;

static int write_if_kept(struct record *r, const struct gmem_hdr *rec)
{
	return filter_keeps(&r->filter, rec) ? recorder_write(&r->out, rec) : 0;
}

/* Writes the held record of a VM: whether it passes may depend on its name, which comes after it. */
static int release_held(struct record *r)
{
	struct gmem_vm_rec vm;

	if (!r->held.h.size)
		return 0;
	vm = r->held;
	r->held.h.size = 0;
	return write_if_kept(r, &vm.h);
}

/* Returns true, once, for a begin that a snapshot repeats trigger_ns or more after it happened. */
static bool triggers_in_flight(struct record *r, const struct gmem_hdr *rec)
{
	if (r->snapshot_ns < r->armed_ns || rec->ts_ns + r->trigger_ns > r->snapshot_ns ||
	    rec->ts_ns <= r->hung_ns)
		return false;
	r->hung_ns = rec->ts_ns;	/* once: a second save would overwrite the begin of the operation */
	return true;
}

static void look_for_trigger(struct record *r, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);

	if (rec->kind == GMEM_INFLIGHT)
		r->snapshot_ns = rec->ts_ns;
	if (!k || !filter_wants_vm(&r->filter, rec))
		return;
	if (k->phase == GMEM_END && rec->ts_ns >= r->armed_ns &&
	    ((const struct gmem_rec *)rec)->dur_ns >= r->trigger_ns)
		r->triggered = true;
	if (rec->flags & GMEM_REC_REPEATED && triggers_in_flight(r, rec))
		r->triggered = true;
}

static int filter_and_write(struct record *r, const struct gmem_hdr *rec)
{
	int err = filter_learn(&r->filter, rec);

	blind_warn(rec);
	if (rec->kind == GMEM_LOST)
		memcpy(r->lost, ((const struct gmem_lost_rec *)rec)->lost, sizeof(r->lost));
	if (r->trigger_ns)
		look_for_trigger(r, rec);
	if (!err)
		err = release_held(r);
	if (rec->kind == GMEM_VM && r->o->filter.vm) {
		memcpy(&r->held, rec, sizeof(r->held));
		return err;
	}
	return err ? err : write_if_kept(r, rec);
}

static int on_record(void *ctx, const struct gmem_hdr *rec)
{
	struct record *r = ctx;

	if (r->keeps_all && gmem_is_operation(rec->kind))
		return recorder_write_operation(&r->out, rec);
	return filter_and_write(r, rec);
}

static int take_snapshot(struct record *r)
{
	int err = gmem_clocks_emit(&r->clocks, recorder_write, &r->out);

	if (!err)
		err = gmem_source_sync(r->source, on_record, r);
	if (!err)
		err = release_held(r);
	return err ? err : recorder_flush(&r->out);
}

static void on_signal(int sig)
{
	if (sig == SIGUSR1)
		save_requested = 1;
}

/* Lets SIGCHLD and SIGUSR1 interrupt the poll, and turns SIGPIPE into a write error. */
static void catch_signals(const struct record *r)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGCHLD, &sa, NULL);
	if (r->o->out.last_ns)
		sigaction(SIGUSR1, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
	gmem_stop_on_signals();
}

/* Saves the flight recorder, and disarms the trigger until its window begins after this save. */
static enum gmem_status save_flight(struct record *r, struct gmem_error *e)
{
	enum gmem_status status;
	uint64_t begin = gmem_now_ns();

	r->triggered = false;
	save_requested = 0;
	r->armed_ns = begin + r->o->out.last_ns;
	status = recorder_save(&r->out, e);
	if (!status)
		fprintf(stderr, "%sgmemtrace: saved the last %.1f s to %s\n", isatty(STDERR_FILENO) ? "\r\033[K" : "",
			(double)r->o->out.last_ns / 1e9, r->o->out.path);
	return status;
}

static bool is_over(struct record *r, uint64_t now)
{
	uint64_t most = (uint64_t)(r->o->attach.seconds * 1e9);

	return gmem_stopped() || r->out.full || (r->child.pid && child_ended(&r->child)) ||
	       (most && now - r->begin_ns >= most);
}

static int one_second(struct record *r)
{
	uint64_t next_ns = gmem_now_ns() + SNAPSHOT_NS;
	int n;

	while (!is_over(r, gmem_now_ns()) && gmem_now_ns() < next_ns && !save_requested) {
		n = gmem_source_poll(r->source, POLL_MS, on_record, r);
		if (n < 0 && n != -EINTR)
			return n;
	}
	return is_over(r, gmem_now_ns()) ? 0 : take_snapshot(r);
}

/* Takes the last snapshot, once events have stopped: its counters match the records. A second signal skips it. */
static int take_last_snapshot(struct record *r)
{
	if (gmem_stops() > 1)
		return 0;
	gmem_source_stop(r->source);
	return take_snapshot(r);
}

static double seconds(const struct record *r)
{
	return (double)(gmem_now_ns() - r->begin_ns) / 1e9;
}

static uint64_t all_lost(const struct record *r)
{
	uint64_t sum = 0;

	for (int i = 0; i < GMEM_LOSSES; i++)
		sum += r->lost[i];
	return sum;
}

/* Prints a line of progress on stderr, if that is a terminal. */
static void print_progress(const struct record *r)
{
	struct gmem_recording_stats s = recorder_stats(&r->out);
	char events[16], bytes[16];

	if (!isatty(STDERR_FILENO))
		return;
	fprintf(stderr, "\r\033[K%.0f s  %s %s  %s  lost %llu", seconds(r),
		gmem_text_count(events, sizeof(events), (double)r->out.events),
		gmem_text_plural(r->out.events, "event", "events"),
		gmem_text_bytes(bytes, sizeof(bytes), s.bytes), (unsigned long long)all_lost(r));
}

int record_run(struct record *r, struct gmem_error *e)
{
	int err = 0;

	catch_signals(r);
	r->keeps_all = r->filter.all && !r->trigger_ns;
	r->begin_ns = gmem_now_ns();
	while (!err && !is_over(r, gmem_now_ns())) {
		err = one_second(r);
		if (!err && r->out.flight && (save_requested || r->triggered) && save_flight(r, e))
			return -EIO;
		print_progress(r);
	}
	if (!err)
		err = take_last_snapshot(r);
	if (!err && r->out.flight && save_flight(r, e))
		return -EIO;
	return err;
}

void record_summary(const struct record *r)
{
	struct gmem_recording_stats s = recorder_stats(&r->out);
	typedef unsigned long long ull;

	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\r\033[K");
	fprintf(stderr, "gmemtrace: %llu %s, %llu %s, %llu bytes in %u %s: %s; %.2f s; lost",
		(ull)r->out.events, gmem_text_plural(r->out.events, "event", "events"),
		(ull)s.records, gmem_text_plural(s.records, "record", "records"), (ull)s.bytes,
		r->out.files, gmem_text_plural(r->out.files, "file", "files"), r->o->out.path, seconds(r));
	for (int i = 0; i < GMEM_LOSSES; i++)
		fprintf(stderr, "%s %s %llu", i ? "," : "", gmem_loss_names[i], (ull)r->lost[i]);
	fprintf(stderr, "%s\n", r->out.full ? "; the maximum size is reached" : "");
}
