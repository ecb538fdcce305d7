// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Layout of the table of VMs for a screen size. Pure arithmetic; draws nothing. */
#include "views/overview.h"

#include <string.h>

#define GUTTER		1	/* for the marks of the selected row and the sorted column */
#define MAP_INDENT	2	/* for a map on its own line */
#define MAP_MIN		10
#define MAP_GOOD	22	/* a narrower map gets a line of its own */

#define RANK_SORTED	1
#define RANK_CHOSEN	2	/* columns that the user switched on */

#define SPARK_LEAST	8
#define SPARK_MOST	20

struct choice {
	const struct gmem_metric *metric;
	int rank;
	int width;
	int preferred;
	bool in;
};

struct choices {
	struct choice c[LAYOUT_COLUMNS];
	size_t n;
};

const struct column columns[COLUMNS] = {
	{ "vm",				3, 0 },
	{ "pid",			5, 13 },
	{ "name",			7, 2 },
	{ "slot_bytes",			5, 8 },
	{ "private_bytes",		5, 3 },
	{ "shared_bytes",		6, 9 },
	{ "conversions_per_s",		6, 4 },
	{ "converted_bytes_per_s",	7, 11 },
	{ "conversion_p50_ns",		6, 12 },
	{ "conversion_p99_ns",		6, 5 },
	{ "conversion_max_ns",		6, 10 },
	{ "stall_p99_ns",		6, 6 },
	{ "inflight",			4, 7 },
	{ "unused_bytes",		6, COLUMN_EXTRA },
	{ "populated_bytes",		6, COLUMN_EXTRA + 1 },
	{ "populated_huge_bytes",	6, COLUMN_EXTRA + 12 },
	{ "mapped_bytes",		6, COLUMN_EXTRA + 13 },
	{ "mapped_huge_bytes",		6, COLUMN_EXTRA + 14 },
	{ "double_backed_private_bytes",	6, COLUMN_EXTRA + 2 },
	{ "double_backed_shared_bytes",	6, COLUMN_EXTRA + 3 },
	{ "extents",			7, COLUMN_EXTRA + 4 },
	{ "mixed_blocks",		6, COLUMN_EXTRA + 5 },
	{ "to_private_count",		6, COLUMN_EXTRA + 6 },
	{ "to_shared_count",		6, COLUMN_EXTRA + 7 },
	{ "punch_count",		6, COLUMN_EXTRA + 8 },
	{ "memory_faults",		6, COLUMN_EXTRA + 9 },
	{ "vcpus",			5, COLUMN_EXTRA + 10 },
	{ "cgroup",			6, COLUMN_EXTRA + 11 },
};

int columns_find(const char *key)
{
	int i = 0;

	while (i < COLUMNS && strcmp(columns[i].key, key))
		i++;
	return i;
}

bool columns_is_on(const struct ui *ui, const struct gmem_metric *m)
{
	switch (ui->columns[m - gmem_metrics]) {
	case UI_COLUMN_ON:
		return true;
	case UI_COLUMN_OFF:
		return false;
	default:
		return columns_find(m->key) < COLUMNS;
	}
}

static int max(int a, int b)
{
	return a > b ? a : b;
}

static int min(int a, int b)
{
	return a < b ? a : b;
}

static int digits(uint64_t v)
{
	int n = 1;

	while (v >= 10) {
		v /= 10;
		n++;
	}
	return n;
}

/* Ids of VMs and processes must never be cut: their columns are as wide as the largest id. */
static int widest_id(const struct ui *ui, const struct gmem_model *m, const struct gmem_metric *id)
{
	uint64_t most = 0;

	for (size_t i = 0; i < ui->list.nr_members; i++) {
		const struct gmem_vm *vm = gmem_model_vm(m, ui->list.members[i]);
		uint64_t v = vm ? gmem_metric_get(id, vm, m).u : 0;

		most = v > most ? v : most;
	}
	return digits(most);
}

static void add_choice(struct choices *all, const struct ui *ui, const struct gmem_model *m,
		       const struct gmem_metric *metric, int least, int rank)
{
	struct choice *c = &all->c[all->n++];

	*c = (struct choice){ .metric = metric, .rank = metric == ui->sort ? RANK_SORTED : rank };
	c->width = max(least, (int)strlen(metric->title));
	if (metric->type == GMEM_ID)
		c->width = max(c->width, widest_id(ui, m, metric));
	c->preferred = max(c->width, metric->width);
	c->in = c->rank < COLUMN_EXTRA;
}

/* A column that the user switched on outranks its default rank, except rank 0. */
static int rank_of(const struct ui *ui, const struct gmem_metric *metric, int rank)
{
	return ui->columns[metric - gmem_metrics] == UI_COLUMN_ON && rank ? RANK_CHOSEN : rank;
}

static bool is_wanted(const struct ui *ui, const struct gmem_model *m,
		      const struct gmem_metric *metric, int rank)
{
	bool chosen = ui->columns[metric - gmem_metrics] == UI_COLUMN_ON;

	if (metric == ui->sort || !rank || chosen)
		return true;
	return columns_is_on(ui, metric) &&
	       (rank < COLUMN_EXTRA || gmem_metric_known(metric, m->features));
}

