// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "screen/footer.h"

#include <stdio.h>
#include <string.h>

#include "views/text.h"
#include "widgets/segments.h"

#define RANK_KEYS	1	/* quit and help stay longest */
#define RANK_MORE_KEYS	6
#define LEADING_KEYS	2	/* q and ?, shown before the keys of the view */

static void add_keys(struct segments *line, const struct ui *ui, const struct ui_binding *b,
		     size_t n, int *rank)
{
	for (size_t i = 0; i < n; i++, b++) {
		struct segment *s;

		if (!b->hint)
			continue;
		s = segments_add(line, *rank, CANVAS_DIM);
		*rank = *rank < RANK_KEYS + 1 ? *rank + 1 :
			*rank < RANK_MORE_KEYS ? RANK_MORE_KEYS : *rank + 1;
		snprintf(s->text, sizeof(s->text), "%.*s %s", (int)strcspn(b->label, " "), b->label,
			 ui->paused && !strcmp(b->hint, "pause") ? "go on" : b->hint);
	}
}

static void draw_help_keys(struct segments *line, const struct ui *ui)
{
	struct segment *s = segments_add(line, 0, CANVAS_DIM);

	snprintf(s->text, sizeof(s->text), "q back%s",
		 ui->help_lines > ui->help_rows ? "  up down PgUp PgDn scroll" : "");
	snprintf(s->brief, sizeof(s->brief), "q back");
}

/* Shows the end of a text that is too long, and a block as the cursor. */
static void draw_prompt(struct canvas *c, int y, const struct ui *ui)
{
	char text[4 * PROMPT_LEN];
	const char *p = text;
	int x, room;

	gmem_text_name(text, sizeof(text), ui->prompt.text);
	canvas_field(c, y, 0, c->width, false, CANVAS_NORMAL, "");
	x = canvas_put(c, y, 0, CANVAS_KEY, ui->prompt.label);
	x = canvas_put(c, y, x, CANVAS_KEY, ": ");
	room = c->width - x - 1;
	while (*p && canvas_text_width(c, p) > room) {
		do
			p++;
		while (((unsigned char)*p & 0xc0) == 0x80);
	}
	x = canvas_put(c, y, x, CANVAS_NORMAL, p);
	x = canvas_put(c, y, x, CANVAS_CURSOR, " ");
	canvas_put(c, y, x + 1, CANVAS_DIM, "Enter takes it, Esc does not");
}

void footer_draw(struct canvas *c, int y, const struct ui *ui)
{
	const struct view *view = ui_view(ui);
	struct segments line = { .n = 0 };
	int rank = RANK_KEYS;

	if (ui->prompt.active) {
		draw_prompt(c, y, ui);
		return;
	}
	if (ui->help) {
		draw_help_keys(&line, ui);
	} else {
		add_keys(&line, ui, ui_bindings, LEADING_KEYS, &rank);
		add_keys(&line, ui, view->bindings, view->nr_bindings, &rank);
		add_keys(&line, ui, ui_bindings + LEADING_KEYS, ui_nr_bindings - LEADING_KEYS, &rank);
		if (view->footer)
			view->footer(&line, ui, c->ascii);
	}
	segments_draw(c, y, &line);
}
