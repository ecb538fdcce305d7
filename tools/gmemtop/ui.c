// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "ui.h"

#include <stdlib.h>
#include <string.h>

#include "columns.h"

void ui_init(struct ui *ui, const struct gmem_metric *sort, bool reverse, double delay_s,
	     uint32_t pid)
{
	*ui = (struct ui){
		.sort = sort ? sort : gmem_metric("conversions_per_s"),
		.reverse = reverse,
		.delay_s = delay_s,
		.pid = pid,
		.rows = 1,
		.help_rows = 1,
	};
}

void ui_free(struct ui *ui)
{
	free(ui->ids);
	ui->ids = NULL;
	ui->nr = ui->max = 0;
}

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
	return true;
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

void ui_fit_help(struct ui *ui, size_t lines, size_t rows)
{
	ui->help_lines = lines;
	ui->help_rows = rows ? rows : 1;
	if (ui->help_top + ui->help_rows > lines)
		ui->help_top = lines > ui->help_rows ? lines - ui->help_rows : 0;
}

enum motion { LINE_UP, LINE_DOWN, PAGE_UP, PAGE_DOWN, FIRST, LAST };

static size_t moved(size_t at, size_t count, size_t page, enum motion how)
{
	size_t last = count ? count - 1 : 0, step = how == PAGE_UP || how == PAGE_DOWN ? page : 1;

	switch (how) {
	case LINE_UP:
	case PAGE_UP:
		return at > step ? at - step : 0;
	case LINE_DOWN:
	case PAGE_DOWN:
		return at + step < last ? at + step : last;
	case FIRST:
		return 0;
	default:
		return last;
	}
}

static enum ui_action move(struct ui *ui, int how)
{
	if (ui->help) {
		ui->help_top = moved(ui->help_top, ui->help_lines, ui->help_rows, how);
		ui_fit_help(ui, ui->help_lines, ui->help_rows);
		return UI_DRAW;
	}
	if (!ui->nr)
		return UI_NOTHING;
	/* The first key only shows where one is. */
	if (!ui->selecting && (how == LINE_UP || how == LINE_DOWN))
		ui->cursor = ui->top;
	else
		ui->cursor = moved(ui->selecting ? ui->cursor : ui->top, ui->nr, ui->rows, how);
	ui->selecting = true;
	ui->selected = ui->ids[ui->cursor];
	ui_fit(ui, ui->rows);
	return UI_DRAW;
}

static enum ui_action leave(struct ui *ui, int arg)
{
	(void)arg;
	if (ui->help) {
		ui->help = false;
	} else {
		ui->selecting = false;
		ui->top = 0;
	}
	return UI_DRAW;
}

static enum ui_action quit(struct ui *ui, int arg)
{
	return ui->help ? leave(ui, arg) : UI_QUIT;
}

static enum ui_action pause_or_go_on(struct ui *ui, int arg)
{
	(void)arg;
	ui->paused = !ui->paused;
	return UI_PAUSE | UI_DRAW;
}

static enum ui_action refresh(struct ui *ui, int arg)
{
	(void)ui;
	(void)arg;
	return UI_REFRESH | UI_DRAW;
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

static enum ui_action show_help(struct ui *ui, int arg)
{
	(void)arg;
	ui->help = !ui->help;
	ui->help_top = 0;
	return UI_DRAW;
}

static const double delays[] = {
	0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600,
};

#define NR_DELAYS (sizeof(delays) / sizeof(*delays))

static enum ui_action change_delay(struct ui *ui, int step)
{
	size_t i = 0;

	if (step > 0) {
		while (i < NR_DELAYS - 1 && delays[i] <= ui->delay_s)
			i++;
	} else {
		i = NR_DELAYS - 1;
		while (i && delays[i] >= ui->delay_s)
			i--;
	}
	ui->delay_s = delays[i];
	return UI_DELAY | UI_DRAW;
}

/* Through those that one wants to look at, with one key. */
static enum ui_action next_delay(struct ui *ui, int arg)
{
	if (ui->delay_s >= 10)
		ui->delay_s = 0.2;
	return change_delay(ui, arg);
}

const struct ui_binding ui_bindings[] = {
	{ { 'q' }, "q", "quit", "quit", quit, 0 },
	{ { '?', 'h' }, "? h", "this help", "help", show_help, 0 },
	{ { 'p' }, "p", "pause: the screen stands still, counting goes on", "pause",
	  pause_or_go_on, 0 },
	{ { 's', '>', UI_KEY_RIGHT }, "s >", "sort by the next column", "sort", sort_by, 1 },
	{ { '<', UI_KEY_LEFT }, "<", "sort by the column before", NULL, sort_by, -1 },
	{ { 'R', 'r' }, "R", "reverse the order", "reverse", reverse, 0 },
	{ { ' ' }, "space", "refresh now", NULL, refresh, 0 },
	{ { 'd' }, "d", "next delay of 0.5 1 2 5 10 s", "delay", next_delay, 1 },
	{ { '+', '=' }, "+", "longer delay", NULL, change_delay, 1 },
	{ { '-', '_' }, "-", "shorter delay", NULL, change_delay, -1 },
	{ { UI_KEY_UP, 'k' }, "up k", "select a VM: it is followed when the order changes", NULL,
	  move, LINE_UP },
	{ { UI_KEY_DOWN, 'j' }, "down j", "the next one", NULL, move, LINE_DOWN },
	{ { UI_KEY_PAGE_UP }, "PgUp", "a screen up", NULL, move, PAGE_UP },
	{ { UI_KEY_PAGE_DOWN }, "PgDn", "a screen down", NULL, move, PAGE_DOWN },
	{ { UI_KEY_HOME, 'g' }, "Home g", "the first one", NULL, move, FIRST },
	{ { UI_KEY_END, 'G' }, "End G", "the last one", NULL, move, LAST },
	{ { UI_KEY_ESC }, "Esc", "select none, back to the top", NULL, leave, 0 },
};

const size_t ui_nr_bindings = sizeof(ui_bindings) / sizeof(*ui_bindings);

enum ui_action ui_key(struct ui *ui, int key)
{
	if (key == UI_KEY_RESIZE)
		return UI_DRAW;
	if (key == UI_KEY_GONE)
		return UI_QUIT;
	for (size_t i = 0; i < ui_nr_bindings; i++) {
		const struct ui_binding *b = &ui_bindings[i];

		for (int k = 0; k < UI_KEYS && b->keys[k]; k++) {
			if (b->keys[k] == key)
				return b->run(ui, b->arg);
		}
	}
	return UI_NOTHING;
}
