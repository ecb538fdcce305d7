// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <stdio.h>
#include <string.h>

#include "terminal/glyphs.h"
#include "views/overview.h"
#include "views/text.h"
#include "widgets/age.h"
#include "widgets/spark.h"
#include "widgets/vmmap.h"

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
	if (l->spark_width)
		canvas_field(c, l->heads_y, l->spark_x, l->spark_width, false, CANVAS_HEADER, "TREND");
	if (!l->map_below)
		canvas_field(c, l->heads_y, l->map_x, l->map_width, false, CANVAS_HEADER, "MAP");
}

/* True for rates and operations in flight of a VM that has ended: shown as "-". */
static bool is_over(const struct gmem_vm *vm, const struct gmem_metric *m)
{
	return vm->ended_ns && (m->type == GMEM_PER_S || m->type == GMEM_BYTES_PER_S ||
				!strcmp(m->key, "inflight"));
}

/* Returns the indent of a name below the name of its group; 0 for other columns. */
static int indent_of(const struct layout_column *col, unsigned int depth)
{
	int most = col->width > 6 ? col->width - 6 : 0;

	if (!depth || strcmp(col->metric->key, "name"))
		return 0;
	return 2 * (int)depth < most ? 2 * (int)depth : most;
}

static void draw_cell(struct canvas *c, int y, const struct layout_column *col,
		      const struct ui *ui, const struct gmem_model *m, const struct gmem_vm *vm,
		      unsigned int depth, enum canvas_attr attr)
{
	struct gmem_value v = since_value(&ui->since, col->metric, vm, m);
	int indent = indent_of(col, depth);
	char buf[NAME_LEN];

	/* The mark at the VM's number covers all values of the map. */
	if (vm->map != GMEM_MAP_CURRENT)
		v.stale = false;
	gmem_text_value(buf, sizeof(buf), col->metric, v);
	if (is_over(vm, col->metric) || v.unknown) {
		strcpy(buf, "-");
	} else if (!strcmp(col->metric->key, "vm")) {
		if (vm->map != GMEM_MAP_CURRENT)
			strcat(buf, "?");
	} else if (!strcmp(col->metric->key, "inflight")) {
		uint64_t age = gmem_operations_age(&vm->ops, GMEM_ATTRIBUTES_BEGIN, m->now_ns);

		/* The age of the oldest one, with its unit, replaces the count. */
		if (age > AGE_LONG_NS) {
			age_text(buf, sizeof(buf), age);
			attr = CANVAS_WARN;
		}
	}
	canvas_field(c, y, col->x + indent, col->width - indent, col->metric->type != GMEM_TEXT, attr,
		     buf);
}

static void draw_strip(struct canvas *c, int y, int x, const struct strip_cell *cells, int n)
{
	const struct glyphs *g = glyphs(c->ascii);

	for (int i = 0; i < n; i++) {
		uint8_t level = cells[i].level;
		enum canvas_attr attr = level == LEVEL_PRIVATE ? CANVAS_PRIVATE :
					level == LEVEL_SHARED ? CANVAS_SHARED : CANVAS_MIXED;

		if (cells[i].double_backed)
			canvas_put(c, y, x + i, CANVAS_DOUBLE_BACKED, g->double_backed);
		else
			canvas_put(c, y, x + i, attr, cells[i].empty ? g->empty : g->level[level]);
	}
}

/* Writes the reason for a missing map. */
static void missing_map(char *buf, size_t size, const struct gmem_vm *vm, const struct gmem_model *m, int width)
{
	bool hidden = m->features & GMEM_FEATURE_OTHER_PIDS;
	char age[16];

	if (vm->ended_ns)
		snprintf(buf, size, width < 16 ? "ended" : "ended %s ago",
			 age_text(age, sizeof(age), m->now_ns - vm->ended_ns));
	else if (!vm->map_known)
		snprintf(buf, size, width < 40 ? "not read" : hidden ? "not read: of another pid namespace?" :
			 "not read yet");
	else
		snprintf(buf, size, width < 40 ? "no slots" : "no memslot is bound to a guest_memfd");
}

static void draw_map(struct canvas *c, int y, const struct layout *l, const struct gmem_vm *vm,
		     const struct gmem_model *m)
{
	struct strip_cell cells[STRIP_CELLS];
	int n = l->map_width < STRIP_CELLS ? l->map_width : STRIP_CELLS;
	char buf[64];

	if (!vm->ended_ns && vm->map_known && strip_make(vm, m->backing_ns, cells, n)) {
		draw_strip(c, y, l->map_x, cells, n);
		return;
	}
	missing_map(buf, sizeof(buf), vm, m, l->map_width);
	canvas_field(c, y, l->map_x, l->map_width, false, CANVAS_DIM, buf);
}

static void draw_trend(struct canvas *c, int y, const struct layout *l, const struct ui *ui,
		       const struct gmem_model *m, uint64_t vm)
{
	float values[SPARK_MAX];
	char text[3 * SPARK_MAX + 1];

	if (!l->spark_width || !overview_of(ui))
		return;
	gmem_trend_get(&overview_of(ui)->trend, vm, m->now_ns, values, l->spark_width);
	spark_text(text, values, l->spark_width, c->ascii);
	canvas_put(c, y, l->spark_x, CANVAS_SPARK, text);
}

