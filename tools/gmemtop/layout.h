/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What goes where on a screen of some size. Pure arithmetic; draws nothing. */
#ifndef GMEMTOP_LAYOUT_H
#define GMEMTOP_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include "ui.h"

/* Less than this, and there is a line that says so, and nothing else. */
#define LAYOUT_MIN_WIDTH	20
#define LAYOUT_MIN_HEIGHT	5

#define LAYOUT_COLUMNS		24
#define LAYOUT_MAP_MAX		64	/* beside the columns; below them it takes the line */

struct layout_column {
	const struct gmem_metric *metric;
	int x;
	int width;
};

struct layout {
	bool too_small;
	struct layout_column columns[LAYOUT_COLUMNS];
	size_t nr_columns;
	bool map_below;		/* on a line of its own */
	int map_x;
	int map_width;
	int heads_y;
	int body_y;
	int body_height;
	int keys_y;
	size_t rows;		/* VMs that fit */
};

/* ui: sort, and the VMs that are listed (ui_order()). */
void layout_make(struct layout *l, const struct ui *ui, const struct gmem_model *m, int width,
		 int height);

#endif /* GMEMTOP_LAYOUT_H */
