/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Records as lines, in order, shared by live, print and export. */
#ifndef GMEMTRACE_SHOW_H
#define GMEMTRACE_SHOW_H

#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"
#include "input/filter.h"
#include "input/in_order.h"
#include "print/line.h"

enum show_color { SHOW_COLOR_AUTO, SHOW_COLOR_ALWAYS, SHOW_COLOR_NEVER };

struct show_options {
	bool events;		/* a line for every event instead of every operation */
	bool json;
	bool csv;
	bool repeats;		/* with events: also begins that a snapshot repeats */
	int time;		/* enum line_time */
	int color;		/* enum show_color */
	struct filter_options filter;
};

extern const struct option_row show_rows[];	/* of struct show_options, without those of its filter */

struct show {
	const struct show_options *o;
	FILE *out;
	struct filter filter;
	struct line_format format;
	struct in_order order;
	uint64_t lines;
	uint64_t events;
	uint64_t lost[GMEM_LOSSES];
};

/* Prints the header. @realtime_off: CLOCK_REALTIME - CLOCK_MONOTONIC, as far as known. Returns 0 or -errno. */
int show_start(struct show *s, const struct show_options *o, FILE *out, uint64_t realtime_off);
void show_end(struct show *s);

/* Handles a record; a gmem_record_fn whose ctx is struct show. Returns 0 or -errno. */
int show_record(void *ctx, const struct gmem_hdr *rec);

/* Prints all lines that are held back, and flushes the output. Returns 0 or -errno. */
int show_flush(struct show *s);

/* Prints counts and losses on stderr, also if nothing was lost. */
void show_summary(const struct show *s);

#endif /* GMEMTRACE_SHOW_H */
