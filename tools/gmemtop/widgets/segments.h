/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * A line of independent pieces, for any width: when there is no room, pieces are
 * first written shorter, then left out, the least important first.
 */
#ifndef GMEMTOP_SEGMENTS_H
#define GMEMTOP_SEGMENTS_H

#include <stddef.h>

#include "terminal/canvas.h"

#define SEGMENTS	32
#define SEGMENT_LEN	96

struct segment {
	char text[SEGMENT_LEN];
	char brief[SEGMENT_LEN];	/* empty: there is nothing shorter */
	int rank;			/* 0 stays to the end */
	enum canvas_attr attr;
};

struct segments {
	struct segment s[SEGMENTS];
	size_t n;
};

/* The next one, to be filled in; beyond SEGMENTS the last one again. */
struct segment *segments_add(struct segments *all, int rank, enum canvas_attr attr);

void segments_draw(struct canvas *c, int y, struct segments *all);

#endif /* GMEMTOP_SEGMENTS_H */
