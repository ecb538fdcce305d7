// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* View of one VM: a map of its memory with a cursor and zoom, and panels of its activity. */
#include "views/vm.h"

#include <stdio.h>
#include <string.h>

#include "terminal/glyphs.h"
#include "views/vm_panels.h"
#include "widgets/segments.h"

static struct vm_state *state_of(struct ui *ui)
{
	return ui->state[VIEW_VM];
}

/* Shows the whole map of another VM, with the cursor on its first page. */
static void reset_map(struct vm_state *s, const struct gmem_vm *vm)
{
	s->vm = vm->id;
	s->zoom = 0;
	s->top = 0;
	s->slot = vm->nr_slots ? vm->slots[0].slot : 0;
	s->gfn = vm->nr_slots ? vm->slots[0].gfn : 0;
}

/* Gives panels their lines in order, while lines last. Returns the lines used. */
static int fit_column(struct vm_state *s, const struct gmem_vm *vm, const struct gmem_model *m,
		      const int *panels, int n, int x, int y, int width, int height)
{
	int used = 0;

	for (int i = 0; i < n; i++) {
		int want = vm_panel_lines(panels[i], vm, m, width), left = height - used;

		if (want > left)
			want = left >= vm_panel_least(panels[i]) ? left : 0;
		s->layout.panels[panels[i]].x = x;
		s->layout.panels[panels[i]].y = y + used;
		s->layout.panels[panels[i]].width = width;
		s->layout.panels[panels[i]].height = want;
		used += want;
	}
	return used;
}

#define TWO_COLUMNS 110

/* Places all panels from line y on. Returns how many lines of height they take. */
static int fit_panels(struct vm_state *s, const struct gmem_vm *vm, const struct gmem_model *m,
		      int y, int width, int height)
{
	int order[VM_PANELS], left = width, a, b;

	for (int i = 0; i < VM_PANELS; i++)
		order[i] = (s->first + i) % VM_PANELS;
	if (width < TWO_COLUMNS)
		return fit_column(s, vm, m, order, VM_PANELS, 0, y, width, height);
	left = width / 2 - 1;
	a = fit_column(s, vm, m, (const int[]){ VM_NOW, VM_TIME }, 2, 0, y, left, height);
	b = fit_column(s, vm, m, (const int[]){ VM_HOT, VM_SLOTS }, 2, left + 2, y,
		       width - left - 2, height);
	return a > b ? a : b;
}

#define MAP_MIN 2

static void fit_layout(struct vm_state *s, const struct gmem_vm *vm, const struct gmem_model *m,
		       const struct view_area *area)
{
	struct vm_layout *l = &s->layout;
	int left, panels, rows;

	memset(l, 0, sizeof(*l));
	l->identity_lines = area->height >= 12 ? 2 : 1;
	l->cursor_lines = area->height >= 14 ? 2 : area->height >= 4;
	l->label = area->width >= VM_LABEL_MIN ? VM_LABEL : 0;
	l->map_width = area->width - l->label;
	left = area->height - l->identity_lines - l->cursor_lines;
	/* The map gets a third of the lines, or all that panels do not need. */
	panels = fit_panels(s, vm, m, 0, area->width, left - (left / 3 > MAP_MIN ? left / 3 : MAP_MIN));
	rows = left - panels > 1 ? left - panels : 1;
	l->map_y = area->y + l->identity_lines;
	l->map_rows = rows;
	l->cursor_y = l->map_y + rows;
	fit_panels(s, vm, m, l->cursor_y + l->cursor_lines, area->width, panels);
}

/* Scrolls so that the row of the cursor is visible and no row is wasted. */
static void fit_map(struct vm_state *s, const struct gmem_vm *vm)
{
	uint64_t width = s->layout.map_width > 0 ? s->layout.map_width : 1;
	uint64_t rows = s->layout.map_rows, cells, row, all;

	s->whole = vmmap_order(vm, width * rows);
	if (s->zoom > s->whole)
		s->zoom = s->whole;
	s->order = s->whole - s->zoom;
	cells = vmmap_cells(vm, s->order);
	all = cells / width + (cells % width != 0);
	row = vm_cursor_cell(s, vm) / width;
	if (row < s->top)
		s->top = row;
	if (row >= s->top + rows)
		s->top = row - rows + 1;
	if (s->top + rows > all)
		s->top = all > rows ? all - rows : 0;
}

static void fit(struct ui *ui, const struct gmem_model *m)
{
	const struct gmem_vm *vm = vm_shown(ui, m);
	struct vm_state *s = state_of(ui);

	if (!vm)
		return;
	if (s->vm != vm->id)
		reset_map(s, vm);
	fit_layout(s, vm, m, &ui->area);
	if (vm->nr_slots)
		fit_map(s, vm);
}

