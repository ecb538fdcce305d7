/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Draws the whole screen. Pure: reads the model and what the user chose, writes
 * cells; must not know sources, terminals or clocks.
 */
#ifndef GMEMTOP_DRAW_H
#define GMEMTOP_DRAW_H

#include <stdbool.h>

#include "model/model.h"
#include "terminal/canvas.h"
#include "ui/ui.h"

/* Less than this, and there is a line that says so, and nothing else. */
#define DRAW_MIN_WIDTH	20
#define DRAW_MIN_HEIGHT	5

struct draw_info {
	const char *probes;	/* gmem_source_describe() */
	bool ended;		/* the source has no more to give */
	int want_err;		/* 0, or why probes that the view needs are not there */
	bool behind;		/* there is more to read than there is time for */
};

/* What a view has of a screen of this size. */
struct view_area draw_area(int width, int height);

/* Before draw(), for a screen of this size: scrolls so that things are visible. */
void draw_fit(struct ui *ui, const struct gmem_model *m, int width, int height);

void draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
	  const struct draw_info *info);

#endif /* GMEMTOP_DRAW_H */
