// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/batch.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/stop.h"
#include "run/consumer.h"
#include "views/json.h"

/* Limit of the wait for the scan of all VMs before the first refresh, which may be the only one. */
#define FIRST_MS 10000

struct batch {
	struct gmem_source *source;
	const struct gmemtop_options *o;
	struct consumer consumer;
	struct ui ui;			/* for text */
	unsigned long printed;
	int64_t next_ms;
};

static int take_record(void *ctx, const struct gmem_hdr *rec)
{
	return consumer_apply(&((struct batch *)ctx)->consumer, rec);
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Reads records during the wait, so that the ring buffer does not overflow. */
static int wait_until(struct batch *b, int64_t until_ms, bool for_inventory)
{
	int64_t left;

	while (!gmem_stopped() && (left = until_ms - now_ms()) > 0 &&
	       (!for_inventory || gmem_source_pending(b->source))) {
		int n = gmem_source_poll(b->source, left < 100 ? (int)left : 100, take_record, b);

		if (n < 0 && n != -EINTR)
			return n;
	}
	return 0;
}

/* Reads up to the next snapshot: after the delay if live, at once from a recording. */
static int next_snapshot(struct batch *b)
{
	int err;

	if (b->o->replay)
		return gmem_source_sync(b->source, take_record, b);
	b->next_ms += (int64_t)(b->o->delay_s * 1000);
	err = wait_until(b, b->next_ms, false);
	if (!err && !b->printed)
		err = wait_until(b, now_ms() + FIRST_MS, true);
	return err ? err : gmem_source_sync(b->source, take_record, b);
}

static void print_json(const struct gmem_model *m, const char *probes, uint32_t pid)
{
	struct json_object *o = gmem_json_model(m, probes, pid);

	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
	json_object_put(o);
}

static void print_refresh(struct batch *b)
{
	const struct gmem_model *m = b->consumer.model;
	const char *probes = gmem_source_describe(b->source);

	if (b->o->json)
		print_json(m, probes, b->o->pid);
	else if (b->o->csv)
		batch_print_csv(m, b->o, !b->printed);
	else
		batch_print_text(m, probes, &b->ui, b->o->ascii);
}

static enum gmem_status fail_source(struct gmem_error *e, int err)
{
	return gmem_fail(e, GMEM_E_FAILED, "Run again with -v for details.",
			 "cannot read events: %s", strerror(-err));
}

static bool flush_output(void)
{
	return !fflush(stdout) && !ferror(stdout);
}

/*
 * True for every live refresh: when the source ends or is stopped, the final state is printed.
 * At the end of a recording, true only if a snapshot came since the last refresh, or if a
 * truncated recording holds events but no snapshot.
 */
static bool is_to_be_printed(const struct batch *b, bool ended, unsigned long syncs)
{
	if (!ended || !b->o->replay)
		return true;
	return b->consumer.syncs > syncs || (!b->printed && b->consumer.model->nr_events);
}

static enum gmem_status print_refreshes(struct batch *b, struct gmem_error *e)
{
	bool ended = false;

	while (!ended && (!b->o->count || b->printed < b->o->count)) {
		unsigned long syncs = b->consumer.syncs;
		int err = next_snapshot(b);

		ended = err == -ENODATA || gmem_stopped();
		if (err && err != -ENODATA && err != -EINTR)
			return fail_source(e, err);
		if (!is_to_be_printed(b, ended, syncs))
			return GMEM_OK;
		print_refresh(b);
		b->printed++;
		if (!flush_output())
			return gmem_fail(e, GMEM_E_IO, "Is the disk full, or the reader gone?",
					 "cannot write to stdout: %s", strerror(errno));
	}
	return GMEM_OK;
}

enum gmem_status batch_run(struct gmem_source *s, const struct gmemtop_options *o,
			   struct gmem_error *e)
{
	struct batch b = {
		.source = s, .o = o, .next_ms = now_ms(), .consumer = { .model = gmem_model_new() },
	};
	enum gmem_status status;
	bool ready = ui_init(&b.ui, o->sort, o->reverse, o->delay_s, o->pid);

	b.consumer.ui = &b.ui;
	b.ui.view = o->view;
	if (ready && b.consumer.model) {
		gmem_stop_on_signals();
		status = print_refreshes(&b, e);
	} else {
		status = gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	}
	gmem_model_free(b.consumer.model);
	ui_free(&b.ui);
	return status;
}
