/* SPDX-License-Identifier: GPL-2.0-only */
/* Growing byte queue. Independent of frames and descriptors. */
#ifndef GMEM_VM_BUF_H
#define GMEM_VM_BUF_H

#include <stddef.h>

struct buf {
	char *mem;
	size_t off, len, cap;
};

static inline const char *buf_head(const struct buf *b)
{
	return b->mem + b->off;
}

/*
 * Returns room for @n more bytes at the end, or NULL without memory; buf_added() reports how many
 * were written.
 */
char *buf_room(struct buf *b, size_t n);
void buf_added(struct buf *b, size_t n);

/* Appends @n bytes. Returns 0 or -ENOMEM. */
int buf_put(struct buf *b, const void *data, size_t n);

/* Drops @n bytes (at most b->len) from the front. */
void buf_drop(struct buf *b, size_t n);

void buf_free(struct buf *b);

#endif