/* Moves the cursor to cell i, or, if that is between slots, to the next one in the direction. */
static enum ui_action go_to(struct ui *ui, uint64_t i, bool forward)
{
	const struct gmem_vm *vm = vm_shown(ui, ui->model);
	struct vm_state *s = state_of(ui);
	struct vmmap_cell cell;

	if (!vm || !vmmap_at(vm, s->order, i, &cell))
		return UI_NOTHING;
	if (cell.gap || cell.edge)
		vmmap_at(vm, s->order, forward ? i + 1 : i - 1, &cell);
	s->slot = cell.slot->slot;
	s->gfn = cell.start;
	return UI_DRAW;
}

static enum ui_action move(struct ui *ui, int how)
{
	const struct gmem_vm *vm = vm_shown(ui, ui->model);
	struct vm_state *s = state_of(ui);
	uint64_t width = s->layout.map_width, page = width * s->layout.map_rows, at, last, step;

	if (!vm || !vm->nr_slots)
		return UI_NOTHING;
	last = vmmap_cells(vm, s->order) - 1;
	at = vm_cursor_cell(s, vm);
	switch (how) {
	case UI_FIRST:
		return go_to(ui, 0, true);
	case UI_LAST:
		return go_to(ui, last, false);
	case UI_LINE_UP:
	case UI_LINE_DOWN:
		step = width;
		break;
	default:
		step = page;
	}
	if (how == UI_LINE_UP || how == UI_PAGE_UP)
		return go_to(ui, at >= step ? at - step : at % width, false);
	if (at + step > last)
		return how == UI_PAGE_DOWN ? go_to(ui, last, false) : UI_NOTHING;
	return go_to(ui, at + step, true);
}

static enum ui_action step(struct ui *ui, int by)
{
	const struct gmem_vm *vm = vm_shown(ui, ui->model);
	uint64_t at = vm ? vm_cursor_cell(state_of(ui), vm) : 0;

	if (!vm || (by < 0 && !at))
		return UI_NOTHING;
	return go_to(ui, at + (uint64_t)by, by > 0);
}

static enum ui_action zoom(struct ui *ui, int by)
{
	struct vm_state *s = state_of(ui);

	if (by > 0 ? s->zoom >= s->whole : !s->zoom)
		return UI_NOTHING;
	s->zoom += (unsigned int)by;
	return UI_DRAW;
}

static enum ui_action next_mode(struct ui *ui, int arg)
{
	struct vm_state *s = state_of(ui);

	(void)arg;
	s->mode = (enum vm_mode)((s->mode + 1) % VM_MODES);
	return UI_DRAW;
}

static enum ui_action next_panel(struct ui *ui, int arg)
{
	struct vm_state *s = state_of(ui);

	(void)arg;
	s->first = (s->first + 1) % VM_PANELS;
	return UI_DRAW;
}

/* Shows another VM, in the order of the overview. */
static enum ui_action next_vm(struct ui *ui, int by)
{
	ui_step_vm(ui, by);
	return UI_DRAW;
}

static enum ui_action click(struct ui *ui, int zooms)
{
	struct vm_state *s = state_of(ui);
	int y = ui->mouse.y - s->layout.map_y, x = ui->mouse.x - s->layout.label;

	if (y < 0 || y >= s->layout.map_rows || x < 0 || x >= s->layout.map_width)
		return UI_NOTHING;
	return go_to(ui, (s->top + (uint64_t)y) * (uint64_t)s->layout.map_width + (uint64_t)x, true) |
	       (zooms ? zoom(ui, 1) : UI_NOTHING);
}

static const struct ui_binding bindings[] = {
	{ { '+', '=', UI_KEY_ENTER, UI_KEY_WHEEL_UP }, "+ Enter", "zoom in on the cursor", "zoom", zoom, 1 },
	{ { '-', '_', UI_KEY_BACKSPACE, UI_KEY_WHEEL_DOWN }, "-", "zoom out", NULL, zoom, -1 },
	{ { 'm' }, "m", "next map: attributes, populated pages, mixed 2 MiB blocks", "map", next_mode, 0 },
	{ { 'n' }, "n", "put the next panel first below the map", "panel", next_panel, 0 },
	{ { '>' }, ">", "next VM, in the order of the list", "VM", next_vm, 1 },
	{ { '<' }, "<", "previous VM", NULL, next_vm, -1 },
	{ { UI_KEY_LEFT, 'H' }, "arrows", "move the cursor of the map", NULL, step, -1 },
	{ { UI_KEY_RIGHT, 'L' }, NULL, NULL, NULL, step, 1 },
	{ { UI_KEY_UP, 'k' }, NULL, NULL, NULL, move, UI_LINE_UP },
	{ { UI_KEY_DOWN, 'j' }, NULL, NULL, NULL, move, UI_LINE_DOWN },
	UI_MOTIONS(move, " of the map", "page"),
	{ { UI_KEY_CLICK }, "click", "move the cursor; double click or wheel: zoom", NULL, click, 0 },
	{ { UI_KEY_DOUBLE_CLICK }, NULL, NULL, NULL, click, 1 },
};

