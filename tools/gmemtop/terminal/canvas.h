/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Grid of character cells that a screen is drawn on. Handles Unicode and widths (by LC_CTYPE).
 * Must not depend on terminals, so that tests can read screens as plain data.
 */
#ifndef GMEMTOP_CANVAS_H
#define GMEMTOP_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Meaning of a cell; looks.c maps it to colours and attributes. Signs and attributes repeat
 * what colours show, for monochrome terminals and colour blindness.
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
	CANVAS_KEY,		/* a key, or a term that the help explains */
	CANVAS_GOOD,		/* no problem found */
	CANVAS_POPULATED,	/* populated memory */
	CANVAS_DOUBLE_BACKED,		/* double-backed memory, or populated on the wrong side */
	CANVAS_ORPHAN,		/* memory that no VM can use */
	CANVAS_CURSOR,		/* cursor of a map */
	CANVAS_GLOW,		/* converted less than a second ago */
	CANVAS_GLOW_OLD,	/* converted less than 4 seconds ago */
	CANVAS_SPARK,		/* curve of a rate */
	CANVAS_HEAT,		/* CANVAS_HEAT + 0 (least) to + CANVAS_HEATS - 1 (most) */
	CANVAS_HEAT_LAST = CANVAS_HEAT + 7,
	CANVAS_BAR,		/* parts of a bar: CANVAS_BAR + 0 to + CANVAS_BARS - 1 */
	CANVAS_BAR_LAST = CANVAS_BAR + 7,
	CANVAS_ATTRS
};

#define CANVAS_HEATS	(CANVAS_HEAT_LAST - CANVAS_HEAT + 1)
#define CANVAS_BARS	(CANVAS_BAR_LAST - CANVAS_BAR + 1)

#define CANVAS_CHARS 4	/* a base character and combining ones */

struct canvas_cell {
	uint32_t ch[CANVAS_CHARS];	/* ends at the first 0 */
	uint8_t width;			/* 1, 2, or 0: right half of the cell before */
	uint8_t attr;
};

struct canvas {
	int width;
	int height;
	bool ascii;			/* other characters become '?' */
	struct canvas_cell *cells;	/* row by row */
};

/*
 * Sets LC_CTYPE from the environment, as widths require. Returns whether it is UTF-8; if not,
 * create canvases with ascii.
 */
bool canvas_unicode(void);

/* Returns NULL if out of memory. Negative sizes count as 0. */
struct canvas *canvas_new(int width, int height, bool ascii);
void canvas_free(struct canvas *c);

/* Resizes and blanks the canvas. If out of memory, returns false and leaves it unchanged. */
bool canvas_resize(struct canvas *c, int width, int height);
void canvas_clear(struct canvas *c);

static inline const struct canvas_cell *canvas_at(const struct canvas *c, int y, int x)
{
	return &c->cells[(long)y * c->width + x];
}

/*
 * Writes UTF-8 from column x on. Returns the column after it, which may be off the canvas.
 * Clips text outside the canvas, never splits wide characters, and replaces characters that
 * could control a terminal.
 */
int canvas_put(struct canvas *c, int y, int x, enum canvas_attr attr, const char *text);

/*
 * Fills a field of that width; longer text is cut and ends in an ellipsis. Returns the column
 * after the field.
 */
int canvas_field(struct canvas *c, int y, int x, int width, bool right, enum canvas_attr attr,
		 const char *text);

/* Returns the number of columns that canvas_put() takes for text. */
int canvas_text_width(const struct canvas *c, const char *text);

/* Writes a character as UTF-8, up to 4 bytes without a NUL. Returns the byte after it. */
char *canvas_encode(char *p, uint32_t ch);

/*
 * Returns all lines without trailing blanks, each with a newline, for batch mode and tests; the
 * caller frees them. NULL if out of memory.
 */
char *canvas_text(const struct canvas *c);

#endif /* GMEMTOP_CANVAS_H */
