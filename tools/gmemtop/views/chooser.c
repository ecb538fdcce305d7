// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Column chooser: all metrics, their meaning, and whether each is a column of the overview. */
#include <stdio.h>
#include <string.h>

#include "views/overview.h"
#include "widgets/segments.h"

/* Lists indices into gmem_metrics[]: columns first, in their order, then the other metrics. */
static size_t list_metrics(size_t *list)
{
	size_t n = 0;

	for (int i = 0; i < COLUMNS; i++) {
		const struct gmem_metric *m = gmem_metric(columns[i].key);

		if (m)
			list[n++] = (size_t)(m - gmem_metrics);
	}
	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		if (columns_find(gmem_metrics[i].key) == COLUMNS)
			list[n++] = i;
	}
	return n;
}

static size_t metric_at_cursor(const struct ui *ui)
{
	size_t list[UI_METRICS];

	list_metrics(list);
	return list[overview_of(ui)->chooser.cursor];
}

static enum ui_action move(struct ui *ui, int how)
{
	return ui_scroll_move(&overview_of(ui)->chooser, how);
}

static enum ui_action toggle(struct ui *ui, int arg)
{
	size_t i = metric_at_cursor(ui);

	(void)arg;
	ui->columns[i] = columns_is_on(ui, &gmem_metrics[i]) ? UI_COLUMN_OFF : UI_COLUMN_ON;
	return UI_DRAW;
}

static enum ui_action sort_by(struct ui *ui, int arg)
{
	(void)arg;
	return ui_sort(ui, &gmem_metrics[metric_at_cursor(ui)]);
}

static enum ui_action restore_defaults(struct ui *ui, int arg)
{
	(void)arg;
	memset(ui->columns, UI_COLUMN_AUTO, sizeof(ui->columns));
	return UI_DRAW;
}

static enum ui_action leave(struct ui *ui, int arg)
{
	(void)arg;
	ui->overlay = NULL;
	return UI_ORDER | UI_DRAW;
}

static enum ui_action click(struct ui *ui, int arg)
{
	size_t row = ui_scroll_row(&overview_of(ui)->chooser, ui->mouse.y - ui->area.y - 1, 1);

	if (row == SIZE_MAX)
		return UI_NOTHING;
	overview_of(ui)->chooser.cursor = row;
	return arg ? toggle(ui, 0) : UI_DRAW;
}

static void fit(struct ui *ui, const struct gmem_model *m)
{
	(void)m;
	ui_scroll_fit(&overview_of(ui)->chooser, gmem_nr_metrics, (size_t)ui->area.height - 1);
}

#define TITLE_X	5
#define KEY_X	15
#define HELP_X	40

static void draw_metric(struct canvas *c, int y, const struct ui *ui, const struct gmem_metric *m,
			const char *lacks, enum canvas_attr attr)
{
	char mark[8];

	snprintf(mark, sizeof(mark), "[%c]", columns_is_on(ui, m) ? 'x' : ' ');
	canvas_field(c, y, 0, c->width, false, attr, "");
	canvas_put(c, y, 1, attr, mark);
	canvas_field(c, y, TITLE_X, KEY_X - TITLE_X - 1, false, attr, m->title);
	canvas_field(c, y, KEY_X, c->width < HELP_X + 20 ? c->width - KEY_X : HELP_X - KEY_X - 1,
		     false, attr, m->key);
	if (c->width >= HELP_X + 20)
		canvas_field(c, y, HELP_X, c->width - HELP_X, false, attr,
			     lacks ? lacks : m->help);
}

/* Returns why a metric is unknown whose features @missing the source lacks, or NULL if there are none. */
static const char *why_unknown(const struct ui *ui, uint64_t missing)
{
	if (!missing)
		return NULL;
	if (missing == GMEM_FEATURE_RATES)
		return "known from the second refresh on";
	return ui_lacks(ui, missing, "not available: no probe on this kernel, or not enabled");
}

static void draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		 const struct view_area *area)
{
	const struct ui_scroll *at = &overview_of(ui)->chooser;
	size_t list[UI_METRICS], n = list_metrics(list);

	canvas_field(c, area->y, 0, c->width, false, CANVAS_HEADER, "");
	canvas_put(c, area->y, 1, CANVAS_HEADER, c->width < 60 ? "COLUMNS" :
		   "COLUMNS: [x] is shown where there is room");
	for (size_t i = at->top; i < n && i < at->top + at->rows; i++) {
		const struct gmem_metric *metric = &gmem_metrics[list[i]];
		const char *lacks = why_unknown(ui, metric->feature & ~m->features);

		draw_metric(c, area->y + 1 + (int)(i - at->top), ui, metric, lacks,
			    i == at->cursor ? CANVAS_SELECTED :
			    metric == ui->sort ? CANVAS_KEY : lacks ? CANVAS_DIM : CANVAS_NORMAL);
	}
}

static void footer(struct segments *line, const struct ui *ui, bool ascii)
{
	(void)ascii;
	segments_printf(line, 0, CANVAS_TITLE, "%zu of %zu", overview_of(ui)->chooser.cursor + 1, gmem_nr_metrics);
}

static const struct ui_binding bindings[] = {
	{ { ' ', UI_KEY_ENTER }, "space", "show or hide the column", "on/off", toggle, 0 },
	{ { 's' }, "s", "sort by this metric; again: reverse the order", "sort", sort_by, 0 },
	{ { 'D' }, "D", "restore the default columns", "default", restore_defaults, 0 },
	{ { UI_KEY_ESC, 'c', 'q' }, "Esc c q", "back to the table", "back", leave, 0 },
	{ { UI_KEY_UP, 'k', UI_KEY_WHEEL_UP }, "up k", "previous metric", NULL, move, UI_LINE_UP },
	{ { UI_KEY_DOWN, 'j', UI_KEY_WHEEL_DOWN }, "down j", "next metric", NULL, move,
	  UI_LINE_DOWN },
	UI_MOTIONS(move, "", "metric"),
	{ { UI_KEY_CLICK }, "click", "select; double click: show or hide", NULL, click, 0 },
	{ { UI_KEY_DOUBLE_CLICK }, NULL, NULL, NULL, click, 1 },
};

const struct view overview_chooser = {
	.name = "columns", .title = "columns", .fit = fit, .draw = draw, .footer = footer,
	.bindings = bindings, .nr_bindings = sizeof(bindings) / sizeof(*bindings),
};
