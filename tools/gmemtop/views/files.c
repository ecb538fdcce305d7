// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* View of all guest_memfd files: their VMs, their holders, and files that no VM can use. */
#include "views/files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "widgets/segments.h"

#define HEAD_LINES 2	/* totals, and heads of the columns */

static uint64_t key_of(const struct files_row *r, enum files_sort by)
{
	switch (by) {
	case FILES_BY_UNUSED:
		return r->unused ? r->populated.bytes + 1 : 0;
	case FILES_BY_POPULATED:
		return r->populated.bytes;
	case FILES_BY_SIZE:
		return r->size;
	default:	/* least first */
		return UINT64_MAX - (by == FILES_BY_VM ? r->vm : r->ino);
	}
}

/* Compares by the sort key, then by populated bytes (most first), then by VM and inode. */
static int compare(const void *a, const void *b, void *ctx)
{
	const struct files_row *x = a, *y = b;
	const struct files_state *s = ctx;
	uint64_t i = key_of(x, s->sort), j = key_of(y, s->sort);

	if (i != j)
		return i < j ? 1 : -1;
	if (x->populated.bytes != y->populated.bytes)
		return x->populated.bytes < y->populated.bytes ? 1 : -1;
	if (x->vm != y->vm)
		return x->vm < y->vm ? -1 : 1;
	return (x->ino > y->ino) - (x->ino < y->ino);
}

static void add_to(struct gmem_value *sum, const struct gmem_sum *s)
{
	*sum = gmem_value_add(gmem_metric("populated_bytes"), *sum, (struct gmem_value){
		.u = s->bytes, .unknown = s->known != GMEM_KNOWN_ALL, .stale = s->stale,
	});
}

static void add_file(struct files_state *s, const struct gmem_model *m, const struct gmem_vm *vm,
		     const struct gmem_file *f)
{
	struct files_row r = {
		.vm = vm->id, .ino = f->ino, .size = f->size_pages, .populated = gmem_file_populated(m, f),
		.unused = gmem_file_unused(vm, f),
	};

	s->all.files++;
	s->all.size += r.size;
	add_to(&s->all.populated, &r.populated);
	if (r.unused) {
		s->all.unused++;
		add_to(&s->all.unused_bytes, &r.populated);
	}
	if (r.unused || !s->only_unused)
		s->rows[s->nr++] = r;
}

/* Moves the cursor to the selected file; if that is gone, the cursor stays within the list. */
static void follow(struct files_state *s)
{
	for (size_t i = 0; i < s->nr; i++) {
		if (s->rows[i].vm == s->vm && s->rows[i].ino == s->ino) {
			s->at.cursor = i;
			return;
		}
	}
	if (s->at.cursor >= s->nr)
		s->at.cursor = s->nr ? s->nr - 1 : 0;
}

static bool order(struct ui *ui, const struct gmem_model *m)
{
	struct files_state *s = ui->state[VIEW_FILES];
	struct gmem_vm *vm, *tmp;

	s->nr = 0;
	s->all = (struct files_totals){ .populated = GMEM_NO_VALUE, .unused_bytes = GMEM_NO_VALUE };
	HASH_ITER(hh, m->vms, vm, tmp) {
		if ((ui->pid && vm->pid != ui->pid) || vm->ended_ns)
			continue;
		if (!gmem_reserve(&s->rows, &s->max, s->nr + vm->nr_files, sizeof(*s->rows)))
			return false;
		for (size_t i = 0; i < vm->nr_files; i++)
			add_file(s, m, vm, &vm->files[i]);
	}
	qsort_r(s->rows, s->nr, sizeof(*s->rows), compare, s);
	if (s->at.selecting)
		follow(s);
	return true;
}

static void drop(void *state)
{
	free(((struct files_state *)state)->rows);
}

static void fit(struct ui *ui, const struct gmem_model *m)
{
	struct files_state *s = ui->state[VIEW_FILES];
	int room = ui->area.height - HEAD_LINES;

	(void)m;
	s->lines = ui->area.width < FILES_NARROW ? 2 : 1;
	ui_scroll_fit(&s->at, s->nr, room > 0 ? (size_t)(room / s->lines) : 1);
}

static enum ui_action select_row(struct files_state *s, size_t i)
{
	s->at.cursor = i;
	s->at.selecting = true;
	s->vm = s->rows[i].vm;
	s->ino = s->rows[i].ino;
	return UI_DRAW;
}

static enum ui_action move(struct ui *ui, int how)
{
	struct files_state *s = ui->state[VIEW_FILES];

	return ui_scroll_move(&s->at, how) ? select_row(s, s->at.cursor) : UI_NOTHING;
}

static enum ui_action next_sort(struct ui *ui, int step)
{
	struct files_state *s = ui->state[VIEW_FILES];

