/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns: how figures and verdicts are shown. Must not know how they are made. */
#ifndef GMEM_BENCH_REPORT_H
#define GMEM_BENCH_REPORT_H

#include <stdbool.h>

#include "figures.h"
#include "samples.h"

struct json_object;

/* On stdout. */
void report_tables(const struct figures *f, const struct samples *s);

/* On stdout, a line for each. True if all are kept. */
bool report_limits(const struct figures *f, const struct samples *s);

/* All of it. The caller puts it. */
struct json_object *report_json(const struct figures *f, const struct samples *s);

#endif
