// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/loop.h"

#include <errno.h>
#include <string.h>

#include "base/stop.h"
#include "recording/recording.h"
#include "run/loop_parts.h"
#include "ui/settings.h"

/* Attaches the view's probes. On failure the view shows what the model's features allow. */
static void request_probes(struct loop *l)
{
	if (!l->info.ended && !l->ui.replaying)
		l->info.want_err = gmem_source_enable(l->source,
						    l->groups | view_table[l->ui.view]->groups);
}

static int obey(struct loop *l, enum ui_action action)
{
	if (action & UI_QUIT) {
		l->done = true;
		return 0;
	}
	if (action & UI_VIEW)
		request_probes(l);
	if (action & UI_LOOK && l->screen->look)
		l->screen->look(l->screen->ctx, l->ui.look);
	return l->ui.replaying ? loop_replay_obey(l, action) : loop_live_obey(l, action);
}

/* Handles all pending keys before the next records are read. */
static int handle_keys(struct loop *l, int timeout_ms)
{
	int err = 0, key;

	while (!err && !l->done && !gmem_stopped() &&
	       (key = l->screen->key(l->screen->ctx, timeout_ms, &l->ui.mouse)) != UI_KEY_NONE) {
		l->ui.model = loop_shown(l);
		err = obey(l, ui_key(&l->ui, key));
		timeout_ms = 0;
	}
	return err;
}

static int run_round(struct loop *l)
{
	int err = l->ui.replaying ? loop_replay_round(l) : loop_live_round(l);

	if (err || l->done)
		return err;
	return handle_keys(l, l->ui.replaying ? loop_replay_wait_ms(l) : loop_live_wait_ms(l));
}

static enum gmem_status fail(struct gmem_error *e, int err)
{
	if (err == -ENOMEM)
		return gmem_fail(e, GMEM_E_FAILED, "Free some memory, or raise the limit.",
				 "cannot show guest memory: %s", strerror(-err));
	if (err == -ESPIPE)
		return gmem_fail(e, GMEM_E_IO, "Replay a file to go back in it.",
				 "cannot seek in a pipe");
	return gmem_fail(e, GMEM_E_FAILED, "Run again with -v for details.",
			 "cannot read events: %s", strerror(-err));
}

static void begin_replay(struct loop *l, const struct gmemtop_options *o)
{
	const struct gmem_recording_info *info = gmem_recording_info(l->source);

	l->ui.replaying = true;
	l->ui.replay_speed = l->replay.speed = o->speed;
	l->ui.replay_begin_ns = info->complete ? info->first_ns : info->monotonic_ns;
	l->ui.replay_end_ns = info->complete ? info->last_ns : 0;
	l->replay.source = l->source;
}

enum gmem_status loop_run(struct gmem_source *source, const struct gmemtop_options *o,
			  const struct display *screen, struct gmem_error *e)
{
	struct loop l = {
		.source = source, .screen = screen, .left = o->count, .next_ms = loop_now_ms(),
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
	if (ready && l.consumer.model && l.canvas) {
		err = 0;
		if (o->replay)
			begin_replay(&l, o);
		request_probes(&l);
		while (!err && !l.done && !gmem_stopped())
			err = run_round(&l);
	}
	if (o->settings)
		settings_from_ui(o->settings, &l.ui);
	canvas_free(l.canvas);
	replay_free(&l.replay);
	gmem_model_free(l.frozen);
	gmem_model_free(l.consumer.model);
	ui_free(&l.ui);
	return err ? fail(e, err) : GMEM_OK;
}
