/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Text form of quantities for people: short, aligned, unambiguous. */
#ifndef GMEM_TEXT_H
#define GMEM_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "model/metrics.h"

/* All functions write at most @size bytes, NUL included, and return @buf unless noted. */
char *gmem_text_bytes(char *buf, size_t size, uint64_t bytes);	/* 4K 1536M 1.46G */
char *gmem_text_ns(char *buf, size_t size, uint64_t ns);	/* 850ns 12.3us 4.50s */
char *gmem_text_count(char *buf, size_t size, double n);	/* 999 12.3k 4.50M */

/* Returns @one if @n is 1, else @many: "file" or "files". */
static inline const char *gmem_text_plural(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

/* Format a value: "-" if unknown, ">12M" if partial, "12M?" if stale. */
char *gmem_text_value(char *buf, size_t size, const struct gmem_metric *m, struct gmem_value v);
char *gmem_text_sum(char *buf, size_t size, struct gmem_sum s);

/*
 * Escapes a name from a VM or a command line, which may contain anything: control characters as
 * ^X or \xNN, bytes that are not UTF-8 as \xNN.
 */
char *gmem_text_name(char *buf, size_t size, const char *name);

/* Returns "EFAULT" for -14, "E123" for a number without a name. */
const char *gmem_text_errno(char *buf, size_t size, int ret);

/* Formats arg of a record: "private", "punch_hole", "keep_size|punch_hole". */
char *gmem_text_arg(char *buf, size_t size, unsigned int kind, uint64_t arg);

#endif /* GMEM_TEXT_H */
