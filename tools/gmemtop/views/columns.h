/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The columns of the table, in the order in which they stand and keys go through them. */
#ifndef GMEMTOP_COLUMNS_H
#define GMEMTOP_COLUMNS_H

#include <stdbool.h>
#include <stddef.h>

struct column {
	const char *key;	/* of the metric */
	int least;		/* width, if there is little room; the title's if that is more */
	int rank;		/* the lowest stays longest when there is no room */
};

/* From here on: only where the map has all the room that it can use. */
#define COLUMN_EXTRA	20
#define COLUMNS		25

extern const struct column columns[COLUMNS];

struct gmem_metric;
struct ui;

/* Its place, or COLUMNS: it is not one of these. */
int columns_find(const char *key);

/* Is it to be shown if there is room? As the user chose, or as it is by itself. */
bool columns_is_on(const struct ui *ui, const struct gmem_metric *m);

#endif /* GMEMTOP_COLUMNS_H */
