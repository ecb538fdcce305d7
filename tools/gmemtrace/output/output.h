/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Output of a command: stdout, or a file that is replaced only by a complete one. */
#ifndef GMEMTRACE_OUTPUT_H
#define GMEMTRACE_OUTPUT_H

#include <stdio.h>

#include "base/error.h"

/* Writes the output; write errors are left to output_write(). */
typedef enum gmem_status (*output_fn)(void *ctx, FILE *out);

/*
 * Calls @fn with stdout if @path is NULL or "-", else with PATH.part, which then replaces PATH. If
 * @fn or a write fails, PATH.part is removed and PATH stays as it was.
 */
enum gmem_status output_write(const char *path, output_fn fn, void *ctx, struct gmem_error *e);

#endif /* GMEMTRACE_OUTPUT_H */
