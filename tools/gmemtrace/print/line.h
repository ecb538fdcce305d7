/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Formatting of a record as one line: aligned text, JSON, or CSV. */
#ifndef GMEMTRACE_LINE_H
#define GMEMTRACE_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/gmem_abi.h"
#include "output/put.h"

#define LINE_SIZE 4096	/* enough for a name with all of it escaped */

enum line_time {
	LINE_RELATIVE,	/* seconds since the first record */
	LINE_ABSOLUTE,	/* local time of day */
	LINE_DELTA,	/* seconds since the previous line */
};

struct line_format {
	enum line_time time;
	bool color;
	__u64 first_ns;		/* from gmem_first_ns(); 0: no record yet */
	__u64 last_ns;		/* of the last line */
	__u64 realtime_off;	/* CLOCK_REALTIME - CLOCK_MONOTONIC */
	__u64 second;		/* that clock[] is formatted for */
	char clock[32];
};

void line_header(const struct line_format *f, struct put *o);

/* Formats a record, without a newline. The caller drops unknown kinds and records that are too short. */
void line_text(struct line_format *f, const struct gmem_hdr *rec, struct put *o);

/* Formats a record as a JSON object; docs/json.md has the keys. */
void line_json(struct line_format *f, const struct gmem_hdr *rec, struct put *o);

/* Formats a record as comma-separated values: the same columns for all kinds, empty where they do not apply. */
void line_csv_header(struct put *o);
void line_csv(const struct gmem_hdr *rec, struct put *o);

#endif /* GMEMTRACE_LINE_H */
