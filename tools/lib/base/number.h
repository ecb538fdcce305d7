/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Parsers for numbers on command lines. All return false, with the output undefined, if the text is invalid. */
#ifndef GMEM_NUMBER_H
#define GMEM_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* Parses a number from @min to @max. */
bool gmem_parse_number(const char *s, double min, double max, double *v);

/* Parses an integer from @min to @max. */
bool gmem_parse_count(const char *s, uint32_t min, uint32_t max, uint32_t *n);

/* Parses a size: "4096", "4K", "1.5M", "2G", "1T" (powers of 1024). */
bool gmem_parse_bytes(const char *s, uint64_t *bytes);

/* Parses a duration: "850ns", "100us", "1.5ms", "30s", "5m" (minutes); without a unit: seconds. */
bool gmem_parse_ns(const char *s, uint64_t *ns);

#endif /* GMEM_NUMBER_H */
