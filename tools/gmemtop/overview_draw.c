// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "overview_draw.h"

#include <stdio.h>
#include <string.h>

#include "age.h"
#include "glyphs.h"
#include "layout.h"
#include "strip.h"
#include "text.h"

#define NAME_LEN (4 * GMEM_COMM_LEN + 1)	/* each byte may become \xNN */

static void draw_heads(struct canvas *c, const struct layout *l, const struct ui *ui)
{
	const struct glyphs *g = glyphs(c->ascii);

	canvas_field(c, l->heads_y, 0, c->width, false, CANVAS_HEADER, "");
	for (size_t i = 0; i < l->nr_columns; i++) {
		const struct layout_column *col = &l->columns[i];
		bool right = col->metric->type != GMEM_TEXT, sorted = col->metric == ui->sort;
		enum canvas_attr attr = sorted ? CANVAS_SORTED : CANVAS_HEADER;
		int title = (int)strlen(col->metric->title);

		canvas_field(c, l->heads_y, col->x, col->width, right, attr, col->metric->title);
		if (sorted)
			canvas_put(c, l->heads_y,
				   right ? col->x + col->width - title - 1 : col->x - 1, attr,
				   ui->reverse ? g->ascending : g->descending);
	}
	if (!l->map_below)
		canvas_field(c, l->heads_y, l->map_x, l->map_width, false, CANVAS_HEADER, "MAP");
}

/* A count; when one of them lasts, its age, which has a unit. */
static void inflight_text(char *buf, size_t size, uint64_t count, uint64_t age_ns)
{
	if (age_ns > AGE_LONG_NS)
		age_text(buf, size, age_ns);
	else
		snprintf(buf, size, "%llu", (unsigned long long)count);
}

/* One whose state is not known now bears a mark. */
static void mark(char *buf, size_t size, const struct gmem_vm *vm)
{
	if (vm->map != GMEM_MAP_CURRENT)
		snprintf(buf, size, "%llu?", (unsigned long long)vm->id);
}

/* What it did a second, and what it was about to do, is over. */
static bool is_over(const struct gmem_vm *vm, const struct gmem_metric *m)
{
	return vm->ended_ns && (m->type == GMEM_PER_S || m->type == GMEM_BYTES_PER_S ||
				!strcmp(m->key, "inflight"));
}

static void draw_cell(struct canvas *c, int y, const struct layout_column *col,
		      const struct gmem_model *m, const struct gmem_vm *vm, enum canvas_attr attr)
{
	struct gmem_value v = gmem_metric_get(col->metric, vm, m->now_ns);
	char buf[NAME_LEN];

	gmem_text_value(buf, sizeof(buf), col->metric, v);
	if (is_over(vm, col->metric) || !gmem_metric_known(col->metric, m->features)) {
		strcpy(buf, "-");
	} else if (!strcmp(col->metric->key, "vm")) {
		mark(buf, sizeof(buf), vm);
	} else if (!strcmp(col->metric->key, "inflight")) {
		uint64_t age = age_of_inflight(vm, m->now_ns);

		inflight_text(buf, sizeof(buf), v.u, age);
		if (age > AGE_LONG_NS)
			attr = CANVAS_WARN;
	}
	canvas_field(c, y, col->x, col->width, col->metric->type != GMEM_TEXT, attr, buf);
}

static void draw_strip(struct canvas *c, int y, int x, const uint8_t *levels, int n)
{
	const struct glyphs *g = glyphs(c->ascii);

	for (int i = 0; i < n; i++) {
		enum canvas_attr attr = levels[i] == STRIP_PRIVATE ? CANVAS_PRIVATE :
					levels[i] == STRIP_SHARED ? CANVAS_SHARED : CANVAS_MIXED;

		canvas_put(c, y, x + i, attr, g->level[levels[i]]);
	}
}

static void draw_map(struct canvas *c, int y, const struct layout *l, const struct gmem_vm *vm,
		     uint64_t now_ns)
{
	uint8_t levels[1024];
	int n = l->map_width < (int)sizeof(levels) ? l->map_width : (int)sizeof(levels);

	if (vm->ended_ns) {
		char age[16], buf[40];

		age_text(age, sizeof(age), now_ns - vm->ended_ns);
		snprintf(buf, sizeof(buf), l->map_width < 16 ? "ended" : "ended %s ago", age);
		canvas_field(c, y, l->map_x, l->map_width, false, CANVAS_DIM, buf);
	} else if (strip_make(vm, levels, n)) {
		draw_strip(c, y, l->map_x, levels, n);
	} else {
		canvas_field(c, y, l->map_x, l->map_width, false, CANVAS_DIM,
			     l->map_width < 40 ? "no slots" :
			     "no memslot is bound to a guest_memfd");
	}
}

static void draw_vm(struct canvas *c, int y, const struct layout *l, const struct gmem_model *m,
		    const struct gmem_vm *vm, bool selected)
{
	enum canvas_attr attr = selected ? CANVAS_SELECTED :
				vm->ended_ns ? CANVAS_DIM : CANVAS_NORMAL;
	const struct layout_column *last = &l->columns[l->nr_columns - 1];

	if (selected) {
		canvas_field(c, y, 0, last->x + last->width, false, attr, "");
		canvas_put(c, y, 0, attr, glyphs(c->ascii)->selected);
	}
	for (size_t i = 0; i < l->nr_columns; i++)
		draw_cell(c, y, &l->columns[i], m, vm, attr);
	draw_map(c, y + l->map_below, l, vm, m->now_ns);
}

static void draw_vms(struct canvas *c, const struct layout *l, const struct ui *ui,
		     const struct gmem_model *m)
{
	int y = l->body_y;

	for (size_t i = ui->top; i < ui->nr && i < ui->top + l->rows; i++) {
		const struct gmem_vm *vm = gmem_model_vm(m, ui->ids[i]);

		if (vm)
			draw_vm(c, y, l, m, vm, ui->selecting && ui->cursor == i);
		y += 1 + l->map_below;
	}
}

static void draw_nothing(struct canvas *c, const struct layout *l, const struct ui *ui)
{
	char buf[64];

	if (ui->pid)
		snprintf(buf, sizeof(buf), "no VM of process %u with guest_memfd yet", ui->pid);
	else
		snprintf(buf, sizeof(buf), "no VM with guest_memfd yet");
	canvas_field(c, l->body_y, 1, c->width - 1, false, CANVAS_NORMAL, buf);
	if (l->body_height > 1)
		canvas_field(c, l->body_y + 1, 1, c->width - 1, false, CANVAS_DIM,
			     c->width < 60 ? "VMs appear as they start" :
			     "VMs appear here as soon as they create one");
}

void overview_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		   const struct view_area *area)
{
	struct layout l;

	layout_make(&l, ui, m, area);
	draw_heads(c, &l, ui);
	if (ui->nr)
		draw_vms(c, &l, ui, m);
	else
		draw_nothing(c, &l, ui);
}
