/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A grid of character cells that a screen is drawn on. Knows Unicode and widths
 * (those of LC_CTYPE); must not know terminals, so that screens are plain data.
 */
#ifndef GMEMTOP_CANVAS_H
#define GMEMTOP_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * What a cell means; how that looks is up to who shows the canvas. Colours never say
 * anything alone: there are terminals, and eyes, that do not have them.
 */
enum canvas_attr {
	CANVAS_NORMAL,
	CANVAS_TITLE,
	CANVAS_HEADER,
	CANVAS_SORTED,		/* head of the column that is sorted by */
	CANVAS_SELECTED,
	CANVAS_PRIVATE,
	CANVAS_MIXED,
	CANVAS_SHARED,
	CANVAS_WARN,
	CANVAS_DIM,
	CANVAS_KEY,		/* a key, or a term that is explained */
	CANVAS_GOOD,		/* nothing is wrong here */
	CANVAS_POPULATED,	/* memory that is there */
	CANVAS_DOUBLED,		/* memory that is there twice, or on the wrong side */
	CANVAS_ORPHAN,		/* memory that nobody can get at */
	CANVAS_CURSOR,		/* where the cursor of a map is */
	CANVAS_GLOW,		/* happened just now .. */
	CANVAS_GLOW_OLD,	/* .. a little while ago */
	CANVAS_SPARK,		/* curve of a rate */
	CANVAS_HEAT,		/* CANVAS_HEAT + 0 (least) to + CANVAS_HEATS - 1 (most) */
	CANVAS_HEAT_LAST = CANVAS_HEAT + 7,
	CANVAS_BAR,		/* parts of a bar: CANVAS_BAR + 0 to + CANVAS_BARS - 1 */
	CANVAS_BAR_LAST = CANVAS_BAR + 7,
	CANVAS_ATTRS
};

#define CANVAS_HEATS	(CANVAS_HEAT_LAST - CANVAS_HEAT + 1)
#define CANVAS_BARS	(CANVAS_BAR_LAST - CANVAS_BAR + 1)

#define CANVAS_CHARS 4	/* a base and what combines with it */

struct canvas_cell {
	uint32_t ch[CANVAS_CHARS];	/* ends at the first 0 */
	uint8_t width;			/* 1, 2, or 0: right half of the cell before */
	uint8_t attr;
};

struct canvas {
	int width;
	int height;
	bool ascii;			/* all else becomes '?' */
	struct canvas_cell *cells;	/* row by row */
};

/*
 * Takes LC_CTYPE from the environment, which widths need, and tells whether all
 * characters can be shown. If not, canvases are to be made with ascii.
 */
bool canvas_unicode(void);

/* NULL if there is no memory. Sizes below 0 are taken as 0. */
struct canvas *canvas_new(int width, int height, bool ascii);
void canvas_free(struct canvas *c);

/* Blanks it, too. False, and unchanged, if there is no memory. */
bool canvas_resize(struct canvas *c, int width, int height);
void canvas_clear(struct canvas *c);

static inline const struct canvas_cell *canvas_at(const struct canvas *c, int y, int x)
{
	return &c->cells[(long)y * c->width + x];
}

/*
 * Writes UTF-8 from column x on and returns the column after it, on the canvas
 * or not. What lies outside is clipped; wide characters are never split.
 * Characters that could act on a terminal are replaced.
 */
int canvas_put(struct canvas *c, int y, int x, enum canvas_attr attr, const char *text);

/*
 * Fills a field of that width; text that is longer ends in a mark that says so.
 * Returns the column after the field.
 */
int canvas_field(struct canvas *c, int y, int x, int width, bool right, enum canvas_attr attr,
		 const char *text);

/* Columns that canvas_put() would take. */
int canvas_text_width(const struct canvas *c, const char *text);

/* Writes a character as UTF-8, 4 bytes at most and no NUL; returns where it ends. */
char *canvas_encode(char *p, uint32_t ch);

/* All lines without trailing blanks, each with a newline; for tests. To be freed. */
char *canvas_text(const struct canvas *c);

/* The same for attributes: one letter a cell, a blank for CANVAS_NORMAL. */
char *canvas_attrs(const struct canvas *c);

#endif /* GMEMTOP_CANVAS_H */
