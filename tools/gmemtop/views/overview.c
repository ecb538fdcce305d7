// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Overview, the table of VMs: its keys, legend and help. */
#include "ui/view.h"

#include <stdio.h>
#include <string.h>

#include "terminal/glyphs.h"
#include "ui/ui.h"
#include "views/overview.h"
#include "widgets/segments.h"

static enum ui_action move(struct ui *ui, int how)
{
	if (!ui_scroll_move(&ui->at, how))
		return UI_NOTHING;
	ui_select(ui, ui->at.cursor);
	return UI_DRAW;
}

static enum ui_action select_none(struct ui *ui, int arg)
{
	(void)arg;
	ui->at.selecting = false;
	ui->at.top = 0;
	return UI_DRAW;
}

/* Shows the selected VM, or folds or unfolds the selected group. */
static enum ui_action open_row(struct ui *ui, int arg)
{
	if (!ui->list.nr)
		return UI_NOTHING;
	if (ui->at.selecting && ui->selected_group)
		return order_fold(&ui->list, ui->selected) ? UI_ORDER | UI_DRAW : UI_NOTHING;
	return ui_show_view(ui, arg);
}

static enum ui_action click_head(struct ui *ui, const struct layout *l)
{
	for (size_t i = 0; i < l->nr_columns; i++) {
		const struct layout_column *col = &l->columns[i];

		if (ui->mouse.x >= col->x - 1 && ui->mouse.x < col->x + col->width)
			return ui_sort(ui, col->metric);
	}
	return UI_NOTHING;
}

static enum ui_action click(struct ui *ui, int open)
{
	struct layout l;
	size_t row;

	layout_make(&l, ui, ui->model, &ui->area);
	if (ui->mouse.y == l.heads_y && !open)
		return click_head(ui, &l);
	row = ui_scroll_row(&ui->at, ui->mouse.y - l.body_y, 1 + l.map_below);
	if (row == SIZE_MAX)
		return UI_NOTHING;
	ui_select(ui, row);
	return open ? open_row(ui, VIEW_VM) : UI_DRAW;
}

static enum ui_action ask_filter(struct ui *ui, int arg)
{
	(void)arg;
	prompt_open(&ui->prompt, &ui->filter);
	return UI_DRAW;
}

static enum ui_action next_tree(struct ui *ui, int arg)
{
	ui->tree = (enum order_tree)(((int)ui->tree + arg) % ORDER_TREES);
	return UI_ORDER | UI_DRAW;
}

static enum ui_action choose_columns(struct ui *ui, int arg)
{
	(void)arg;
	ui->overlay = &overview_chooser;
	overview_of(ui)->chooser.selecting = true;
	return UI_DRAW;
}

/* True if column i is on and, unless the user switched it on, likely on the screen. */
static bool is_shown(const struct ui *ui, int i)
{
	const struct gmem_metric *m = gmem_metric(columns[i].key);

	return ui->columns[m - gmem_metrics] == UI_COLUMN_ON ||
	       (columns_is_on(ui, m) &&
		(columns[i].rank < COLUMN_EXTRA || !ui->model ||
		 gmem_metric_known(m, ui->model->features)));
}

/* Sorts by the next column that is shown, or by the previous one. */
static enum ui_action sort_by(struct ui *ui, int step)
{
	int i = columns_find(ui->sort->key), tried = 0;

	/* A metric outside columns[]: next is the first column, previous the last. */
	if (i == COLUMNS)
		i = step > 0 ? COLUMNS - 1 : 0;
	do {
		i = (i + COLUMNS + step) % COLUMNS;
		ui->sort = gmem_metric(columns[i].key);
	} while (!is_shown(ui, i) && ++tried < COLUMNS);
	return UI_ORDER | UI_DRAW;
}

static enum ui_action reverse(struct ui *ui, int arg)
{
	(void)arg;
	ui->reverse = !ui->reverse;
	return UI_ORDER | UI_DRAW;
}