static void draw_selection(struct canvas *c, int y, const struct layout *l, enum canvas_attr attr)
{
	const struct layout_column *last = &l->columns[l->nr_columns - 1];

	canvas_field(c, y, 0, last->x + last->width, false, attr, "");
	canvas_put(c, y, 0, attr, glyphs(c->ascii)->selected);
}

static void draw_vm(struct canvas *c, int y, const struct layout *l, const struct ui *ui,
		    const struct gmem_model *m, const struct order_row *row, bool selected)
{
	const struct gmem_vm *vm = gmem_model_vm(m, row->id);
	enum canvas_attr attr = selected ? CANVAS_SELECTED :
				vm && vm->ended_ns ? CANVAS_DIM : CANVAS_NORMAL;

	if (!vm)
		return;
	if (selected)
		draw_selection(c, y, l, attr);
	for (size_t i = 0; i < l->nr_columns; i++)
		draw_cell(c, y, &l->columns[i], ui, m, vm, row->depth, attr);
	draw_trend(c, y, l, ui, m, vm->id);
	draw_map(c, y + l->map_below, l, vm, m);
}

/* Draws the head of a group: its name, number of VMs and sums. */
static void draw_group(struct canvas *c, int y, const struct layout *l, const struct ui *ui,
		       const struct gmem_model *m, const struct order_row *row, bool selected)
{
	const struct order_group *g = &ui->list.groups[row->group];
	enum canvas_attr attr = selected ? CANVAS_SELECTED : CANVAS_TITLE;
	char name[4 * GMEM_CGROUP_LEN], text[sizeof(name) + 32], buf[NAME_LEN];
	int x = 1 + 2 * row->depth;

	if (selected)
		draw_selection(c, y, l, attr);
	gmem_text_name(name, sizeof(name), g->name);
	snprintf(text, sizeof(text), "%s %s (%zu)", g->folded ? glyphs(c->ascii)->folded :
		 glyphs(c->ascii)->unfolded, name, g->count);
	canvas_field(c, y, x, l->name_end - x, false, attr, text);
	for (size_t i = 0; i < l->nr_columns; i++) {
		const struct layout_column *col = &l->columns[i];

		if (col->x < l->name_end || !order_group_has(col->metric) ||
		    !gmem_metric_known(col->metric, m->features))
			continue;
		gmem_text_value(buf, sizeof(buf), col->metric,
				order_group_value(&ui->list, g, col->metric, ui, m));
		canvas_field(c, y, col->x, col->width, true, attr, buf);
	}
}

static void draw_rows(struct canvas *c, const struct layout *l, const struct ui *ui,
		      const struct gmem_model *m)
{
	int y = l->body_y;

	for (size_t i = ui->at.top; i < ui->list.nr && i < ui->at.top + l->rows; i++) {
		const struct order_row *row = &ui->list.rows[i];
		bool selected = ui->at.selecting && ui->at.cursor == i;

		if (row->group == ORDER_NO_GROUP)
			draw_vm(c, y, l, ui, m, row, selected);
		else
			draw_group(c, y, l, ui, m, row, selected);
		y += 1 + l->map_below;
	}
}

/* Draws the reason for an empty list. */
static void draw_nothing(struct canvas *c, const struct layout *l, const struct ui *ui,
			 const struct gmem_model *m)
{
	char buf[64], filter[64];

	if (ui->filter.text[0] && HASH_COUNT(m->vms)) {
		gmem_text_name(filter, sizeof(filter), ui->filter.text);
		snprintf(buf, sizeof(buf), "no VM matches '%.40s'", filter);
	} else if (ui->pid) {
		snprintf(buf, sizeof(buf), "no VM of process %u with guest_memfd yet", ui->pid);
	} else {
		snprintf(buf, sizeof(buf), "no VM with guest_memfd yet");
	}
	canvas_field(c, l->body_y, 1, c->width - 1, false, CANVAS_NORMAL, buf);
	if (l->body_height < 2)
		return;
	if (ui->filter.text[0])
		snprintf(buf, sizeof(buf), "%u %s hidden: / and Enter shows all", HASH_COUNT(m->vms),
			 gmem_text_plural(HASH_COUNT(m->vms), "VM is", "VMs are"));
	else if (ui->recorded)
		snprintf(buf, sizeof(buf), "none in the recording up to here");
	else
		snprintf(buf, sizeof(buf), c->width < 60 ? "VMs appear as they start" :
			 "VMs appear here as soon as they create one");
	canvas_field(c, l->body_y + 1, 1, c->width - 1, false, CANVAS_DIM, buf);
}

void overview_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		   const struct view_area *area)
{
	struct layout l;

	layout_make(&l, ui, m, area);
	draw_heads(c, &l, ui);
	if (ui->list.nr)
		draw_rows(c, &l, ui, m);
	else
		draw_nothing(c, &l, ui, m);
}
