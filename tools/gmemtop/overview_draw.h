/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Draws the table of VMs. */
#ifndef GMEMTOP_OVERVIEW_DRAW_H
#define GMEMTOP_OVERVIEW_DRAW_H

#include "ui.h"

void overview_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		   const struct view_area *area);

#endif /* GMEMTOP_OVERVIEW_DRAW_H */
