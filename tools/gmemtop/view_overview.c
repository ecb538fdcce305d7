// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The table of VMs: its keys, and how it is drawn. */
#include "view.h"

#include <stdio.h>
#include <string.h>

#include "columns.h"
#include "glyphs.h"
#include "help.h"
#include "layout.h"
#include "overview_draw.h"
#include "segments.h"
#include "ui.h"

/* The first key only shows where one is. */
static enum ui_action move(struct ui *ui, int how)
{
	if (!ui->nr)
		return UI_NOTHING;
	if (!ui->selecting && (how == UI_LINE_UP || how == UI_LINE_DOWN))
		ui->cursor = ui->top;
	else
		ui->cursor = ui_moved(ui->selecting ? ui->cursor : ui->top, ui->nr, ui->rows, how);
	ui->selecting = true;
	ui->selected = ui->ids[ui->cursor];
	ui_fit(ui, ui->rows);
	return UI_DRAW;
}

static enum ui_action select_none(struct ui *ui, int arg)
{
	(void)arg;
	ui->selecting = false;
	ui->top = 0;
	return UI_DRAW;
}

static enum ui_action open_vm(struct ui *ui, int arg)
{
	return ui->nr ? ui_show_view(ui, arg) : UI_NOTHING;
}

static enum ui_action click(struct ui *ui, int arg)
{
	struct layout l;
	size_t row;

	layout_make(&l, ui, ui->model, &ui->area);
	if (ui->mouse.y < l.body_y)
		return UI_NOTHING;
	row = ui->top + (size_t)((ui->mouse.y - l.body_y) / (1 + l.map_below));
	if (row >= ui->nr || row >= ui->top + l.rows)
		return UI_NOTHING;
	ui->cursor = row;
	ui->selecting = true;
	ui->selected = ui->ids[row];
	return arg ? ui_show_view(ui, VIEW_VM) : UI_DRAW;
}

static enum ui_action sort_by(struct ui *ui, int step)
{
	int i = 0;

	while (i < COLUMNS && strcmp(columns[i].key, ui->sort->key))
		i++;
	/* From a field that has no column of its own, next is the first and previous the last. */
	if (i == COLUMNS)
		i = step > 0 ? COLUMNS - 1 : 0;
	ui->sort = gmem_metric(columns[(i + COLUMNS + step) % COLUMNS].key);
	return UI_ORDER | UI_DRAW;
}

static enum ui_action reverse(struct ui *ui, int arg)
{
	(void)arg;
	ui->reverse = !ui->reverse;
	return UI_ORDER | UI_DRAW;
}

static const struct ui_binding bindings[] = {
	{ { UI_KEY_ENTER }, "Enter", "the view of the selected VM", "open", open_vm, VIEW_VM },
	{ { 's', '>', UI_KEY_RIGHT }, "s >", "sort by the next column", "sort", sort_by, 1 },
	{ { '<', UI_KEY_LEFT }, "<", "sort by the column before", NULL, sort_by, -1 },
	{ { 'R' }, "R", "reverse the order", "reverse", reverse, 0 },
	{ { UI_KEY_UP, 'k' }, "up k", "select a VM: it is followed when the order changes", NULL,
	  move, UI_LINE_UP },
	{ { UI_KEY_DOWN, 'j' }, "down j", "the next one", NULL, move, UI_LINE_DOWN },
	{ { UI_KEY_PAGE_UP }, "PgUp", "a screen up", NULL, move, UI_PAGE_UP },
	{ { UI_KEY_PAGE_DOWN }, "PgDn", "a screen down", NULL, move, UI_PAGE_DOWN },
	{ { UI_KEY_HOME, 'g' }, "Home g", "the first one", NULL, move, UI_FIRST },
	{ { UI_KEY_END, 'G' }, "End G", "the last one", NULL, move, UI_LAST },
	{ { UI_KEY_ESC }, "Esc", "select none, back to the top", NULL, select_none, 0 },
	{ { UI_KEY_CLICK }, "click", "select that VM", NULL, click, 0 },
	{ { UI_KEY_DOUBLE_CLICK }, "twice", "the view of that VM", NULL, click, 1 },
	{ { UI_KEY_WHEEL_UP }, "wheel", "the one above or below", NULL, move, UI_LINE_UP },
	{ { UI_KEY_WHEEL_DOWN }, NULL, NULL, NULL, move, UI_LINE_DOWN },
};

static void fit(struct ui *ui, const struct gmem_model *m, const struct view_area *area)
{
	struct layout l;

	ui->area = *area;
	layout_make(&l, ui, m, area);
	ui_fit(ui, l.rows);
}

/* How many VMs the screen does not show, above and below. */
static void add_more(struct segments *line, const struct ui *ui)
{
	size_t end = ui->top + ui->rows < ui->nr ? ui->top + ui->rows : ui->nr;
	struct segment *s;

	if (ui->nr <= ui->rows)
		return;
	s = segments_add(line, 0, CANVAS_TITLE);
	if (ui->rows == 1)
		snprintf(s->text, sizeof(s->text), "%zu of %zu", end, ui->nr);
	else
		snprintf(s->text, sizeof(s->text), "%zu-%zu of %zu", ui->top + 1, end, ui->nr);
}

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

static void footer(struct segments *line, const struct ui *ui, bool ascii)
{
	add_more(line, ui);
	add_legend(line, ascii);
}

static void write_map(struct help_page *p)
{
	const struct glyphs *g = glyphs(help_ascii(p));

	help_heading(p, "Map");
	help_entry(p, "", CANVAS_NORMAL,
	      "The memslots that are bound to guest_memfd, in the order of guest frames. "
	      "Each cell is an equal share of them.");
	help_entry(p, g->level[STRIP_PRIVATE], CANVAS_PRIVATE, "all of the cell is private");
	help_entry(p, g->level[STRIP_PRIVATE / 2], CANVAS_MIXED,
	      "part of it is: the fuller the sign, the more");
	help_entry(p, g->level[STRIP_SHARED], CANVAS_SHARED, "all of it is shared");
}

static void write_columns(struct help_page *p)
{
	help_heading(p, "Columns");
	for (int i = 0; i < COLUMNS; i++) {
		const struct gmem_metric *m = gmem_metric(columns[i].key);

		if (m)
			help_entry(p, m->title, CANVAS_MIXED, m->help);
	}
	help_entry(p, "", CANVAS_NORMAL, "FLY is an age, as 12s, once one of them lasts over a second. "
	      "Columns that do not fit are left out; the one that is sorted by is shown.");
}

static void help(struct help_page *p)
{
	write_map(p);
	write_columns(p);
}

const struct view view_overview = {
	.name = "overview", .title = "all VMs", .hint = "all VMs", .key = '1',
	.fit = fit, .draw = overview_draw, .footer = footer, .help = help,
	.bindings = bindings, .nr_bindings = sizeof(bindings) / sizeof(*bindings),
};
