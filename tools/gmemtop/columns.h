/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The columns of the table, in the order in which they stand and keys go through them. */
#ifndef GMEMTOP_COLUMNS_H
#define GMEMTOP_COLUMNS_H

#include <stddef.h>

struct column {
	const char *key;	/* of the metric */
	int least;		/* width, if there is little room; the title's if that is more */
	int rank;		/* the lowest stays longest when there is no room */
};

/* From here on: only where the map has all the room that it can use. */
#define COLUMN_EXTRA	20
#define COLUMNS		18

extern const struct column columns[COLUMNS];

#endif /* GMEMTOP_COLUMNS_H */
