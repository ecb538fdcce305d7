// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Live, records are read as they arrive, with a refresh every delay_s seconds. In a replay, recorded
 * snapshots are shown when they are due.
 */
#include "run/loop.h"

#include <errno.h>

#include "base/clocks.h"
#include "base/stop.h"
#include "recording/recording.h"
#include "run/consumer.h"
#include "screen/draw.h"
#include "ui/settings.h"

/*
 * The loop waits for keys, not for records: the ring buffer holds megabytes, and waking up for
 * each record would cost more than handling it. With many records it wakes up sooner.
 */
#define WAIT_MS		50
#define WAIT_BUSY_MS	5
#define BUSY_RECORDS	5000

/* Longest time for records before keys are handled again. */
#define TAKE_MS		40
#define SYNC_MS		1000
#define CLOCK_EVERY	256	/* records */

struct loop {
	struct gmem_source *source;
	const struct display *screen;
	struct consumer consumer;	/* the current model */
	struct gmem_model *frozen;	/* copy that is shown while paused */
	struct replay replay;		/* if ui.replaying */
	struct canvas *canvas;
	struct ui ui;
	struct draw_info info;
	unsigned int groups;		/* probe groups from the command line */
	int64_t next_ms;		/* time of the next refresh */
	int64_t deadline_ms;		/* end of the current call into the source */
	unsigned int taken;		/* records of that call */
	unsigned long left;		/* refreshes until the loop ends; 0: no limit */
	bool done;
};

/* Functions that return int return 0, or the -errno that ends the loop, unless noted. */

static const struct gmem_model *shown(const struct loop *l)
{
	return l->frozen ? l->frozen : l->consumer.model;
}

static int show(struct loop *l)
{
	int width, height;

	l->screen->size(l->screen->ctx, &width, &height);
	if ((l->canvas->width != width || l->canvas->height != height) &&
	    !canvas_resize(l->canvas, width, height))
		return -ENOMEM;
	/* Changes when the kvm module is loaded later. */
	l->info.probes = gmem_source_describe(l->source);
	draw_fit(&l->ui, shown(l), width, height);
	draw(l->canvas, &l->ui, shown(l), &l->info);
	l->screen->show(l->screen->ctx, l->canvas);
	return 0;
}

static int order_and_show(struct loop *l)
{
	return ui_order(&l->ui, shown(l)) ? show(l) : -ENOMEM;
}

/* Shows a refresh, and ends the loop after the last one. */
static int show_refresh(struct loop *l)
{
	if (l->left && !--l->left)
		l->done = true;
	return order_and_show(l);
}

/* -EAGAIN ends the call after this record, which is not delivered again. */
static int take_record(void *ctx, const struct gmem_hdr *rec)
{
	struct loop *l = ctx;
	int err = consumer_apply(&l->consumer, rec);

	if (err)
		return err;
	if (++l->taken % CLOCK_EVERY == 0 && (gmem_stopped() || gmem_now_ms() >= l->deadline_ms))
		return -EAGAIN;
	return 0;
}

/* Reads pending records; snapshot: and current counters. */
static int take_records(struct loop *l, bool snapshot)
{
	int err;

	if (l->info.ended)
		return 0;
	l->taken = 0;
	l->deadline_ms = gmem_now_ms() + (snapshot ? SYNC_MS : TAKE_MS);
	err = snapshot ? gmem_source_sync(l->source, take_record, l) :
			 gmem_source_poll(l->source, 0, take_record, l);
	l->info.behind = err == -EAGAIN;
	l->info.ended = err == -ENODATA;
	return err >= 0 || err == -EAGAIN || err == -EINTR || err == -ENODATA ? 0 : err;
}

static int live_round(struct loop *l)
{
	int64_t now, delay = (int64_t)(l->ui.delay_s * 1000);
	int err = take_records(l, false);

	now = gmem_now_ms();
	if (err || now < l->next_ms)
		return err;
	err = take_records(l, true);
	l->next_ms += delay;
	if (l->next_ms <= now || l->next_ms > now + delay)
		l->next_ms = now + delay;
	return err || l->ui.paused ? err : show_refresh(l);
}

/* Makes or frees the copy of the model that the screen shows while paused; the model is still updated. */
static int update_frozen(struct loop *l)
{
	gmem_model_free(l->frozen);
	l->frozen = l->ui.paused ? consumer_snapshot(l->consumer.model) : NULL;
	return l->ui.paused && !l->frozen ? -ENOMEM : 0;
}

static int live_obey(struct loop *l, enum ui_action action)
{
	int err = 0;

	if (action & UI_DELAY)
		l->next_ms = gmem_now_ms() + (int64_t)(l->ui.delay_s * 1000);
	if (action & UI_REFRESH)
		err = take_records(l, true);
	return !err && action & (UI_PAUSE | UI_REFRESH) ? update_frozen(l) : err;
}

/* Fetches the snapshot after the one on the screen: the end is then noticed with the last one, not after it. */
static int read_ahead(struct loop *l, int err)
{
	if (!err)
		err = replay_fetch(&l->replay);
	l->info.ended = l->replay.ended && !l->replay.ready;
	return err;
}

static int step(struct loop *l)
{
	int err = replay_fetch(&l->replay);

	if (!err && l->replay.ready)
		err = replay_step(&l->replay, &l->consumer);
	return read_ahead(l, err);
}

static void rebase(struct loop *l)
{
	l->replay.speed = l->ui.replay_speed;
	replay_rebase(&l->replay, l->consumer.model->now_ns, gmem_now_ms());
}

