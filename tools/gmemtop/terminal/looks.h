/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Colours and attributes of each canvas_attr, by colour set. Must not depend on terminals. */
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

/* Numbers of the eight basic colours of terminals, without black. */
enum {
	LOOK_RED = 1,
	LOOK_GREEN,
	LOOK_YELLOW,
	LOOK_BLUE,
	LOOK_MAGENTA,
	LOOK_CYAN,
	LOOK_WHITE,
};

/* Colour of text on the terminal's background, for terminals of 8 and of 256 colours. */
struct look_colour {
	short basic;		/* one of 8; -1: the terminal's default */
	short rich;		/* one of 256; 0: use basic */
};

/* Look of a canvas_attr. Signs and attributes repeat what colours show. */
struct look {
	unsigned int mono;	/* LOOK_* attributes without colours .. */
	unsigned int coloured;	/* .. and with colours */
	struct look_colour normal;
	struct look_colour protan;	/* for red-green colour blindness: blue, yellow, brightness */
};

/* Sets of colours. */
enum ui_look {
	UI_LOOK_NORMAL,
	UI_LOOK_PROTAN,		/* for red-green colour blindness */
	UI_LOOK_MONO,
	UI_LOOKS
};

extern const char *const ui_look_names[UI_LOOKS];	/* "normal", "protan", "mono" */

extern const struct look looks[CANVAS_ATTRS];

#endif /* GMEMTOP_LOOKS_H */
