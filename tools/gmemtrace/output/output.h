/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where a command writes to: stdout, or a file that is whole or not there. */
#ifndef GMEMTRACE_OUTPUT_H
#define GMEMTRACE_OUTPUT_H

#include <stdio.h>

#include "base/error.h"

/* What is to be written. That writing failed is found out after it, and is no error of its own. */
typedef enum gmem_status (*output_fn)(void *ctx, FILE *out);

/*
 * path NULL or "-": stdout. A file is written as PATH.part first: if fn fails, or not all could be
 * written, that is removed, and what was at path stays.
 */
enum gmem_status output_write(const char *path, output_fn fn, void *ctx, struct gmem_error *e);

#endif /* GMEMTRACE_OUTPUT_H */
