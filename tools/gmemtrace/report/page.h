/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Parts of the page; each writes nothing if it has no data. */
#ifndef GMEMTRACE_REPORT_HTML_H
#define GMEMTRACE_REPORT_HTML_H

#include "report/html.h"
#include "report/report.h"
#include "report/text.h"

/* Begin a table of distributions, which the caller ends; add a row. @bytes: NULL if there is no such column. */
void html_dist_head(FILE *out, const char *what, bool bytes);
void html_dist_row(FILE *out, const char *class, const char *name, const struct gmem_dist *d,
		   const uint64_t *bytes);

/* Indexed by enum gmem_conversion_phase. */
extern const struct html_series phase_series[GMEM_PHASES];

void html_over_time(const struct report *r, FILE *out);
void html_latency(const struct report_subject *s, FILE *out);
void html_phases(const struct report *r, const struct report_subject *s, FILE *out);
void html_stalls(const struct report *r, const struct report_subject *s, FILE *out);
void html_windows(const struct report *r, const struct report_subject *s, FILE *out);
void html_pages(const struct report *r, const struct report_subject *s, FILE *out);
void html_hot(const struct report *r, const struct report_subject *s, FILE *out);
void html_inflight(const struct report *r, FILE *out);
void html_longest(const struct report *r, FILE *out);

#endif /* GMEMTRACE_REPORT_HTML_H */