static int reset_model(struct loop *l)
{
	struct gmem_model *fresh = gmem_model_new();

	if (!fresh)
		return -ENOMEM;
	gmem_model_free(l->consumer.model);
	l->consumer.model = fresh;
	ui_forget(&l->ui);
	return 0;
}

static int seek(struct loop *l)
{
	double to = (double)l->consumer.model->now_ns + l->ui.seek_s * 1e9;
	bool back = l->ui.seek_s < 0;
	int err = back ? reset_model(l) : 0;

	if (!err)
		err = replay_seek(&l->replay, to <= 0 ? 0 : to >= 0x1p64 ? UINT64_MAX : (uint64_t)to, back,
				  &l->consumer);
	return read_ahead(l, err);
}

static int replay_obey(struct loop *l, enum ui_action action)
{
	int err = 0;

	if (action & UI_SEEK)
		err = seek(l);
	if (!err && action & UI_STEP)
		err = step(l);
	if (action & (UI_SEEK | UI_STEP | UI_SPEED | UI_PAUSE))
		rebase(l);
	return err;
}

static int replay_round(struct loop *l)
{
	bool first = !l->replay.based;
	int err = replay_fetch(&l->replay);

	if (err || l->ui.paused)
		return err;
	if (!l->replay.ready) {
		if (!first)
			return 0;
		/* An empty recording: show its end. */
		l->info.ended = true;
		rebase(l);
		return order_and_show(l);
	}
	if (replay_due_ms(&l->replay) > gmem_now_ms())
		return 0;
	err = step(l);
	if (first)
		rebase(l);
	return err ? err : show_refresh(l);
}

/* Attaches the view's probes. On failure the view shows what the model's features allow. */
static void request_probes(struct loop *l)
{
	if (!l->info.ended && !l->ui.replaying)
		l->info.want_err = gmem_source_enable(l->source,
						    l->groups | view_table[l->ui.view]->groups);
}

static int obey(struct loop *l, enum ui_action action)
{
	int err;

	if (action & UI_QUIT) {
		l->done = true;
		return 0;
	}
	if (action & UI_VIEW)
		request_probes(l);
	if (action & UI_LOOK && l->screen->look)
		l->screen->look(l->screen->ctx, l->ui.look);
	err = l->ui.replaying ? replay_obey(l, action) : live_obey(l, action);
	if (err)
		return err;
	if (action & (UI_ORDER | UI_PAUSE | UI_REFRESH | UI_SEEK | UI_STEP))
		return order_and_show(l);
	return action & UI_DRAW ? show(l) : 0;
}

/* Returns how long to wait for keys, in ms. */
static int wait_ms(const struct loop *l)
{
	int64_t left = l->ui.replaying ? replay_due_ms(&l->replay) : l->next_ms;
	int most = l->taken > BUSY_RECORDS ? WAIT_BUSY_MS : WAIT_MS;

	if (l->ui.replaying && (!l->replay.ready || l->ui.paused))
		return WAIT_MS;
	left -= gmem_now_ms();
	return left < 0 ? 0 : left < most ? (int)left : most;
}

/* Handles all pending keys before the next records are read. */
static int handle_keys(struct loop *l)
{
	int err = 0, key, timeout_ms = wait_ms(l);

	while (!err && !l->done && !gmem_stopped() &&
	       (key = l->screen->key(l->screen->ctx, timeout_ms, &l->ui.mouse)) != UI_KEY_NONE) {
		l->ui.model = shown(l);
		err = obey(l, ui_key(&l->ui, key));
		timeout_ms = 0;
	}
	return err;
}

static void begin_replay(struct loop *l, const struct gmemtop_options *o)
{
	const struct gmem_recording_info *info = gmem_recording_info(l->source);

	l->ui.recorded = l->ui.replaying = true;
	l->ui.replay_speed = l->replay.speed = o->speed;
	l->ui.replay_begin_ns = info->complete ? info->first_ns : info->monotonic_ns;
	l->ui.replay_end_ns = info->complete ? info->last_ns : 0;
	l->replay.source = l->source;
}

static int run(struct loop *l, const struct gmemtop_options *o)
{
	int err = 0;

	if (o->replay)
		begin_replay(l, o);
	request_probes(l);
	while (!err && !l->done && !gmem_stopped()) {
		err = l->ui.replaying ? replay_round(l) : live_round(l);
		if (!err && !l->done)
			err = handle_keys(l);
	}
	return err;
}

enum gmem_status loop_run(struct gmem_source *source, const struct gmemtop_options *o,
			  const struct display *screen, struct gmem_error *e)
{
	struct loop l = {
		.source = source, .screen = screen, .left = o->count, .next_ms = gmem_now_ms(),
		.groups = o->live.groups,
		.consumer = { .model = gmem_model_new() },
		.canvas = canvas_new(0, 0, screen->ascii),
	};
	bool ready = ui_init(&l.ui, o->sort, o->reverse, o->delay_s, o->pid);
	int err = -ENOMEM;

	l.consumer.ui = &l.ui;
	if (o->settings)
		settings_to_ui(o->settings, &l.ui);
	if (l.ui.look && screen->look)
		screen->look(screen->ctx, l.ui.look);
	l.ui.view = o->view;
	if (ready && l.consumer.model && l.canvas)
		err = run(&l, o);
	if (o->settings)
		settings_from_ui(o->settings, &l.ui);
	canvas_free(l.canvas);
	free(l.replay.records);
	gmem_model_free(l.frozen);
	gmem_model_free(l.consumer.model);
	ui_free(&l.ui);
	return err ? consumer_fail(e, err, o->replay) : GMEM_OK;
}
