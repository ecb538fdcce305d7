/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Pieces of the page: text, tables, and plots as inline SVG. They know what to draw, not why. */
#ifndef GMEMTRACE_HTML_H
#define GMEMTRACE_HTML_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analysis/dist.h"

/* Escaped. */
void html_text(FILE *out, const char *text);

void html_page_begin(FILE *out, const char *title);
void html_page_end(FILE *out);

/* A series of bars or marks; color is a class of the page's style: "c0" .. "c9". */
struct html_series {
	const char *name;
	const char *color;
};

void html_legend(FILE *out, const struct html_series *series, size_t n);

/* Bars over time, one on top of the other: values[i * n + k] of bin i and series k. */
struct html_bars {
	const char *title;
	const struct html_series *series;
	size_t nr_series;
	const uint64_t *values;
	size_t nr_bins;
	uint64_t bin_ns;
	const char *(*format)(uint64_t v);
	bool log;		/* of one series: bars by magnitude */
	uint64_t from_ns;	/* time of the first bin */
};

void html_bars(FILE *out, const struct html_bars *b);

/* Distributions beside each other, over a logarithmic axis of time. */
void html_histogram(FILE *out, const char *title, const struct html_series *series,
		    const struct gmem_dist *dists, size_t n);

/* One bar that is cut into parts, with what each takes. */
struct html_part {
	const char *name;
	const char *color;
	uint64_t from;		/* of the whole */
	uint64_t size;
};

void html_stack(FILE *out, const char *label, const struct html_part *parts, size_t n, uint64_t whole,
		const char *(*format)(uint64_t v));

#endif /* GMEMTRACE_HTML_H */
