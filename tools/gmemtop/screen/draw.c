// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "screen/draw.h"

#include "screen/footer.h"
#include "screen/header.h"
#include "ui/help.h"

#define HEADER_LINES	2
#define FOOTER_LINES	1

static bool too_small(int width, int height)
{
	return width < DRAW_MIN_WIDTH || height < DRAW_MIN_HEIGHT;
}

struct view_area draw_area(int width, int height)
{
	int room = height - HEADER_LINES - FOOTER_LINES;

	return (struct view_area){ HEADER_LINES, width, room > 1 ? room : 1 };
}

void draw_fit(struct ui *ui, const struct gmem_model *m, int width, int height)
{
	ui->area = draw_area(width, height);
	if (ui_view(ui)->fit)
		ui_view(ui)->fit(ui, m, &ui->area);
	ui_fit_help(ui, help_lines(ui_view(ui), width),
		    too_small(width, height) ? 1 : height - FOOTER_LINES);
}

void draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
	  const struct draw_info *info)
{
	struct view_area area = draw_area(c->width, c->height);

	canvas_clear(c);
	if (too_small(c->width, c->height)) {
		canvas_field(c, 0, 0, c->width, false, CANVAS_WARN, "too small");
		return;
	}
	if (ui->help) {
		help_draw(c, ui, 0, c->height - FOOTER_LINES);
	} else {
		header_draw(c, ui, m, info);
		ui_view(ui)->draw(c, ui, m, &area);
	}
	footer_draw(c, c->height - FOOTER_LINES, ui);
}
