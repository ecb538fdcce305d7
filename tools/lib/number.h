/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Numbers on command lines. */
#ifndef GMEM_NUMBER_H
#define GMEM_NUMBER_H

#include <stdbool.h>

/* True if all of s is a number from min to max. */
bool gmem_parse_number(const char *s, double min, double max, double *v);

#endif /* GMEM_NUMBER_H */
