// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>

#include "widgets/segments.h"

bool ui_init(struct ui *ui, const struct gmem_metric *sort, bool reverse, double delay_s,
	     uint32_t pid)
{
	*ui = (struct ui){
		.sort = sort ? sort : gmem_metric("conversions_per_s"),
		.reverse = reverse,
		.delay_s = delay_s,
		.pid = pid,
		.at.rows = 1,
		.help_at.rows = 1,
		.replay_speed = 1,
	};
	if (gmem_nr_metrics > UI_METRICS)
		return false;
	for (int i = 0; i < VIEWS; i++) {
		if (!view_table[i]->state_size)
			continue;
		ui->state[i] = calloc(1, view_table[i]->state_size);
		if (!ui->state[i])
			return false;
	}
	return true;
}

void ui_free(struct ui *ui)
{
	for (int i = 0; i < VIEWS; i++) {
		if (ui->state[i] && view_table[i]->drop)
			view_table[i]->drop(ui->state[i]);
		free(ui->state[i]);
		ui->state[i] = NULL;
	}
	order_free(&ui->list);
	filter_free(&ui->filter);
	since_free(&ui->since);
}

bool ui_collect(struct ui *ui, const struct gmem_model *m)
{
	for (int i = 0; i < VIEWS; i++) {
		if (view_table[i]->collect && !view_table[i]->collect(ui, m))
			return false;
	}
	return true;
}

const char *ui_lacks(const struct ui *ui, uint64_t feature, const char *live)
{
	static const struct { uint64_t feature; const char *why; } recorded[] = {
		{ GMEM_FEATURE_PHASES, "recorded without phases (--phases)" },
		{ GMEM_FEATURE_FAULTS, "recorded without faults (--faults)" },
		{ GMEM_FEATURE_INVALIDATIONS, "recorded without invalidations (--invalidations)" },
		{ GMEM_FEATURE_BACKING, "recorded without --backing" },
	};

	for (size_t i = 0; ui->recorded && i < sizeof(recorded) / sizeof(*recorded); i++) {
		if (recorded[i].feature == feature)
			return recorded[i].why;
	}
	return ui->recorded ? "not in the recording" : live;
}

void ui_forget(struct ui *ui)
{
	for (int i = 0; i < VIEWS; i++) {
		if (ui->state[i] && view_table[i]->forget)
			view_table[i]->forget(ui->state[i]);
	}
	since_free(&ui->since);
}

void ui_scroll_fit(struct ui_scroll *s, size_t nr, size_t rows)
{
	s->nr = nr;
	s->rows = rows ? rows : 1;
	if (s->top + s->rows > nr)
		s->top = nr > s->rows ? nr - s->rows : 0;
	if (!s->selecting || s->cursor >= nr)
		return;
	if (s->cursor < s->top)
		s->top = s->cursor;
	if (s->cursor >= s->top + s->rows)
		s->top = s->cursor - s->rows + 1;
}

size_t ui_scroll_moved(const struct ui_scroll *s, size_t at, int how)
{
	size_t step = how == UI_PAGE_UP || how == UI_PAGE_DOWN ? s->rows : 1;

	switch (how) {
	case UI_LINE_UP:
	case UI_PAGE_UP:
		return at > step ? at - step : 0;
	case UI_LINE_DOWN:
	case UI_PAGE_DOWN:
		return at + step < s->nr ? at + step : s->nr - 1;
	case UI_FIRST:
		return 0;
	default:
		return s->nr - 1;
	}
}

enum ui_action ui_scroll_move(struct ui_scroll *s, int how)
{
	size_t at = s->selecting ? s->cursor : s->top;

	if (!s->nr)
		return UI_NOTHING;
	if (s->selecting || (how != UI_LINE_UP && how != UI_LINE_DOWN))
		at = ui_scroll_moved(s, at, how);
	s->cursor = at;
	s->selecting = true;
	ui_scroll_fit(s, s->nr, s->rows);
	return UI_DRAW;
}

