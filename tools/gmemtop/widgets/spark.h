/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sparkline: a sign for each value, with a height relative to the highest value. */
#ifndef GMEMTOP_SPARK_H
#define GMEMTOP_SPARK_H

#include <stdbool.h>

#define SPARK_MAX 64

/* Writes n values. 0 is a blank; any value above 0 is visible. buf needs 3 * n + 1 bytes. */
void spark_text(char *buf, const float *values, int n, bool ascii);

#endif /* GMEMTOP_SPARK_H */
