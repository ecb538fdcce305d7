/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of figures and verdicts. */
#ifndef GMEM_BENCH_REPORT_H
#define GMEM_BENCH_REPORT_H

#include <stdbool.h>

#include "figures.h"
#include "samples.h"

struct json_object;

/* Prints the tables on stdout. */
void report_tables(const struct figures *f, const struct samples *s);

/* Prints a line per limit on stdout. Returns whether all are kept. */
bool report_limits(const struct figures *f, const struct samples *s);

/* Returns all results; the caller puts the object. */
struct json_object *report_json(const struct figures *f, const struct samples *s);

#endif
