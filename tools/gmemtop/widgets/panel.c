// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "widgets/panel.h"

#include <stdarg.h>
#include <stdio.h>

#include "terminal/glyphs.h"

#define LINE 512

static bool has_room(const struct panel *p)
{
	return p->lines < p->height;
}

void panel_put(struct panel *p, enum canvas_attr attr, const char *text)
{
	int need = canvas_text_width(p->c, text), room = p->width - p->column;

	if (!has_room(p) || room <= 0)
		return;
	p->column = canvas_field(p->c, p->y + p->lines, p->x + p->column, need < room ? need : room,
				 false, attr, text) - p->x;
}

static void put_formatted(struct panel *p, enum canvas_attr attr, const char *format, va_list args)
{
	char buf[LINE];

	vsnprintf(buf, sizeof(buf), format, args);
	panel_put(p, attr, buf);
}

void panel_printf(struct panel *p, enum canvas_attr attr, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_formatted(p, attr, format, args);
	va_end(args);
}

void panel_line(struct panel *p, enum canvas_attr attr, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put_formatted(p, attr, format, args);
	va_end(args);
	panel_end_line(p);
}

void panel_field(struct panel *p, enum canvas_attr attr, int width, bool right, const char *text)
{
	int room = p->width - p->column;

	if (!has_room(p) || room <= 0)
		return;
	canvas_field(p->c, p->y + p->lines, p->x + p->column, width < room ? width : room, right,
		     attr, text);
	p->column += width + 1;
}

void panel_end_line(struct panel *p)
{
	p->lines++;
	p->column = 0;
}

void panel_head(struct panel *p, const char *text)
{
	if (has_room(p))
		canvas_field(p->c, p->y + p->lines, p->x, p->width, false, CANVAS_HEADER, text);
	panel_end_line(p);
}

/* Scales a sum of parts to cells. Scaling sums, not parts, keeps the bar within its width. */
static int scale_to_cells(int width, unsigned __int128 part, uint64_t whole)
{
	return (int)(part * (unsigned int)width / whole);
}

void panel_bar(struct panel *p, int width, const uint64_t *parts, int n, uint64_t whole)
{
	const struct glyphs *g = glyphs(p->c->ascii);
	unsigned __int128 sum = 0;
	int end = p->column + width, at = 0;

	for (int i = 0; i < n && whole; i++) {
		int to;

		sum += parts[i];
		to = scale_to_cells(width, sum < whole ? sum : whole, whole);
		if (parts[i] && to == at && at < width)
			to++;
		for (; at < to && at < width; at++)
			panel_put(p, (enum canvas_attr)(CANVAS_BAR + i % CANVAS_BARS),
				  g->bar[i % CANVAS_BARS]);
	}
	p->column = end;
}
