/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How the latency view is drawn: a table of times, and a heat map of one of them. */
#ifndef GMEMTOP_LATENCY_DRAW_H
#define GMEMTOP_LATENCY_DRAW_H

#include "terminal/canvas.h"
#include "ui/ui.h"
#include "ui/view.h"

/* Which time (enum gmem_latency) the table has on line y of the screen; -1: none. */
int latency_row(const struct view_area *area, int y);

void latency_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		  const struct view_area *area);

#endif /* GMEMTOP_LATENCY_DRAW_H */