static void choose_from(struct choices *all, const struct ui *ui, const struct gmem_model *m)
{
	all->n = 0;
	for (int i = 0; i < COLUMNS; i++) {
		const struct gmem_metric *metric = gmem_metric(columns[i].key);

		if (metric && is_wanted(ui, m, metric, columns[i].rank))
			add_choice(all, ui, m, metric, columns[i].least,
				   rank_of(ui, metric, columns[i].rank));
	}
	/* Any other metric becomes a column if it is sorted by or switched on. */
	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		const struct gmem_metric *metric = &gmem_metrics[i];

		if (columns_find(metric->key) == COLUMNS &&
		    (metric == ui->sort || ui->columns[i] == UI_COLUMN_ON))
			add_choice(all, ui, m, metric, metric->width, RANK_CHOSEN);
	}
	/* The first column, the VM's number, always stays. */
	all->c[0].rank = 0;
}

/* Returns the width of all columns, each with the gap before it (the gutter, for the first). */
static int total(const struct choices *all, bool preferred)
{
	int sum = 0;

	for (size_t i = 0; i < all->n; i++) {
		if (all->c[i].in)
			sum += 1 + (preferred ? all->c[i].preferred : all->c[i].width);
	}
	return sum;
}

static void drop_to(struct choices *all, int room)
{
	while (total(all, false) > room) {
		struct choice *worst = NULL;

		for (size_t i = 0; i < all->n; i++) {
			struct choice *c = &all->c[i];

			if (c->in && c->rank && (!worst || c->rank >= worst->rank))
				worst = c;
		}
		if (!worst)
			return;
		worst->in = false;
	}
}

static void grow(struct choice *c, int *room)
{
	int more = min(c->preferred - c->width, *room);

	if (c->in && more > 0) {
		c->width += more;
		*room -= more;
	}
}

/* Widens names first, which are cut at their minimum width; numbers only gain blanks. */
static void grow_to(struct choices *all, int room, bool roomy)
{
	room -= total(all, false);
	for (size_t i = 0; i < all->n; i++) {
		if (all->c[i].metric->type == GMEM_TEXT)
			grow(&all->c[i], &room);
	}
	for (size_t i = 0; roomy && i < all->n; i++)
		grow(&all->c[i], &room);
}

static void add_extras(struct choices *all, int room)
{
	for (int rank = COLUMN_EXTRA; rank < COLUMN_EXTRA + COLUMNS; rank++) {
		for (size_t i = 0; i < all->n; i++) {
			struct choice *c = &all->c[i];

			if (!c->in && c->rank == rank &&
			    total(all, true) + 1 + c->preferred <= room)
				c->in = true;
		}
	}
}

static int place(struct layout *l, const struct choices *all, int spark)
{
	int x = GUTTER;

	l->nr_columns = 0;
	for (size_t i = 0; i < all->n; i++) {
		const struct choice *c = &all->c[i];

		if (!c->in)
			continue;
		l->columns[l->nr_columns++] = (struct layout_column){ c->metric, x, c->width };
		x += c->width + 1;
		if (l->nr_columns == 1 || !strcmp(c->metric->key, "pid") ||
		    !strcmp(c->metric->key, "name"))
			l->name_end = x - 1;
		if (spark && !strcmp(c->metric->key, "conversions_per_s")) {
			l->spark_x = x;
			l->spark_width = spark;
			x += spark + 1;
		}
	}
	return x;
}

/* Returns the width of the curve: it takes only room that columns do not need; 0 if too little. */
static int spark_width(const struct choices *all, int room)
{
	int spare = room - total(all, true) - 1;

	for (size_t i = 0; i < all->n; i++) {
		if (all->c[i].in && !strcmp(all->c[i].metric->key, "conversions_per_s"))
			return spare < SPARK_LEAST ? 0 : max(SPARK_LEAST, min(spare / 2, SPARK_MOST));
	}
	return 0;
}

static void lay_out_lines(struct layout *l, const struct view_area *area)
{
	l->heads_y = area->y;
	l->body_y = area->y + 1;
	l->body_height = area->height > 1 ? area->height - 1 : 1;
}

static void lay_out_below(struct layout *l, struct choices *all, int width)
{
	drop_to(all, width);
	grow_to(all, width, true);
	place(l, all, spark_width(all, width));
	l->map_x = MAP_INDENT;
	l->map_width = width - MAP_INDENT;
}

static void lay_out_beside(struct layout *l, struct choices *all, int width, bool roomy)
{
	int spark = roomy ? spark_width(all, width - 1 - MAP_GOOD) : 0;

	if (spark)
		spark++;	/* and the gap before it */
	if (roomy)
		add_extras(all, width - 1 - spark - LAYOUT_MAP_MAX);
	drop_to(all, width - 1 - MAP_MIN);
	grow_to(all, width - 1 - spark - (roomy ? MAP_GOOD : MAP_MIN), roomy);
	l->map_x = place(l, all, spark ? spark - 1 : 0);
	l->map_width = max(0, min(width - l->map_x, LAYOUT_MAP_MAX));
}

void layout_make(struct layout *l, const struct ui *ui, const struct gmem_model *m,
		 const struct view_area *area)
{
	int width = area->width;
	struct choices all;
	bool roomy;

	memset(l, 0, sizeof(*l));
	lay_out_lines(l, area);
	choose_from(&all, ui, m);
	roomy = width >= total(&all, true) + 1 + MAP_GOOD;
	/* Maps go on lines of their own only if all VMs still fit on the screen. */
	l->map_below = !roomy && l->body_height >= 2 && ui->list.nr <= (size_t)l->body_height / 2;
	l->rows = l->map_below ? l->body_height / 2 : l->body_height;
	if (l->map_below)
		lay_out_below(l, &all, width);
	else
		lay_out_beside(l, &all, width, roomy);
}