static const struct ui_binding bindings[] = {
	{ { UI_KEY_ENTER }, "Enter", "show the selected VM; fold or unfold a group",
	  "open", open_row, VIEW_VM },
	{ { '/', 'f' }, "/ f", "show only VMs whose name, cgroup or pid matches an expression",
	  "filter", ask_filter, 0 },
	{ { 's', '>', UI_KEY_RIGHT }, "s >", "sort by the next column", "sort", sort_by, 1 },
	{ { '<', UI_KEY_LEFT }, "<", "sort by the previous column", NULL, sort_by, -1 },
	{ { 'R' }, "R", "reverse the order", "reverse", reverse, 0 },
	{ { 'c', UI_KEY_F1 + 1 }, "c F2", "choose columns, and sort by any field", "columns",
	  choose_columns, 0 },
	{ { 't', UI_KEY_F1 + 4 }, "t F5", "list VMs flat, by cgroup, or by process", "tree", next_tree, 1 },
	{ { UI_KEY_UP, 'k' }, "up k", "select a VM; the cursor follows it", NULL,
	  move, UI_LINE_UP },
	{ { UI_KEY_DOWN, 'j' }, "down j", "next VM", NULL, move, UI_LINE_DOWN },
	UI_MOTIONS(move, "", "VM"),
	{ { UI_KEY_ESC }, "Esc", "select none, go to the top", NULL, select_none, 0 },
	{ { UI_KEY_CLICK }, "click", "select a VM; double click: show it; column head: sort", NULL, click, 0 },
	{ { UI_KEY_DOUBLE_CLICK }, NULL, NULL, NULL, click, 1 },
	{ { UI_KEY_WHEEL_UP }, "wheel", "previous or next VM", NULL, move, UI_LINE_UP },
	{ { UI_KEY_WHEEL_DOWN }, NULL, NULL, NULL, move, UI_LINE_DOWN },
};

static void fit(struct ui *ui, const struct gmem_model *m)
{
	struct layout l;

	layout_make(&l, ui, m, &ui->area);
	ui_scroll_fit(&ui->at, ui->list.nr, l.rows);
}

static void footer(struct segments *line, const struct ui *ui, bool ascii)
{
	const struct glyphs *g = glyphs(ascii);
	struct segment *s;

	ui_scroll_footer(line, &ui->at);
	segments_printf(line, 3, CANVAS_PRIVATE, "%s private", g->level[LEVEL_PRIVATE]);
	segments_printf(line, 5, CANVAS_MIXED, "%s part", g->level[LEVEL_PRIVATE / 2]);
	segments_printf(line, 4, CANVAS_SHARED, "%s shared", g->level[LEVEL_SHARED]);
	if (!ui->model || !ui->model->backing_ns)
		return;
	s = segments_printf(line, 5, CANVAS_DOUBLE_BACKED, "%s double-backed", g->double_backed);
	snprintf(s->brief, sizeof(s->brief), "%s 2x", g->double_backed);
	segments_printf(line, 5, CANVAS_PRIVATE, "%s empty", g->empty);
}

static void write_map(struct help_page *p)
{
	const struct glyphs *g = glyphs(help_ascii(p));

	help_heading(p, "Map");
	help_entry(p, "", CANVAS_NORMAL,
	      "The memslots that are bound to guest_memfd, in the order of guest frames. "
	      "Each cell is an equal share of them.");
	help_entry(p, g->level[LEVEL_PRIVATE], CANVAS_PRIVATE, "all private");
	help_entry(p, g->level[LEVEL_PRIVATE / 2], CANVAS_MIXED,
	      "partly private: the fuller the sign, the more");
	help_entry(p, g->level[LEVEL_SHARED], CANVAS_SHARED, "all shared");
	help_entry(p, g->empty, CANVAS_PRIVATE,
		   "private, less than half populated (needs --backing)");
	help_entry(p, g->double_backed, CANVAS_DOUBLE_BACKED,
		   "partly double-backed, or populated on the wrong side (needs --backing)");
}

static void write_columns(struct help_page *p)
{
	help_heading(p, "Columns");
	for (int i = 0; i < COLUMNS; i++) {
		const struct gmem_metric *m = gmem_metric(columns[i].key);

		if (m)
			help_entry(p, m->title, CANVAS_MIXED, m->help);
	}
	help_entry(p, "in flight", CANVAS_KEY,
		   "in the first line: conversions in flight of the listed VMs. NOW, in the view of a VM, lists all "
		   "kinds of operations.");
	help_entry(p, "", CANVAS_NORMAL,
		   "INFL becomes the age of the oldest conversion in flight, like 12s, after a second. "
		   "Columns that do not fit are left out; the sort column is always shown.");
	help_entry(p, "-", CANVAS_KEY, "unknown: not scanned, not counted, or none");
	help_entry(p, ">12M", CANVAS_KEY, "a sum without parts that are unknown");
	help_entry(p, "12M?", CANVAS_KEY, "stale, may be wrong; after a VM's number: its whole map");
}

static bool collect(struct ui *ui, const struct gmem_model *m)
{
	return !gmem_trend_add(&overview_of(ui)->trend, m);
}

static void drop(void *state)
{
	gmem_trend_free(&((struct overview *)state)->trend);
}

static void help(struct help_page *p)
{
	write_map(p);
	write_columns(p);
}

const struct view view_overview = {
	.name = "overview", .title = "all VMs", .hint = "all VMs", .key = '1',
	.state_size = sizeof(struct overview), .drop = drop, .collect = collect,
	.forget = drop,
	.fit = fit, .draw = overview_draw, .footer = footer, .help = help,
	.bindings = bindings, .nr_bindings = sizeof(bindings) / sizeof(*bindings),
};
