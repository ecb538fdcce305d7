/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A part of the screen that is written line by line; what does not fit is left out. */
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
	int column;	/* of x, where the line that is being written goes on */
};

static inline int panel_left(const struct panel *p)
{
	return p->height - p->lines;
}

/* A line of its own in the colours of heads. */
void panel_head(struct panel *p, const char *text);

/* Appends to the line, from its column on, clipped. */
void panel_put(struct panel *p, enum canvas_attr attr, const char *text);
void panel_printf(struct panel *p, enum canvas_attr attr, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* A field of that width, then a blank. */
void panel_field(struct panel *p, enum canvas_attr attr, int width, bool right, const char *text);

/* The rest of the line is blank; the next one begins. */
void panel_end_line(struct panel *p);

/* A whole line. */
void panel_line(struct panel *p, enum canvas_attr attr, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * Parts of a whole as a bar of that width, in the colours and signs of bars. What is not
 * 0 has a cell, if there are enough. A whole of 0 is a blank.
 */
void panel_bar(struct panel *p, int width, const uint64_t *parts, int n, uint64_t whole);

#endif /* GMEMTOP_PANEL_H */
