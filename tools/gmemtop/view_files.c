// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "view.h"

#include "probes.h"
#include "ui.h"

static void draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		 const struct view_area *area)
{
	(void)ui;
	(void)m;
	canvas_field(c, area->y, 1, area->width - 1, false, CANVAS_DIM, "not yet");
}

const struct view view_files = {
	.name = "files", .title = "files", .key = '4', .groups = 0,
	.hint = "every guest_memfd file, and whose it is",
	.draw = draw,
};
