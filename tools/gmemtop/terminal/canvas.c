// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "terminal/canvas.h"

#include <langinfo.h>
#include <limits.h>
#include <locale.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define REPLACEMENT 0xfffd

bool canvas_unicode(void)
{
	return setlocale(LC_CTYPE, "") && !strcmp(nl_langinfo(CODESET), "UTF-8");
}

static struct canvas_cell *cell(struct canvas *c, int y, int x)
{
	return &c->cells[(long)y * c->width + x];
}

static void blank(struct canvas_cell *p)
{
	*p = (struct canvas_cell){ .ch = { ' ' }, .width = 1, .attr = CANVAS_NORMAL };
}

void canvas_clear(struct canvas *c)
{
	for (long i = 0; i < (long)c->width * c->height; i++)
		blank(&c->cells[i]);
}

bool canvas_resize(struct canvas *c, int width, int height)
{
	struct canvas_cell *cells;

	width = width > 0 ? width : 0;
	height = height > 0 ? height : 0;
	/* + 1: calloc() may return NULL for a size of 0. */
	cells = calloc((size_t)width * height + 1, sizeof(*cells));
	if (!cells)
		return false;
	free(c->cells);
	c->cells = cells;
	c->width = width;
	c->height = height;
	canvas_clear(c);
	return true;
}

struct canvas *canvas_new(int width, int height, bool ascii)
{
	struct canvas *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->ascii = ascii;
	if (!canvas_resize(c, width, height)) {
		free(c);
		return NULL;
	}
	return c;
}

void canvas_free(struct canvas *c)
{
	if (!c)
		return;
	free(c->cells);
	free(c);
}

/* Returns the next character, 0 at the end. Each byte of invalid UTF-8 becomes REPLACEMENT. */
static uint32_t next_char(const char **text)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)*text;
	int n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 :
		s[0] >> 3 == 30 ? 4 : 0;
	uint32_t ch = n == 1 ? s[0] : n ? s[0] & (0xff >> (n + 1)) : REPLACEMENT;

	if (!s[0])
		return 0;
	for (int i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			n = 0;
		else
			ch = ch << 6 | (s[i] & 0x3f);
	}
	if (ch < least[n])
		n = 0;
	*text += n ? n : 1;
	return n ? ch : REPLACEMENT;
}

/*
 * True for format characters. They reverse, hide or tag text, so a name could be displayed as
 * another. wcwidth() does not filter them: some have width 0, like combining marks.
 */
static bool is_format(uint32_t ch)
{
	static const struct { uint32_t first, last; } ranges[] = {
		{ 0xad, 0xad }, { 0x34f, 0x34f }, { 0x600, 0x605 }, { 0x61c, 0x61c },
		{ 0x6dd, 0x6dd }, { 0x70f, 0x70f }, { 0x180b, 0x180f }, { 0x200b, 0x200f },
		{ 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff },
		{ 0xfff0, 0xfffb }, { 0xe0000, 0xe0fff },
	};

	for (size_t i = 0; i < sizeof(ranges) / sizeof(*ranges); i++) {
		if (ch >= ranges[i].first && ch <= ranges[i].last)
			return true;
	}
	return false;
}

/* Replaces a character that is unsafe to show. Returns its width; 0: it combines. */
static int measure(const struct canvas *c, uint32_t *ch)
{
	int width;

	if (*ch >= 0x20 && *ch < 0x7f)
		return 1;
	width = is_format(*ch) || *ch > 0x10ffff ? -1 : wcwidth((wchar_t)*ch);
	if (c->ascii || width < 0 || width > 2) {
		*ch = c->ascii ? '?' : REPLACEMENT;
		return 1;
	}
	return width;
}

/* Blanks the other half of a wide character before one half is overwritten. */
static void break_wide(struct canvas *c, int y, int x)
{
	if (!cell(c, y, x)->width && x)
		blank(cell(c, y, x - 1));
	if (cell(c, y, x)->width == 2 && x + 1 < c->width)
		blank(cell(c, y, x + 1));
}

