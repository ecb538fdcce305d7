/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How roles of cells look, by set of colours. Knows colours by number, and no terminal. */
#ifndef GMEMTOP_LOOKS_H
#define GMEMTOP_LOOKS_H

#include "terminal/canvas.h"

/* Attributes of a terminal. */
enum {
	LOOK_BOLD = 1,
	LOOK_DIM = 2,
	LOOK_REVERSE = 4,
	LOOK_UNDERLINE = 8,
};

/* The eight colours that every terminal with colours has, by their numbers. */
enum {
	LOOK_RED = 1,
	LOOK_GREEN,
	LOOK_YELLOW,
	LOOK_BLUE,
	LOOK_MAGENTA,
	LOOK_CYAN,
	LOOK_WHITE,
};

/* Text on the terminal's background: 8 colours, and better ones where there are 256. */
struct look_colour {
	short basic;		/* -1: the terminal's */
	short rich;		/* 0: no better one */
};

/* What is said by colour is said by signs and attributes, too. */
struct look {
	unsigned int mono;	/* LOOK_*, without colours .. */
	unsigned int coloured;	/* .. and beside them */
	struct look_colour normal;
	struct look_colour protan;	/* no red beside green: blue, yellow, and light beside dark */
};

/* Sets of colours. */
enum ui_look {
	UI_LOOK_NORMAL,
	UI_LOOK_PROTAN,		/* for who cannot tell red from green */
	UI_LOOK_MONO,
	UI_LOOKS
};

extern const char *const ui_look_names[UI_LOOKS];	/* "normal", "protan", "mono" */

/* UI_LOOKS for one that there is not. */
enum ui_look ui_look_by_name(const char *name);

extern const struct look looks[CANVAS_ATTRS];

#endif /* GMEMTOP_LOOKS_H */
