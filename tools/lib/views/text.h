/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How quantities are written for people: short, aligned, and never ambiguous. */
#ifndef GMEM_TEXT_H
#define GMEM_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "model/metrics.h"

/* All write at most size bytes with the NUL and return buf. */
char *gmem_text_bytes(char *buf, size_t size, uint64_t bytes);	/* 4K 1536M 1.46G */
char *gmem_text_ns(char *buf, size_t size, uint64_t ns);	/* 850ns 12.3us 4.50s */
char *gmem_text_count(char *buf, size_t size, double n);	/* 999 12.3k 4.50M */

/* "-": unknown; ">12M": a sum that lacks a part; "12M?": stale. */
char *gmem_text_value(char *buf, size_t size, const struct gmem_metric *m, struct gmem_value v);
char *gmem_text_sum(char *buf, size_t size, struct gmem_sum s);

/*
 * Names come from VMs and command lines: they are data. Control characters are
 * written as ^X or \xNN and bytes that are not UTF-8 as \xNN.
 */
char *gmem_text_name(char *buf, size_t size, const char *name);

/* "EFAULT" for -14; "E123" where there is no name. */
const char *gmem_text_errno(char *buf, size_t size, int ret);

/* What arg of a record says: "private", "punch_hole", "keep_size|punch_hole". */
char *gmem_text_arg(char *buf, size_t size, unsigned int kind, uint64_t arg);

#endif /* GMEM_TEXT_H */
