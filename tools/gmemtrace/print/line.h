/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A record as one line: aligned text, JSON, or CSV. Knows neither source nor output. */
#ifndef GMEMTRACE_LINE_H
#define GMEMTRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/gmem_abi.h"
#include "output/put.h"

#define LINE_SIZE 4096	/* the longest is a name with all of it escaped */

enum line_time {
	LINE_RELATIVE,	/* seconds since the first record */
	LINE_ABSOLUTE,	/* local time of day */
	LINE_DELTA,	/* seconds since the line before */
};

struct line_format {
	enum line_time time;
	bool color;
	__u64 first_ns;		/* of all records; 0: none yet */
	__u64 last_ns;		/* of the last line */
	__u64 realtime_off;	/* CLOCK_REALTIME - CLOCK_MONOTONIC */
	__u64 second;		/* for which clock is */
	char clock[32];
};

void line_header(const struct line_format *f, struct put *o);

/* Without a newline. Not for kinds that are unknown, or records that are too short. */
void line_text(struct line_format *f, const struct gmem_hdr *rec, struct put *o);

/* An object; docs/json.md has the keys. */
void line_json(struct line_format *f, const struct gmem_hdr *rec, struct put *o);

void line_csv_header(struct put *o);
void line_csv(struct line_format *f, const struct gmem_hdr *rec, struct put *o);

/* Date and time of a record, "2026-11-24 20:15:01.123456"; utc: "2026-11-24T19:15:01.123456Z". */
void line_clock(struct line_format *f, __u64 ts_ns, bool utc, struct put *o);

#endif /* GMEMTRACE_LINE_H */
