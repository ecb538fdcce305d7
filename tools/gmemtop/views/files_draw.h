/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Drawing of the list of files. */
#ifndef GMEMTOP_FILES_DRAW_H
#define GMEMTOP_FILES_DRAW_H

#include "terminal/canvas.h"
#include "ui/ui.h"
#include "ui/view.h"

/* Returns the lines of each file: 2 on narrow screens, where holders have a line of their own. */
int files_lines(const struct view_area *area);

void files_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		const struct view_area *area);

#endif /* GMEMTOP_FILES_DRAW_H */
