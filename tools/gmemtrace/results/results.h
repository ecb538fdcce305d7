/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Results of measurements: the documents of docs/results.md and the plain form of other programs. The
 * only reader of them; knows no output.
 */
#ifndef GMEMTRACE_RESULTS_H
#define GMEMTRACE_RESULTS_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define RESULTS_SCHEMA "gmem.results/1"

struct results_series {
	const char *name;
	const char *unit;		/* may be "" */
	bool higher;			/* is better */
	size_t nr;
	double *values;			/* finite, in order of measurement */
	struct json_object *histogram;	/* array of [from, to, count], or NULL */
	const char *recording;		/* path relative to the folder of the file, or NULL */
};

/* A run of one scenario. Texts that the document lacks are "". */
struct results_run {
	struct json_object *document;	/* owns the texts */
	char *file;			/* as given to results_read() */
	size_t order;			/* of reading */
	double time_s;			/* since 1970 */
	const char *time;		/* as written; a number: NULL */
	const char *commit, *kernel, *variant, *config, *tool, *suite, *scenario;
	const char *parameters, *machine;	/* JSON with sorted keys, or "" */
	size_t nr;
	struct results_series *series;
};

struct results {
	size_t nr, max;
	struct results_run *runs;
};

/* Adds the runs of a file; of a damaged file it adds none, and the error names the place. */
enum gmem_status results_read(struct results *to, const char *path, struct gmem_error *e);

/* Adds the runs of @size bytes of text, which is named @path. */
enum gmem_status results_parse(struct results *to, const char *path, const char *text, size_t size,
			       struct gmem_error *e);

void results_free(struct results *r);

/* Returns the median of the values of a series; 0 if it has none. */
double results_median(const struct results_series *s);

/* Parses a time of RFC 3339. */
bool results_parse_time(const char *text, double *time_s);

#endif /* GMEMTRACE_RESULTS_H */
