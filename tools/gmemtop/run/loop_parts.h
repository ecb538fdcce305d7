/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the files of the loop share: its state, and how it goes on, live or in a replay. */
#ifndef GMEMTOP_LOOP_PARTS_H
#define GMEMTOP_LOOP_PARTS_H

#include "run/loop.h"
#include "run/picture.h"
#include "run/replay.h"
#include "screen/draw.h"

struct loop {
	struct gmem_source *source;
	const struct display *screen;
	struct picture picture;		/* the model, live */
	struct gmem_model *frozen;	/* while paused: what is shown instead */
	struct replay replay;		/* if ui.replaying */
	struct canvas *canvas;
	struct ui ui;
	struct draw_info info;
	unsigned int groups;		/* of probes, that were asked for */
	int64_t next_ms;		/* refresh */
	int64_t deadline_ms;		/* of the call into the source that is under way */
	unsigned int taken;		/* records in it */
	unsigned long left;		/* refreshes; 0: no end */
	bool done;
};

int64_t loop_now_ms(void);

/* The model that the screen shows. */
const struct gmem_model *loop_shown(const struct loop *l);

/* All of these: 0, or the -errno that ends it all. */
int loop_show(struct loop *l);
int loop_order_and_show(struct loop *l);
/* A refresh was shown: it may have been the last. */
void loop_count(struct loop *l);

/* One round: takes what there is, and shows it if it is time. Then, how long keys may take. */
int loop_live_round(struct loop *l);
int loop_live_wait_ms(const struct loop *l);
int loop_live_obey(struct loop *l, enum ui_action action);

int loop_replay_round(struct loop *l);
int loop_replay_wait_ms(const struct loop *l);
int loop_replay_obey(struct loop *l, enum ui_action action);

#endif /* GMEMTOP_LOOP_PARTS_H */
