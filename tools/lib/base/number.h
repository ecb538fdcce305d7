/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Numbers on command lines. */
#ifndef GMEM_NUMBER_H
#define GMEM_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* True if all of s is a number from min to max. */
bool gmem_parse_number(const char *s, double min, double max, double *v);

/* The same without a fraction. */
bool gmem_parse_count(const char *s, uint32_t min, uint32_t max, uint32_t *n);

/* "4096", "4K", "1.5M", "2G", "1T": powers of 1024. */
bool gmem_parse_bytes(const char *s, uint64_t *bytes);

/* "850ns", "100us", "1.5ms", "30s", "5m"; without a unit: seconds. Not 0. */
bool gmem_parse_ns(const char *s, uint64_t *ns);

#endif /* GMEM_NUMBER_H */
