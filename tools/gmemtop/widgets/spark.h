/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A curve in one line: a sign for each value, as high as it is beside the highest. */
#ifndef GMEMTOP_SPARK_H
#define GMEMTOP_SPARK_H

#include "terminal/canvas.h"

#define SPARK_MAX 64

/* Nothing at all is a blank, anything more than nothing is seen. */
void spark_draw(struct canvas *c, int y, int x, enum canvas_attr attr, const float *values, int n);

/* The same as text; buf has room for 3 * n + 1 bytes. */
void spark_text(char *buf, const float *values, int n, bool ascii);

#endif /* GMEMTOP_SPARK_H */
