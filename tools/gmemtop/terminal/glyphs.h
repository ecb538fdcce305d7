/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Signs of maps, bars and marks, for screens with and without Unicode. */
#ifndef GMEMTOP_GLYPHS_H
#define GMEMTOP_GLYPHS_H

#include "terminal/canvas.h"

/*
 * Levels of a cell: how much of its memory is private. The ends are exact: a single page of the
 * other kind excludes them.
 */
#define LEVEL_SHARED	0
#define LEVEL_PRIVATE	8

struct glyphs {
	const char *level[LEVEL_PRIVATE + 1];	/* in maps, from all shared to all private */
	const char *descending;			/* beside the head of the sorted column */
	const char *ascending;
	const char *selected;
	const char *shade[5];		/* from nothing to full: density, heat */
	const char *bar[CANVAS_BARS];	/* parts of a bar; they differ without colours, too */
	const char *double_backed;		/* double-backed, in maps */
	const char *cursor;
	const char *open;		/* branch of a tree, followed by others .. */
	const char *last;		/* .. and the last one */
	const char *folded;		/* group with its members hidden .. */
	const char *unfolded;		/* .. and shown */
	const char *empty;		/* in maps: private, less than half of it populated */
};

/* Shared is a dot, not a blank, so that the end of the map is visible. */
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
