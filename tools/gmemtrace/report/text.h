/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Parts of the report as text, 80 columns wide; each prints nothing if it has no data. */
#ifndef GMEMTRACE_REPORT_TEXT_H
#define GMEMTRACE_REPORT_TEXT_H

#include "report/report.h"

/* Format values, like "12.3us", in one of a few static buffers, which are used in turn. */
const char *text_ns(uint64_t ns);
const char *text_bytes(uint64_t bytes);
const char *text_known(uint64_t bytes, enum gmem_known known);	/* "-", ">12M": gmem_text_value() */
const char *text_count(uint64_t n);

/* Print a table of distributions: NAME COUNT BYTES MEAN P50 P90 P99 MAX TOTAL. */
void text_dist_header(const char *title, FILE *out);
void text_dist_row(const char *name, const struct gmem_dist *d, uint64_t bytes, bool has_bytes, FILE *out);

void text_conversions(const struct report *r, const struct report_subject *s, FILE *out);
void text_phases(const struct report *r, const struct report_subject *s, FILE *out);
void text_histogram(const struct report_subject *s, FILE *out);
void text_stalls(const struct report *r, const struct report_subject *s, FILE *out);
void text_windows(const struct report *r, const struct report_subject *s, FILE *out);
void text_memory(const struct report *r, const struct report_subject *s, FILE *out);
void text_hot(const struct report *r, const struct report_subject *s, FILE *out);
void text_inflight(const struct report *r, FILE *out);
void text_longest(const struct report *r, FILE *out);

#endif /* GMEMTRACE_REPORT_TEXT_H */
