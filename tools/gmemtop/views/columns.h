/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Columns of the table of VMs, in screen order, which is also the order of the sort keys. */
#ifndef GMEMTOP_COLUMNS_H
#define GMEMTOP_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

struct column {
	const char *key;	/* the metric's */
	int least;		/* minimum width; a wider title raises it */
	int rank;		/* columns of the highest rank are dropped first if room is short */
};

/* Ranks from here on are shown only if the map has its full width. */
#define COLUMN_EXTRA	20
#define COLUMNS		25

extern const struct column columns[COLUMNS];

struct gmem_metric;
struct ui;

/* Returns the index of the column, or COLUMNS if key is not one of them. */
int columns_find(const char *key);

/* True if m is to be shown if there is room: by the user's choice, else by default. */
bool columns_is_on(const struct ui *ui, const struct gmem_metric *m);

#endif /* GMEMTOP_COLUMNS_H */
