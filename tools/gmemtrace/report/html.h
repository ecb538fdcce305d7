/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Building blocks of the page: text, legends, and plots as inline SVG; and the parts that have plots. */
#ifndef GMEMTRACE_HTML_H
#define GMEMTRACE_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "report/sheet.h"

/* Writes @text, escaped. */
void html_text(FILE *out, const char *text);

void html_page_begin(FILE *out, const char *title);
void html_page_end(FILE *out);

/* Series of bars or marks; color is a class of the page's style: "c0" .. "c7". */
struct html_series {
	const char *name;
	const char *color;
};

void html_legend(FILE *out, const struct html_series *series, size_t n);

/* Stacked bars over time; values[i * nr_series + k] is series k of bin i. */
struct html_bars {
	const char *title;
	const struct html_series *series;
	size_t nr_series;
	const uint64_t *values;
	size_t nr_bins;
	uint64_t bin_ns;
	const char *(*format)(uint64_t v);
	bool log;		/* logarithmic scale; for one series only */
	uint64_t from_ns;	/* time of the first bin */
};

void html_bars(FILE *out, const struct html_bars *b);

/* Draws distributions beside each other, over a logarithmic axis of time. */
void html_histogram(FILE *out, const char *title, const struct html_series *series,
		    const struct gmem_dist *dists, size_t n);

/* Part of a bar that shows shares of a whole. */
struct html_part {
	const char *name;
	const char *color;
	uint64_t from;		/* offset in the whole */
	uint64_t size;
};

void html_stack(FILE *out, const char *label, const struct html_part *parts, size_t n, uint64_t whole,
		const char *(*format)(uint64_t v));

/* Parts with plots; each writes nothing if it has no data. */
void html_over_time(const struct report *r, FILE *out);
void html_latency(const struct report_subject *s, FILE *out);
void html_phases(const struct sheet *to, const struct report *r, const struct report_subject *s);
void html_stalls(const struct sheet *to, const struct report *r, const struct report_subject *s);
void html_longest(const struct report *r, FILE *out);

#endif /* GMEMTRACE_HTML_H */
