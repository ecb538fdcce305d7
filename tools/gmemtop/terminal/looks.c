// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "terminal/looks.h"

#define BOLD	LOOK_BOLD
#define DIM	LOOK_DIM
#define REV	LOOK_REVERSE
#define LINE	LOOK_UNDERLINE
#define RED	LOOK_RED
#define GREEN	LOOK_GREEN
#define YELLOW	LOOK_YELLOW
#define BLUE	LOOK_BLUE
#define MAGENTA	LOOK_MAGENTA
#define CYAN	LOOK_CYAN
#define WHITE	LOOK_WHITE
#define PLAIN	{ -1, 0 }

const struct look looks[CANVAS_ATTRS] = {
	[CANVAS_NORMAL]		= { 0, 0, PLAIN, PLAIN },
	[CANVAS_TITLE]		= { BOLD, BOLD, PLAIN, PLAIN },
	[CANVAS_HEADER]		= { REV, REV, PLAIN, PLAIN },
	[CANVAS_SORTED]		= { REV | BOLD | LINE, REV | BOLD | LINE, PLAIN, PLAIN },
	[CANVAS_SELECTED]	= { BOLD | REV, BOLD | REV, PLAIN, PLAIN },
	[CANVAS_PRIVATE]	= { 0, 0, { GREEN, 0 }, { BLUE, 33 } },
	[CANVAS_MIXED]		= { 0, 0, { MAGENTA, 0 }, { CYAN, 117 } },
	[CANVAS_SHARED]		= { DIM, DIM, PLAIN, PLAIN },
	[CANVAS_WARN]		= { BOLD | REV, BOLD, { RED, 0 }, { YELLOW, 220 } },
	[CANVAS_DIM]		= { DIM, DIM, PLAIN, PLAIN },
	[CANVAS_KEY]		= { BOLD, 0, { CYAN, 0 }, { CYAN, 0 } },
	[CANVAS_GOOD]		= { 0, 0, { GREEN, 0 }, { BLUE, 33 } },
	[CANVAS_POPULATED]	= { 0, 0, { CYAN, 0 }, { CYAN, 0 } },
	[CANVAS_DOUBLE_BACKED]	= { BOLD | REV, BOLD, { YELLOW, 214 }, { YELLOW, 220 } },
	[CANVAS_ORPHAN]		= { BOLD | LINE, BOLD, { RED, 203 }, { YELLOW, 220 } },
	[CANVAS_CURSOR]		= { REV | BOLD, REV | BOLD, PLAIN, PLAIN },
	[CANVAS_GLOW]		= { BOLD | REV, BOLD, { YELLOW, 226 }, { YELLOW, 226 } },
	[CANVAS_GLOW_OLD]	= { BOLD, 0, { YELLOW, 136 }, { YELLOW, 136 } },
	[CANVAS_SPARK]		= { 0, 0, { CYAN, 0 }, { CYAN, 0 } },
	/* From dark to light; with 8 colours, dim and bold distinguish neighbours. */
	[CANVAS_HEAT]		= { DIM, 0, { BLUE, 60 }, { BLUE, 24 } },
				  { DIM, 0, { BLUE, 61 }, { BLUE, 25 } },
				  { 0, 0, { MAGENTA, 54 }, { BLUE, 26 } },
				  { 0, 0, { MAGENTA, 90 }, { CYAN, 67 } },
				  { 0, 0, { RED, 161 }, { CYAN, 109 } },
				  { 0, 0, { RED, 202 }, { YELLOW, 144 } },
				  { BOLD, BOLD, { YELLOW, 214 }, { YELLOW, 185 } },
				  { BOLD, BOLD, { YELLOW, 226 }, { YELLOW, 226 } },
	[CANVAS_BAR]		= { 0, 0, { RED, 167 }, { YELLOW, 220 } },
				  { 0, 0, { YELLOW, 179 }, { BLUE, 25 } },
				  { 0, 0, { GREEN, 71 }, { CYAN, 117 } },
				  { 0, 0, { CYAN, 73 }, { WHITE, 250 } },
				  { 0, 0, { BLUE, 68 }, { YELLOW, 136 } },
				  { 0, 0, { MAGENTA, 133 }, { BLUE, 33 } },
				  { 0, 0, { WHITE, 250 }, { CYAN, 67 } },
				  { DIM, DIM, PLAIN, PLAIN },
};

const char *const ui_look_names[UI_LOOKS] = {
	[UI_LOOK_NORMAL] = "normal", [UI_LOOK_PROTAN] = "protan", [UI_LOOK_MONO] = "mono",
};
