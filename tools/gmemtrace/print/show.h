/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Lines of records on stdout: what live and print share. Knows no source. */
#ifndef GMEMTRACE_SHOW_H
#define GMEMTRACE_SHOW_H

#include <argp.h>
#include <stdbool.h>

#include "base/error.h"
#include "input/filter.h"
#include "input/in_order.h"
#include "print/line.h"

enum show_color { SHOW_COLOR_AUTO, SHOW_COLOR_ALWAYS, SHOW_COLOR_NEVER };

struct show_options {
	bool events;		/* a line for every event, not for every operation */
	bool json;
	bool csv;
	int time;		/* enum line_time */
	int color;		/* enum show_color */
	struct filter_options filter;
};

/* For argp_child: the input is struct show_options. It has filter_argp as a child of its own. */
extern const struct argp show_argp;

struct show {
	const struct show_options *o;
	struct filter filter;
	struct line_format format;
	struct in_order order;
	uint64_t lines;
	uint64_t events;
	uint64_t lost[GMEM_LOSSES];
	bool telling;		/* of gmem_told_again() */
};

/* realtime_off: CLOCK_REALTIME - CLOCK_MONOTONIC, as far as it is known. 0 or -errno. */
int show_start(struct show *s, const struct show_options *o, uint64_t realtime_off);
void show_end(struct show *s);

/* Of a source: ctx is struct show. 0 or -errno. */
int show_record(void *ctx, const struct gmem_hdr *rec);

/* 0 or -errno: what was handed over is out. */
int show_flush(struct show *s);

/* On stderr, always: silence would not tell. */
void show_summary(const struct show *s);

/* What an error of show_record() or of a source is. */
enum gmem_status show_failed(int err, struct gmem_error *e);

#endif /* GMEMTRACE_SHOW_H */
