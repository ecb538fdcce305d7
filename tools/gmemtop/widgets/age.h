/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Ages as short text. */
#ifndef GMEMTOP_AGE_H
#define GMEMTOP_AGE_H

#include <stddef.h>
#include <stdint.h>

/* A conversion in flight for longer is shown as a warning. */
#define AGE_LONG_NS 1000000000ULL

/* Formats ns in four columns at most (up to 27 years), like 0.3s 12s 5m 3h 9d. Returns buf. */
char *age_text(char *buf, size_t size, uint64_t ns);

#endif /* GMEMTOP_AGE_H */
