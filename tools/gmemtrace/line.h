/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A record as one aligned line of text. */
#ifndef GMEMTRACE_LINE_H
#define GMEMTRACE_LINE_H

#include <stddef.h>

#include "gmem_abi.h"

#define LINE_SIZE 256

/* Times are relative to the first record that was written. */
struct line_format {
	__u64 first_ns;
};

const char *line_header(void);

/* Writes into buf, without a newline, and returns it. */
char *line_of(struct line_format *f, const struct gmem_hdr *rec, char *buf, size_t size);

#endif /* GMEMTRACE_LINE_H */
