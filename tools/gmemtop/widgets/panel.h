/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Rectangle of the screen that is written line by line; text that does not fit is left out. */
#ifndef GMEMTOP_PANEL_H
#define GMEMTOP_PANEL_H

#include "terminal/canvas.h"

struct panel {
	struct canvas *c;
	int x;
	int y;
	int width;
	int height;
	int lines;	/* written so far */
	int column;	/* in the current line, relative to x */
};

static inline int panel_left(const struct panel *p)
{
	return p->height - p->lines;
}

/* Writes a line in the colours of heads. */
void panel_head(struct panel *p, const char *text);

/* Append text to the current line, clipped. */
void panel_put(struct panel *p, enum canvas_attr attr, const char *text);
void panel_printf(struct panel *p, enum canvas_attr attr, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Appends a field of that width, and a blank. */
void panel_field(struct panel *p, enum canvas_attr attr, int width, bool right, const char *text);

/* Ends the current line; the rest of it stays as it is. */
void panel_end_line(struct panel *p);

/* Appends text and ends the line. */
void panel_line(struct panel *p, enum canvas_attr attr, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Appends a bar of that width that shows parts of a whole. Each part that is not 0 gets a cell
 * while cells last. A whole of 0 leaves blanks.
 */
void panel_bar(struct panel *p, int width, const uint64_t *parts, int n, uint64_t whole);

#endif /* GMEMTOP_PANEL_H */
