/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Where a command writes to: stdout, or a file that is whole or not there. */
#ifndef GMEMTRACE_OUTPUT_H
#define GMEMTRACE_OUTPUT_H

#include <stdio.h>

#include "error.h"

/* path NULL or "-": stdout. */
enum gmem_status output_open(FILE **out, const char *path, struct gmem_error *e);

/*
 * Says whether all was written. status is what came before: if it is an error, it is kept, and
 * the file removed. out may be NULL.
 */
enum gmem_status output_close(FILE *out, const char *path, enum gmem_status status, struct gmem_error *e);

#endif /* GMEMTRACE_OUTPUT_H */
