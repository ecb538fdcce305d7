// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "help.h"

#include <string.h>

#include "columns.h"
#include "glyphs.h"

#define INDENT	10	/* of the explanations, beside what they explain */
#define TEXT	256

/* Where the next line goes. Without a canvas, lines are only counted. */
struct page {
	struct canvas *c;
	int width;
	int y;		/* of the help's line 0 is -help_top */
	int lines;
	int first;	/* on the screen */
	int end;
};

static void put(struct page *p, int x, enum canvas_attr attr, const char *text)
{
	int y = p->y + p->lines;

	if (p->c && y >= p->first && y < p->end)
		canvas_put(p->c, y, x, attr, text);
}

static void heading(struct page *p, const char *text)
{
	if (p->lines)
		p->lines++;
	put(p, 0, CANVAS_TITLE, text);
	p->lines++;
}

/* How much of text goes on a line of that width: whole words, if any fits. */
static size_t line_length(const char *text, size_t width)
{
	size_t n = strlen(text);

	if (n <= width)
		return n;
	for (n = width; n && text[n] != ' '; n--)
		;
	return n ? n : width;
}

/* The explanations are ours and ASCII: a byte is a column. */
static void entry(struct page *p, const char *name, enum canvas_attr attr, const char *text)
{
	int indent = p->width >= 3 * INDENT ? INDENT : 2;
	size_t width = p->width > indent ? p->width - indent : 1;

	put(p, 1, attr, name);
	if (indent != INDENT)
		p->lines++;
	do {
		size_t n = line_length(text, width);
		char line[TEXT];

		n = n < sizeof(line) ? n : sizeof(line) - 1;
		memcpy(line, text, n);
		line[n] = '\0';
		put(p, indent, CANVAS_NORMAL, line);
		p->lines++;
		text += n;
		text += strspn(text, " ");
	} while (*text);
}

static void write_keys(struct page *p)
{
	heading(p, "Keys");
	for (size_t i = 0; i < ui_nr_bindings; i++)
		entry(p, ui_bindings[i].label, CANVAS_MIXED, ui_bindings[i].help);
}

static void write_map(struct page *p)
{
	const struct glyphs *g = glyphs(p->c && p->c->ascii);

	heading(p, "Map");
	entry(p, "", CANVAS_NORMAL,
	      "The memslots that are bound to guest_memfd, in the order of guest frames. "
	      "Each cell is an equal share of them.");
	entry(p, g->level[STRIP_PRIVATE], CANVAS_PRIVATE, "all of the cell is private");
	entry(p, g->level[STRIP_PRIVATE / 2], CANVAS_MIXED,
	      "part of it is: the fuller the sign, the more");
	entry(p, g->level[STRIP_SHARED], CANVAS_SHARED, "all of it is shared");
}

static void write_columns(struct page *p)
{
	heading(p, "Columns");
	for (int i = 0; i < COLUMNS; i++) {
		const struct gmem_metric *m = gmem_metric(columns[i].key);

		if (m)
			entry(p, m->title, CANVAS_MIXED, m->help);
	}
	entry(p, "", CANVAS_NORMAL, "FLY is an age, as 12s, once one of them lasts over a second. "
	      "Columns that do not fit are left out; the one that is sorted by is shown.");
}

static void write_all(struct page *p)
{
	write_keys(p);
	write_map(p);
	write_columns(p);
}

int help_lines(int width)
{
	struct page p = { .width = width };

	write_all(&p);
	return p.lines;
}

void help_draw(struct canvas *c, const struct ui *ui, int y, int height)
{
	struct page p = {
		.c = c, .width = c->width,
		.y = y - (int)ui->help_top, .first = y, .end = y + height,
	};

	write_all(&p);
}
