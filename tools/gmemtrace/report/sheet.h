/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sheet that a report is written on, text of 80 columns or a page, and the parts that both have. */
#ifndef GMEMTRACE_SHEET_H
#define GMEMTRACE_SHEET_H

#include "report/report.h"

struct sheet {
	FILE *out;
	bool html;
};

/* Format values, like "12.3us", in one of a few static buffers, which are used in turn. */
const char *text_ns(uint64_t ns);
const char *text_bytes(uint64_t bytes);
const char *text_known(uint64_t bytes, enum gmem_known known);	/* "-", ">12M": gmem_text_value() */
const char *text_count(uint64_t n);

/* To private first: a confidential VM begins with these conversions. */
extern const enum gmem_direction report_order[GMEM_DIRECTIONS];
extern const char *const report_directions[GMEM_DIRECTIONS];	/* "to private", by enum gmem_direction */

#define EACH_DIRECTION(d)							\
	for (const enum gmem_direction *p_ = report_order;			\
	     p_ < report_order + GMEM_DIRECTIONS && (d = *p_, true); p_++)

/*
 * A table of distributions: NAME COUNT BYTES MEAN P50 P90 P99 MAX TOTAL. A page has the column
 * BYTES only if @bytes of its head is true. Rows of class "i" belong to the row above.
 */
void sheet_dist_head(const struct sheet *to, const char *title, const char *page_title, bool bytes);
void sheet_dist_row(const struct sheet *to, const char *class, const char *name, const struct gmem_dist *d,
		    const uint64_t *bytes);
void sheet_dist_end(const struct sheet *to);

/* Writes a remark on the row above, in a table of @columns, or 0: on the table. */
__attribute__((format(printf, 3, 4)))
void sheet_remark(const struct sheet *to, int columns, const char *fmt, ...);

/* Parts. Each writes nothing if it has no data. */
void part_conversions(const struct sheet *to, const struct report_subject *s);

/* Parts of a stall, from GMEM_S_STALL_IOCTL on: ioctl, discard, VMM. */
#define STALL_PARTS 3

/* Writes the rows of the @n series from @first on that have values. */
void part_series(const struct sheet *to, const struct report_subject *s, enum gmem_series_id first,
		 size_t n, enum gmem_direction d);

/* Writes stalls by origin, and conversions that no vCPU stalled for. */
void part_origins(const struct sheet *to, const struct report_subject *s, enum gmem_direction d);

void part_windows(const struct sheet *to, const struct report *r, const struct report_subject *s);

/* Writes operations that are in no row: failed, unchanged, without a begin, or only counted. */
void part_besides(const struct sheet *to, const struct report *r, const struct report_subject *s,
		  enum gmem_operation op);

/* Write undiscarded memory and hot ranges, of a VM or of the only one. */
void part_undiscarded(const struct sheet *to, const struct report *r, const struct report_subject *s);
void part_hot(const struct sheet *to, const struct report *r, const struct report_subject *s);

void part_inflight(const struct sheet *to, const struct report *r);

#endif /* GMEMTRACE_SHEET_H */
