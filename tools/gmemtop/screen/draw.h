/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Drawing of the whole screen. Pure: reads the model and the state of the user interface, writes
 * cells; must not depend on sources, terminals or clocks.
 */
#ifndef GMEMTOP_DRAW_H
#define GMEMTOP_DRAW_H

#include <stdbool.h>

#include "model/model.h"
#include "terminal/canvas.h"
#include "ui/ui.h"

/* On a smaller screen, only the line "too small" is drawn. */
#define DRAW_MIN_WIDTH	20
#define DRAW_MIN_HEIGHT	5

struct draw_info {
	const char *probes;	/* gmem_source_describe() */
	bool ended;		/* the source has ended */
	int want_err;		/* -errno of attaching the probes that the view needs, or 0 */
	bool behind;		/* records arrive faster than they are read */
};

/* Returns the area of the view on a screen of this size. */
struct view_area draw_area(int width, int height);

/* Scrolls for a screen of this size so that the selection is visible; call it before draw(). */
void draw_fit(struct ui *ui, const struct gmem_model *m, int width, int height);

void draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
	  const struct draw_info *info);

#endif /* GMEMTOP_DRAW_H */
