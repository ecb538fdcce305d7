/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The signs of the map and of the marks, for screens with and without Unicode. */
#ifndef GMEMTOP_GLYPHS_H
#define GMEMTOP_GLYPHS_H

#include "terminal/canvas.h"

/*
 * How much of a cell of memory is private. The ends are exact: a single page is enough to
 * be neither all nor nothing.
 */
#define LEVEL_SHARED	0
#define LEVEL_PRIVATE	8

struct glyphs {
	const char *level[LEVEL_PRIVATE + 1];	/* of the map, from all shared to all private */
	const char *descending;			/* beside the head of the sorted column */
	const char *ascending;
	const char *selected;
	const char *shade[5];		/* from nothing to full: density, heat */
	const char *bar[CANVAS_BARS];	/* parts of a bar: they differ without colours, too */
	const char *doubled;		/* in maps */
	const char *cursor;
	const char *open;		/* of a tree: what follows belongs to it .. */
	const char *last;		/* .. and is its last */
	const char *folded;		/* a group of which only the head is shown .. */
	const char *unfolded;		/* .. and of which all is */
	const char *empty;		/* of the map: private, and nothing is there */
};

/* A dot, not a blank, for shared: it can be seen where the map ends. */
static const struct glyphs unicode_glyphs = {
	{ "·", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█" }, "▼", "▲", "▶",
	{ " ", "░", "▒", "▓", "█" }, { "█", "▓", "▒", "░", "▚", "▞", "▤", "▥" }, "‡", "◆",
	"├", "└", "▸", "▾", "░",
};

static const struct glyphs ascii_glyphs = {
	{ ".", ":", "-", "=", "+", "*", "%", "@", "#" }, "v", "^", ">",
	{ " ", ".", ":", "*", "#" }, { "#", "=", "+", "-", "%", "o", "~", "." }, "D", "X",
	"|", "`", "+", "-", "o",
};

static inline const struct glyphs *glyphs(bool ascii)
{
	return ascii ? &ascii_glyphs : &unicode_glyphs;
}

#endif /* GMEMTOP_GLYPHS_H */
