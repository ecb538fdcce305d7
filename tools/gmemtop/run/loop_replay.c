// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Replay half of the loop: shows recorded snapshots when due, and seeks. */
#include <errno.h>

#include "run/loop_parts.h"

#define WAIT_MS	50

static void note_end(struct loop *l)
{
	l->info.ended = l->replay.ended && !l->replay.ready;
}

static int step(struct loop *l)
{
	int err = replay_fetch(&l->replay);

	if (!err && l->replay.ready)
		err = replay_step(&l->replay, &l->consumer);
	/* Read ahead: the end is then noticed with the last snapshot, not after it. */
	if (!err)
		err = replay_fetch(&l->replay);
	note_end(l);
	return err;
}

static void rebase(struct loop *l)
{
	l->replay.speed = l->ui.replay_speed;
	replay_rebase(&l->replay, l->consumer.model->now_ns, loop_now_ms());
}

static uint64_t seek_target(const struct loop *l)
{
	uint64_t now = l->consumer.model->now_ns;
	double to = (double)now + l->ui.seek_s * 1e9;

	return to <= 0 ? 0 : to >= 0x1p64 ? UINT64_MAX : (uint64_t)to;
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
	bool back = l->ui.seek_s < 0;
	uint64_t to = seek_target(l);
	int err = back ? reset_model(l) : 0;

	if (!err)
		err = replay_seek(&l->replay, to, back, &l->consumer);
	if (!err)
		err = replay_fetch(&l->replay);
	note_end(l);
	return err;
}

int loop_replay_obey(struct loop *l, enum ui_action action)
{
	int err = 0;

	if (action & UI_SEEK)
		err = seek(l);
	if (!err && action & UI_STEP)
		err = step(l);
	if (action & (UI_SEEK | UI_STEP | UI_SPEED | UI_PAUSE))
		rebase(l);
	if (!err && action & (UI_ORDER | UI_SEEK | UI_STEP))
		return loop_order_and_show(l);
	return !err && action & UI_DRAW ? loop_show(l) : err;
}

int loop_replay_wait_ms(const struct loop *l)
{
	int64_t left;

	if (!l->replay.ready || l->ui.paused)
		return WAIT_MS;
	left = replay_due_ms(&l->replay) - loop_now_ms();
	return left < 0 ? 0 : left < WAIT_MS ? (int)left : WAIT_MS;
}

int loop_replay_round(struct loop *l)
{
	bool first = !l->replay.based;
	int err = replay_fetch(&l->replay);

	if (err || l->ui.paused || !l->replay.ready || replay_due_ms(&l->replay) > loop_now_ms()) {
		/* An empty recording: show its end. */
		if (!err && first && !l->replay.ready) {
			note_end(l);
			rebase(l);
			err = loop_order_and_show(l);
		}
		return err;
	}
	err = step(l);
	if (first)
		rebase(l);
	if (!err)
		err = loop_order_and_show(l);
	loop_count(l);
	return err;
}
