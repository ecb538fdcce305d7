/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Overview: its state, the columns of its table, and their layout. Shared by its files, and by the header for its trend. */
#ifndef GMEMTOP_OVERVIEW_H
#define GMEMTOP_OVERVIEW_H

#include "model/trend.h"
#include "ui/ui.h"

struct overview {
	struct gmem_trend trend;
	struct ui_scroll chooser;	/* position in the column chooser */
};

static inline struct overview *overview_of(const struct ui *ui)
{
	return ui->state[VIEW_OVERVIEW];
}

/* Column, in screen order, which is also the order of the sort keys. */
struct column {
	const char *key;	/* the metric's */
	int least;		/* minimum width; a wider title raises it */
	int rank;		/* columns of the highest rank are dropped first if room is short */
};

/* Ranks from here on are shown only if the map has its full width. */
#define COLUMN_EXTRA	20
#define COLUMNS		28

extern const struct column columns[COLUMNS];

/* Returns the index of the column, or COLUMNS if key is not one of them. */
int columns_find(const char *key);

/* True if m is to be shown if there is room: by the user's choice, else by default. */
bool columns_is_on(const struct ui *ui, const struct gmem_metric *m);

#define LAYOUT_COLUMNS		UI_METRICS
#define LAYOUT_MAP_MAX		64	/* beside the columns; below them it takes the line */

struct layout_column {
	const struct gmem_metric *metric;
	int x;
	int width;
};

struct layout {
	struct layout_column columns[LAYOUT_COLUMNS];
	size_t nr_columns;
	int spark_x;		/* the curve of conversions, after its rate */
	int spark_width;	/* 0: no room for it */
	int name_end;		/* column after the name, where names of groups end, too */
	bool map_below;		/* on a line of its own */
	int map_x;
	int map_width;
	int heads_y;
	int body_y;
	int body_height;
	size_t rows;		/* VMs that fit */
};

/* Computes the layout from ui->sort and the list of ui_order(). Any size of area is valid. */
void layout_make(struct layout *l, const struct ui *ui, const struct gmem_model *m,
		 const struct view_area *area);

void overview_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		   const struct view_area *area);

/* Column chooser, an overlay that replaces the table. */
extern const struct view overview_chooser;

extern const struct view view_overview;

#endif /* GMEMTOP_OVERVIEW_H */
