// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "widgets/segments.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define GAP 2

struct segment *segments_add(struct segments *all, int rank, enum canvas_attr attr)
{
	struct segment *s = &all->s[all->n < SEGMENTS ? all->n++ : SEGMENTS - 1];

	memset(s, 0, sizeof(*s));
	s->rank = rank;
	s->attr = attr;
	return s;
}

struct segment *segments_printf(struct segments *all, int rank, enum canvas_attr attr, const char *format, ...)
{
	struct segment *s = segments_add(all, rank, attr);
	va_list args;

	va_start(args, format);
	vsnprintf(s->text, sizeof(s->text), format, args);
	va_end(args);
	return s;
}

static int total(const struct canvas *c, const struct segments *all)
{
	int width = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (all->s[i].text[0])
			width += canvas_text_width(c, all->s[i].text) + (width ? GAP : 0);
	}
	return width;
}

/* Takes the full text of each segment with which the line still fits. */
static void lengthen(const struct canvas *c, struct segments *all)
{
	for (size_t i = 0; i < all->n; i++) {
		struct segment *s = &all->s[i], before = *s;

		if (!s->full[0])
			continue;
		memcpy(s->text, s->full, sizeof(s->text));
		if (total(c, all) > c->width)
			*s = before;
	}
}

static struct segment *least_important(struct segments *all, bool with_brief)
{
	struct segment *worst = NULL;

	for (size_t i = 0; i < all->n; i++) {
		struct segment *s = &all->s[i];

		if (s->text[0] && (with_brief ? s->brief[0] != '\0' : s->rank > 0) &&
		    (!worst || s->rank > worst->rank))
			worst = s;
	}
	return worst;
}

static void shorten(const struct canvas *c, struct segments *all)
{
	struct segment *s;

	while (total(c, all) > c->width && (s = least_important(all, true))) {
		memcpy(s->text, s->brief, sizeof(s->text));
		s->brief[0] = '\0';
	}
	while (total(c, all) > c->width && (s = least_important(all, false)))
		s->text[0] = '\0';
}

void segments_draw(struct canvas *c, int y, struct segments *all)
{
	int x = 0;

	lengthen(c, all);
	shorten(c, all);
	for (size_t i = 0; i < all->n; i++) {
		const struct segment *s = &all->s[i];

		if (!s->text[0])
			continue;
		if (x)
			x += GAP;
		x = canvas_put(c, y, x, s->attr, s->text);
	}
}
