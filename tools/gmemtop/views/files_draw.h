/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How the list of files is drawn. */
#ifndef GMEMTOP_FILES_DRAW_H
#define GMEMTOP_FILES_DRAW_H

#include "terminal/canvas.h"
#include "ui/ui.h"
#include "ui/view.h"

/* Lines that each file takes there: on narrow screens who holds it has a line of its own. */
int files_lines(const struct view_area *area);

void files_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		const struct view_area *area);

#endif /* GMEMTOP_FILES_DRAW_H */