size_t ui_scroll_row(const struct ui_scroll *s, int line, int lines)
{
	size_t row = line < 0 ? s->nr : s->top + (size_t)(line / lines);

	return row < s->nr && row < s->top + s->rows ? row : SIZE_MAX;
}

void ui_scroll_footer(struct segments *line, const struct ui_scroll *s)
{
	size_t end = s->top + s->rows < s->nr ? s->top + s->rows : s->nr;

	if (s->nr <= s->rows)
		return;
	if (s->rows == 1)
		segments_printf(line, 0, CANVAS_TITLE, "%zu of %zu", end, s->nr);
	else
		segments_printf(line, 0, CANVAS_TITLE, "%zu-%zu of %zu", s->top + 1, end, s->nr);
}

void ui_select(struct ui *ui, size_t i)
{
	ui->at.cursor = i;
	ui->at.selecting = true;
	ui->selected = ui->list.rows[i].id;
	ui->selected_group = ui->list.rows[i].group != ORDER_NO_GROUP;
}

/* Moves the cursor to the selected row, or, if that is gone, selects the row in its place. */
static void follow(struct ui *ui)
{
	if (!ui->at.selecting)
		return;
	for (size_t i = 0; i < ui->list.nr; i++) {
		const struct order_row *row = &ui->list.rows[i];

		if (row->id == ui->selected &&
		    (row->group != ORDER_NO_GROUP) == ui->selected_group) {
			ui->at.cursor = i;
			return;
		}
	}
	/* A view of one VM keeps the selection, and shows that the VM is gone. */
	if (ui->view != VIEW_OVERVIEW)
		return;
	if (!ui->list.nr) {
		ui->at.selecting = false;
		return;
	}
	ui_select(ui, ui->at.cursor < ui->list.nr ? ui->at.cursor : ui->list.nr - 1);
}

uint64_t ui_vm(const struct ui *ui)
{
	const struct order *l = &ui->list;

	if (!ui->at.selecting)
		return l->nr_members ? l->members[0] : 0;
	if (!ui->selected_group)
		return ui->selected;
	return ui->at.cursor < l->nr && l->rows[ui->at.cursor].group != ORDER_NO_GROUP ?
	       l->members[l->groups[l->rows[ui->at.cursor].group].first] : 0;
}

void ui_step_vm(struct ui *ui, int by)
{
	const struct order *l = &ui->list;
	uint64_t id = ui_vm(ui);
	size_t at = 0;

	while (at < l->nr && (l->rows[at].group != ORDER_NO_GROUP || l->rows[at].id != id))
		at++;
	/* At most once around the list. A VM without a row is in a folded group: start at the top. */
	for (size_t n = 0; n < l->nr; n++) {
		at = (at + l->nr + (size_t)by) % l->nr;
		if (l->rows[at].group == ORDER_NO_GROUP) {
			ui_select(ui, at);
			return;
		}
	}
}

bool ui_order(struct ui *ui, const struct gmem_model *m)
{
	ui->model = m;
	if (!order_make(&ui->list, ui, m))
		return false;
	follow(ui);
	ui_scroll_fit(&ui->at, ui->list.nr, ui->at.rows);
	return !ui_view(ui)->order || ui_view(ui)->order(ui, m);
}

enum ui_action ui_sort(struct ui *ui, const struct gmem_metric *metric)
{
	if (metric == ui->sort)
		ui->reverse = !ui->reverse;
	ui->sort = metric;
	return UI_ORDER | UI_DRAW;
}

/* Selects the VM of ui_vm(), so that a view of one VM keeps it when the order changes. */
static void pin_vm(struct ui *ui)
{
	uint64_t vm = ui_vm(ui);

	if (!vm || (ui->at.selecting && !ui->selected_group))
		return;
	ui->at.selecting = true;
	ui->selected = vm;
	ui->selected_group = false;
}

enum ui_action ui_show_view(struct ui *ui, int view)
{
	ui->help = false;
	ui->overlay = NULL;
	if (ui->view == (enum view_id)view)
		return UI_DRAW;
	pin_vm(ui);
	ui->view = (enum view_id)view;
	return UI_VIEW | UI_ORDER | UI_DRAW;
}
