/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Line of independent segments, for any width. If room is short, segments are first replaced by
 * their brief text, then left out, the highest rank first. If there is room, the full text is shown.
 */
#ifndef GMEMTOP_SEGMENTS_H
#define GMEMTOP_SEGMENTS_H

#include <stddef.h>

#include "terminal/canvas.h"

#define SEGMENTS	32
#define SEGMENT_LEN	96

struct segment {
	char text[SEGMENT_LEN];
	char brief[SEGMENT_LEN];	/* empty: no shorter text */
	char full[SEGMENT_LEN];		/* empty: no longer text */
	int rank;			/* 0: never left out */
	enum canvas_attr attr;
};

struct segments {
	struct segment s[SEGMENTS];
	size_t n;
};

/* Returns a new segment to fill in; beyond SEGMENTS, the last one again. */
struct segment *segments_add(struct segments *all, int rank, enum canvas_attr attr);

/* Adds a segment with that text. */
struct segment *segments_printf(struct segments *all, int rank, enum canvas_attr attr, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

void segments_draw(struct canvas *c, int y, struct segments *all);

#endif /* GMEMTOP_SEGMENTS_H */