static void add_double_backed(struct segments *line, int rank, const char *sign)
{
	struct segment *s = segments_printf(line, rank, CANVAS_DOUBLE_BACKED, "%s double-backed", sign);

	snprintf(s->brief, sizeof(s->brief), "%s 2x", sign);
}

static void footer(struct segments *line, const struct ui *ui, bool ascii)
{
	const struct vm_state *s = ui->state[VIEW_VM];
	const struct glyphs *g = glyphs(ascii);

	switch (s->mode) {
	case VM_PAGES:
		segments_printf(line, 3, CANVAS_POPULATED, "%s private pages", g->level[LEVEL_PRIVATE]);
		segments_printf(line, 4, CANVAS_SHARED, "%s shared", g->level[LEVEL_PRIVATE]);
		add_double_backed(line, 2, g->double_backed);
		break;
	case VM_BLOCKS:
		segments_printf(line, 3, CANVAS_MIXED, "%s mixed 2 MiB blocks", g->level[LEVEL_PRIVATE]);
		break;
	default:
		segments_printf(line, 3, CANVAS_PRIVATE, "%s private", g->level[LEVEL_PRIVATE]);
		segments_printf(line, 4, CANVAS_SHARED, "%s shared", g->level[LEVEL_SHARED]);
		segments_printf(line, 5, CANVAS_GLOW, "%s just converted", g->level[LEVEL_PRIVATE / 2]);
		add_double_backed(line, 6, g->level[LEVEL_PRIVATE]);
	}
}

static void help_map(struct help_page *p)
{
	const struct glyphs *g = glyphs(help_ascii(p));

	help_heading(p, "Map");
	help_entry(p, "", CANVAS_NORMAL,
		   "Guest physical memory that is bound to guest_memfd, in the order of guest frames "
		   "(gfn). Each cell is an aligned block of a power of two pages; the line below the map "
		   "shows its size. Each row begins with its first gfn.");
	help_entry(p, g->cursor, CANVAS_CURSOR, "the cursor; the line below the map describes its cell");
	help_entry(p, g->level[LEVEL_PRIVATE], CANVAS_PRIVATE,
		   "all private; lower signs: partly private");
	help_entry(p, g->level[LEVEL_SHARED], CANVAS_SHARED, "all shared");
	help_entry(p, g->level[LEVEL_PRIVATE / 2], CANVAS_GLOW, "converted less than a second ago");
	help_entry(p, g->level[LEVEL_PRIVATE / 2], CANVAS_GLOW_OLD, "converted less than 4 seconds ago");
	help_entry(p, g->double_backed, CANVAS_DOUBLE_BACKED,
		   "m: pages that are double-backed, or populated on the wrong side (needs --backing)");
	help_entry(p, VM_GAP, CANVAS_DIM, "a hole between memslots");
	help_entry(p, VM_EDGE, CANVAS_DIM, "begin of the next memslot");
}

static void help(struct help_page *p)
{
	help_map(p);
	help_heading(p, "Panels");
	help_entry(p, "NOW", CANVAS_KEY,
		   "stalls in flight: how long each vCPU stalls, and where the time goes: in the ioctl, in fallocate, "
		   "or in the VMM; then all other operations in flight: conversions, punches, invalidations. The first "
		   "line of the screen and INFL count only conversions");
	help_entry(p, "TIME", CANVAS_KEY,
		   "stalls by part, and conversions by phase, since the VM was first seen. A stall lasts from the "
		   "vCPU's exit that asks for a conversion to its re-entry");
	help_entry(p, "HOT", CANVAS_KEY,
		   "ranges with the most conversions, counted while this view is shown (in a replay: while it was "
		   "shown, or all the time by gmemtrace record), and before that only for VMs that convert "
		   "little. CONVS: conversions. REVS: reversals, conversions back to the "
		   "state before. A + after CONVS: conversions before counting began may be missing");
	help_entry(p, "SLOTS", CANVAS_KEY, "memslots, and the files that they are bound to");
}

const struct view view_vm = {
	.name = "vm", .title = "VM", .key = '2', .groups = GMEM_PROBES_PHASES | GMEM_PROBES_EVENTS,
	.hint = "the selected VM: its memory, slots, files, phases",
	.state_size = sizeof(struct vm_state), .fit = fit, .draw = vm_draw, .footer = footer,
	.help = help, .bindings = bindings, .nr_bindings = sizeof(bindings) / sizeof(*bindings),
};
