// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "ui/ui.h"

#include <stdlib.h>
#include <string.h>

bool ui_init(struct ui *ui, const struct gmem_metric *sort, bool reverse, double delay_s,
	     uint32_t pid)
{
	*ui = (struct ui){
		.sort = sort ? sort : gmem_metric("conversions_per_s"),
		.reverse = reverse,
		.delay_s = delay_s,
		.pid = pid,
		.rows = 1,
		.help_rows = 1,
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

void ui_forget(struct ui *ui)
{
	for (int i = 0; i < VIEWS; i++) {
		if (ui->state[i] && view_table[i]->forget)
			view_table[i]->forget(ui->state[i]);
	}
	since_free(&ui->since);
}

void ui_fit_help(struct ui *ui, size_t lines, size_t rows)
{
	ui->help_lines = lines;
	ui->help_rows = rows ? rows : 1;
	if (ui->help_top + ui->help_rows > lines)
		ui->help_top = lines > ui->help_rows ? lines - ui->help_rows : 0;
}

size_t ui_moved(size_t at, size_t count, size_t page, enum ui_motion how)
{
	bool by_page = how == UI_PAGE_UP || how == UI_PAGE_DOWN;
	size_t last = count ? count - 1 : 0, step = by_page ? page : 1;

	switch (how) {
	case UI_LINE_UP:
	case UI_PAGE_UP:
		return at > step ? at - step : 0;
	case UI_LINE_DOWN:
	case UI_PAGE_DOWN:
		return at + step < last ? at + step : last;
	case UI_FIRST:
		return 0;
	default:
		return last;
	}
}

struct gmem_value ui_value(const struct ui *ui, const struct gmem_metric *metric,
			   const struct gmem_vm *vm, const struct gmem_model *m)
{
	return since_value(&ui->since, metric, vm, m);
}

/* Selects the VM of ui_vm(), so that a view of one VM keeps it when the order changes. */
static void pin_vm(struct ui *ui)
{
	uint64_t vm = ui_vm(ui);

	if (!vm || (ui->selecting && !ui->selected_group))
		return;
	ui->selecting = true;
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
