// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "footer.h"

#include <stdio.h>
#include <string.h>

#include "glyphs.h"
#include "segments.h"

static void add_legend(struct segments *line, bool ascii)
{
	const struct glyphs *g = glyphs(ascii);
	struct segment *s;

	s = segments_add(line, 3, CANVAS_PRIVATE);
	snprintf(s->text, sizeof(s->text), "%s private", g->level[STRIP_PRIVATE]);
	s = segments_add(line, 5, CANVAS_MIXED);
	snprintf(s->text, sizeof(s->text), "%s part", g->level[STRIP_PRIVATE / 2]);
	s = segments_add(line, 4, CANVAS_SHARED);
	snprintf(s->text, sizeof(s->text), "%s shared", g->level[STRIP_SHARED]);
}

static void add_keys(struct segments *line, const struct ui *ui)
{
	int rank = 1;

	for (size_t i = 0; i < ui_nr_bindings; i++) {
		const struct ui_binding *b = &ui_bindings[i];
		struct segment *s;

		if (!b->hint)
			continue;
		s = segments_add(line, rank > 2 ? rank + 3 : rank, CANVAS_DIM);
		rank++;
		snprintf(s->text, sizeof(s->text), "%.*s %s", (int)strcspn(b->label, " "), b->label,
			 ui->paused && !strcmp(b->hint, "pause") ? "go on" : b->hint);
	}
}

/* How many VMs the screen does not show, above and below. */
static void add_more(struct segments *line, const struct layout *l, const struct ui *ui)
{
	size_t end = ui->top + l->rows < ui->nr ? ui->top + l->rows : ui->nr;
	struct segment *s;

	if (ui->nr <= l->rows)
		return;
	s = segments_add(line, 0, CANVAS_TITLE);
	if (l->rows == 1)
		snprintf(s->text, sizeof(s->text), "%zu of %zu", end, ui->nr);
	else
		snprintf(s->text, sizeof(s->text), "%zu-%zu of %zu", ui->top + 1, end, ui->nr);
}

void footer_draw(struct canvas *c, const struct layout *l, const struct ui *ui)
{
	struct segments line = { .n = 0 };

	if (ui->help) {
		struct segment *s = segments_add(&line, 0, CANVAS_DIM);

		snprintf(s->text, sizeof(s->text), "q back%s",
			 ui->help_lines > ui->help_rows ? "  up down PgUp PgDn scroll" : "");
		snprintf(s->brief, sizeof(s->brief), "q back");
	} else {
		add_more(&line, l, ui);
		add_keys(&line, ui);
		add_legend(&line, c->ascii);
	}
	segments_draw(c, l->keys_y, &line);
}
