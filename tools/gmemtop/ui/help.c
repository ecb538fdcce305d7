// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <string.h>

#include "ui/ui.h"

#define INDENT	10	/* column of the explanations, beside the names */
#define TEXT	256

/* Help text being written. Without a canvas, lines are only counted. */
struct help_page {
	struct canvas *c;
	int width;
	int y;		/* screen line of help line 0; above the area if scrolled */
	int lines;	/* written so far */
	int first;	/* screen lines [first, end) are drawn */
	int end;
};

static void put(struct help_page *p, int x, enum canvas_attr attr, const char *text)
{
	int y = p->y + p->lines;

	if (p->c && y >= p->first && y < p->end)
		canvas_put(p->c, y, x, attr, text);
}

void help_heading(struct help_page *p, const char *text)
{
	if (p->lines)
		p->lines++;
	put(p, 0, CANVAS_TITLE, text);
	p->lines++;
}

/* Returns how many bytes of text fit on a line: whole words, if any fits. */
static size_t line_length(const char *text, size_t width)
{
	size_t n = strlen(text);

	if (n <= width)
		return n;
	for (n = width; n && text[n] != ' '; n--)
		;
	return n ? n : width;
}

/* Explanations are ASCII, so a byte is a column. */
void help_entry(struct help_page *p, const char *name, enum canvas_attr attr, const char *text)
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

bool help_ascii(const struct help_page *p)
{
	return p->c && p->c->ascii;
}

static void write_bindings(struct help_page *p, const struct ui_binding *b, size_t n)
{
	for (size_t i = 0; i < n; i++, b++) {
		if (b->label)
			help_entry(p, b->label, CANVAS_KEY, b->help);
	}
}

/* True if the view binds the key itself. */
static bool is_hidden(const struct ui_binding *b, const struct view *view)
{
	for (size_t i = 0; i < view->nr_bindings; i++) {
		for (int k = 0; k < UI_KEYS && view->bindings[i].keys[k]; k++) {
			if (view->bindings[i].keys[k] == b->keys[0] && b->keys[0] != UI_KEY_ESC)
				return true;
		}
	}
	return false;
}

static void write_views(struct help_page *p)
{
	for (int i = 0; i < VIEWS; i++) {
		char key[2] = { (char)view_table[i]->key, '\0' };

		help_entry(p, key, CANVAS_KEY, view_table[i]->hint);
	}
}

static void write_all(struct help_page *p, const struct view *view)
{
	help_heading(p, "Keys");
	for (size_t i = 0; i < ui_nr_bindings; i++) {
		if (!is_hidden(&ui_bindings[i], view))
			write_bindings(p, &ui_bindings[i], 1);
	}
	help_heading(p, "Views");
	write_views(p);
	if (view->nr_bindings)
		help_heading(p, "Keys here");
	write_bindings(p, view->bindings, view->nr_bindings);
	if (view->help)
		view->help(p);
}

int help_lines(const struct view *view, int width)
{
	struct help_page p = { .width = width };

	write_all(&p, view);
	return p.lines;
}

void help_draw(struct canvas *c, const struct ui *ui, int y, int height)
{
	struct help_page p = {
		.c = c, .width = c->width,
		.y = y - (int)ui->help_at.top, .first = y, .end = y + height,
	};

	write_all(&p, ui_view(ui));
}