static struct canvas_cell *put_base(struct canvas *c, int y, int x, enum canvas_attr attr,
				    uint32_t ch, int width)
{
	struct canvas_cell *p;

	if (y < 0 || y >= c->height || x >= c->width || x + width <= 0)
		return NULL;
	if (x < 0 || x + width > c->width) {
		ch = ' ';
		x = x < 0 ? 0 : x;
		width = 1;
	}
	for (int i = 0; i < width; i++)
		break_wide(c, y, x + i);
	for (int i = 1; i < width; i++)
		*cell(c, y, x + i) = (struct canvas_cell){ .width = 0, .attr = attr };
	p = cell(c, y, x);
	*p = (struct canvas_cell){ .ch = { ch }, .width = width, .attr = attr };
	return ch == ' ' ? NULL : p;
}

static void put_combining(struct canvas_cell *p, uint32_t ch)
{
	for (int i = 1; p && i < CANVAS_CHARS; i++) {
		if (!p->ch[i]) {
			p->ch[i] = ch;
			return;
		}
	}
}

/* Writes like canvas_put(), but stops at column end. */
static int put_until(struct canvas *c, int y, int x, int end, enum canvas_attr attr,
		     const char *text)
{
	struct canvas_cell *base = NULL;
	uint32_t ch;

	while ((ch = next_char(&text))) {
		int width = measure(c, &ch);

		if (!width) {
			put_combining(base, ch);
			continue;
		}
		if (x > end - width)
			break;
		base = put_base(c, y, x, attr, ch, width);
		x += width;
	}
	return x;
}

int canvas_put(struct canvas *c, int y, int x, enum canvas_attr attr, const char *text)
{
	return put_until(c, y, x, INT_MAX, attr, text);
}

int canvas_text_width(const struct canvas *c, const char *text)
{
	int width = 0;
	uint32_t ch;

	while ((ch = next_char(&text)))
		width += measure(c, &ch);
	return width;
}

int canvas_field(struct canvas *c, int y, int x, int width, bool right, enum canvas_attr attr,
		 const char *text)
{
	int need = canvas_text_width(c, text), end = x + width, at = x;

	if (width <= 0)
		return x;
	if (right && need < width) {
		while (at < end - need)
			at = canvas_put(c, y, at, attr, " ");
	}
	at = put_until(c, y, at, need > width ? end - 1 : end, attr, text);
	if (need > width)
		at = canvas_put(c, y, at, attr, c->ascii ? "+" : "…");
	while (at < end)
		at = canvas_put(c, y, at, attr, " ");
	return end;
}

char *canvas_encode(char *p, uint32_t ch)
{
	if (ch < 0x80) {
		*p++ = (char)ch;
	} else if (ch < 0x800) {
		*p++ = (char)(0xc0 | ch >> 6);
		*p++ = (char)(0x80 | (ch & 0x3f));
	} else if (ch < 0x10000) {
		*p++ = (char)(0xe0 | ch >> 12);
		*p++ = (char)(0x80 | (ch >> 6 & 0x3f));
		*p++ = (char)(0x80 | (ch & 0x3f));
	} else {
		*p++ = (char)(0xf0 | ch >> 18);
		*p++ = (char)(0x80 | (ch >> 12 & 0x3f));
		*p++ = (char)(0x80 | (ch >> 6 & 0x3f));
		*p++ = (char)(0x80 | (ch & 0x3f));
	}
	return p;
}

char *canvas_text(const struct canvas *c)
{
	char *text = malloc((size_t)c->height * (c->width * CANVAS_CHARS * 4 + 1) + 1), *p = text;

	for (int y = 0; p && y < c->height; y++) {
		char *line = p;

		for (int x = 0; x < c->width; x++) {
			const struct canvas_cell *at = canvas_at(c, y, x);

			for (int i = 0; i < CANVAS_CHARS && at->ch[i]; i++)
				p = canvas_encode(p, at->ch[i]);
		}
		while (p > line && p[-1] == ' ')
			p--;
		*p++ = '\n';
	}
	if (p)
		*p = '\0';
	return text;
}
