// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Which VMs are listed, in which order, and which of them is selected. */
#include <stdlib.h>

#include "ui.h"

struct entry {
	const struct gmem_vm *vm;
	struct gmem_value value;
};

static int compare(const void *a, const void *b, void *ctx)
{
	const struct entry *x = a, *y = b;
	const struct ui *ui = ctx;
	int order;

	if (!x->vm->ended_ns != !y->vm->ended_ns)
		return x->vm->ended_ns ? 1 : -1;
	order = gmem_value_cmp(ui->sort, x->value, y->value);
	if (order)
		return ui->reverse ? order : -order;
	return (x->vm->id > y->vm->id) - (x->vm->id < y->vm->id);
}

static bool reserve(struct ui *ui, size_t n)
{
	uint64_t *ids;

	if (n <= ui->max)
		return true;
	ids = reallocarray(ui->ids, n, sizeof(*ids));
	if (!ids)
		return false;
	ui->ids = ids;
	ui->max = n;
	return true;
}

/* The selected VM may have moved, or be gone: then what took its place is selected. */
static void follow(struct ui *ui)
{
	if (!ui->selecting)
		return;
	for (size_t i = 0; i < ui->nr; i++) {
		if (ui->ids[i] == ui->selected) {
			ui->cursor = i;
			return;
		}
	}
	if (!ui->nr) {
		ui->selecting = false;
		return;
	}
	if (ui->cursor >= ui->nr)
		ui->cursor = ui->nr - 1;
	ui->selected = ui->ids[ui->cursor];
}

uint64_t ui_vm(const struct ui *ui)
{
	return ui->selecting ? ui->selected : ui->nr ? ui->ids[0] : 0;
}

bool ui_order(struct ui *ui, const struct gmem_model *m)
{
	size_t all = HASH_COUNT(m->vms), n = 0;
	struct entry *entries = calloc(all + 1, sizeof(*entries));
	struct gmem_vm *vm, *tmp;

	if (!entries || !reserve(ui, all + 1)) {
		free(entries);
		return false;
	}
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (ui->pid && vm->pid != ui->pid)
			continue;
		entries[n++] = (struct entry){ vm, gmem_metric_get(ui->sort, vm, m->now_ns) };
	}
	qsort_r(entries, n, sizeof(*entries), compare, ui);
	for (size_t i = 0; i < n; i++)
		ui->ids[i] = entries[i].vm->id;
	ui->nr = n;
	free(entries);
	follow(ui);
	ui_fit(ui, ui->rows);
	return !ui_view(ui)->order || ui_view(ui)->order(ui, m);
}

void ui_fit(struct ui *ui, size_t rows)
{
	ui->rows = rows ? rows : 1;
	if (ui->top + ui->rows > ui->nr)
		ui->top = ui->nr > ui->rows ? ui->nr - ui->rows : 0;
	if (!ui->selecting)
		return;
	if (ui->cursor < ui->top)
		ui->top = ui->cursor;
	if (ui->cursor >= ui->top + ui->rows)
		ui->top = ui->cursor - ui->rows + 1;
}
