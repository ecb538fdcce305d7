// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Selection and scrolling of the list of VMs. */
#include "ui/ui.h"

void ui_select(struct ui *ui, size_t i)
{
	ui->cursor = i;
	ui->selecting = true;
	ui->selected = ui->list.rows[i].id;
	ui->selected_group = ui->list.rows[i].group != ORDER_NO_GROUP;
}

/* Moves the cursor to the selected row, or, if that is gone, selects the row in its place. */
static void follow(struct ui *ui)
{
	if (!ui->selecting)
		return;
	for (size_t i = 0; i < ui->list.nr; i++) {
		const struct order_row *row = &ui->list.rows[i];

		if (row->id == ui->selected &&
		    (row->group != ORDER_NO_GROUP) == ui->selected_group) {
			ui->cursor = i;
			return;
		}
	}
	/* A view of one VM keeps the selection, and shows that the VM is gone. */
	if (ui->view != VIEW_OVERVIEW)
		return;
	if (!ui->list.nr) {
		ui->selecting = false;
		return;
	}
	ui_select(ui, ui->cursor < ui->list.nr ? ui->cursor : ui->list.nr - 1);
}

uint64_t ui_vm(const struct ui *ui)
{
	const struct order *l = &ui->list;

	if (!ui->selecting)
		return l->nr_members ? l->members[0] : 0;
	if (!ui->selected_group)
		return ui->selected;
	return ui->cursor < l->nr && l->rows[ui->cursor].group != ORDER_NO_GROUP ?
	       l->members[l->groups[l->rows[ui->cursor].group].first] : 0;
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
	ui_fit(ui, ui->rows);
	return !ui_view(ui)->order || ui_view(ui)->order(ui, m);
}

void ui_fit(struct ui *ui, size_t rows)
{
	ui->rows = rows ? rows : 1;
	if (ui->top + ui->rows > ui->list.nr)
		ui->top = ui->list.nr > ui->rows ? ui->list.nr - ui->rows : 0;
	if (!ui->selecting || ui->cursor >= ui->list.nr)
		return;
	if (ui->cursor < ui->top)
		ui->top = ui->cursor;
	if (ui->cursor >= ui->top + ui->rows)
		ui->top = ui->cursor - ui->rows + 1;
}