	s->sort = (enum files_sort)(((int)s->sort + FILES_SORTS + step) % FILES_SORTS);
	return UI_ORDER | UI_DRAW;
}

static enum ui_action toggle_unused(struct ui *ui, int arg)
{
	struct files_state *s = ui->state[VIEW_FILES];

	(void)arg;
	s->only_unused = !s->only_unused;
	s->at.top = 0;
	return UI_ORDER | UI_DRAW;
}

/* Selects the VM of the file and shows a view of it. */
static enum ui_action open_vm(struct ui *ui, int view)
{
	struct files_state *s = ui->state[VIEW_FILES];
	uint64_t id;

	if (!s->nr)
		return UI_NOTHING;
	id = s->rows[s->at.selecting ? s->at.cursor : s->at.top].vm;
	for (size_t i = 0; i < ui->list.nr; i++) {
		if (ui->list.rows[i].group == ORDER_NO_GROUP && ui->list.rows[i].id == id)
			ui_select(ui, i);
	}
	/* Also if the VM has no row: in a folded group, or hidden by the filter. */
	ui->at.selecting = true;
	ui->selected_group = false;
	ui->selected = id;
	return ui_show_view(ui, view);
}

static enum ui_action click(struct ui *ui, int open)
{
	struct files_state *s = ui->state[VIEW_FILES];
	size_t i = ui_scroll_row(&s->at, ui->mouse.y - ui->area.y - HEAD_LINES, s->lines);

	if (i == SIZE_MAX)
		return UI_NOTHING;
	select_row(s, i);
	return open ? open_vm(ui, VIEW_VM) : UI_DRAW;
}

static const struct ui_binding bindings[] = {
	{ { UI_KEY_ENTER }, "Enter", "show the VM of the selected file", "VM", open_vm, VIEW_VM },
	{ { 'o' }, "o", "show only files that no VM can use, or all", "only unused", toggle_unused, 0 },
	{ { 's', '>', UI_KEY_RIGHT }, "s >", "sort by the next column: unused, populated, size, VM, inode", "sort",
	  next_sort, 1 },
	{ { '<', UI_KEY_LEFT }, "<", "sort by the previous column", NULL, next_sort, -1 },
	{ { UI_KEY_UP, 'k', UI_KEY_WHEEL_UP }, "up k", "select a file; the cursor follows it", NULL, move,
	  UI_LINE_UP },
	{ { UI_KEY_DOWN, 'j', UI_KEY_WHEEL_DOWN }, "down j", "next file", NULL, move,
	  UI_LINE_DOWN },
	UI_MOTIONS(move, "", "file"),
	{ { UI_KEY_CLICK }, "click", "select a file; double click: show its VM", NULL, click, 0 },
	{ { UI_KEY_DOUBLE_CLICK }, NULL, NULL, NULL, click, 1 },
};

static void footer(struct segments *line, const struct ui *ui, bool ascii)
{
	const struct files_state *s = ui->state[VIEW_FILES];

	(void)ascii;
	ui_scroll_footer(line, &s->at);
}

static void help(struct help_page *p)
{
	help_heading(p, "Files");
	help_entry(p, "STATE", CANVAS_KEY, "empty if the file is in use, else:");
	help_entry(p, "orphan", CANVAS_ORPHAN,
		   "no process has the VM or one of its vCPUs open, so nobody can run the VM. The memory "
		   "is freed when all holders close the file.");
	help_entry(p, "unbound", CANVAS_ORPHAN,
		   "no memslot is bound to the file, so the VM cannot use its memory.");
	help_entry(p, "mapped", CANVAS_NORMAL,
		   "orphan or unbound, but mapped by a process: it may be in use as guest memory.");
	help_entry(p, "unheld", CANVAS_WARN,
		   "no process has a descriptor of the file: it is mapped, or in flight in a socket.");
	help_entry(p, "SIZE POP", CANVAS_KEY,
		   "size of the file, and its populated bytes, at most a second old. 4M?: older, as no process "
		   "has a descriptor of the file. -: never scanned. >4M: a sum without such files.");
	help_entry(p, "BIND", CANVAS_KEY, "number of memslots that are bound to the file.");
	help_entry(p, "HELD BY", CANVAS_KEY,
		   "processes that have a descriptor of the file, a few seconds ago.");
}

const struct view view_files = {
	.name = "files", .title = "files", .key = '4', .groups = 0,
	.hint = "all guest_memfd files, their VMs and holders",
	.state_size = sizeof(struct files_state), .drop = drop, .order = order, .fit = fit,
	.draw = files_draw, .footer = footer, .help = help,
	.bindings = bindings, .nr_bindings = sizeof(bindings) / sizeof(*bindings),
};
