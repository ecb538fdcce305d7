/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* State of the loop, and its live and replay halves; shared by the files of the loop only. */
#ifndef GMEMTOP_LOOP_PARTS_H
#define GMEMTOP_LOOP_PARTS_H

#include "run/loop.h"
#include "run/consumer.h"
#include "run/replay.h"
#include "screen/draw.h"

struct loop {
	struct gmem_source *source;
	const struct display *screen;
	struct consumer consumer;		/* the current model */
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

int64_t loop_now_ms(void);

/* Returns the model that the screen shows. */
const struct gmem_model *loop_shown(const struct loop *l);

/* Functions that return int return 0, or the -errno that ends the loop, unless noted. */
int loop_show(struct loop *l);
int loop_order_and_show(struct loop *l);
/* Counts a refresh; ends the loop after the last one. */
void loop_count(struct loop *l);

/*
 * round: reads pending records and shows them if a refresh is due. wait_ms: returns how long to
 * wait for keys after it, in ms. obey: carries out the actions of a key.
 */
int loop_live_round(struct loop *l);
int loop_live_wait_ms(const struct loop *l);
int loop_live_obey(struct loop *l, enum ui_action action);

int loop_replay_round(struct loop *l);
int loop_replay_wait_ms(const struct loop *l);
int loop_replay_obey(struct loop *l, enum ui_action action);

#endif /* GMEMTOP_LOOP_PARTS_H */
