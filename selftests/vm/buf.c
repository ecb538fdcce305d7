// SPDX-License-Identifier: GPL-2.0-only
/* Growing byte queue. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

char *buf_room(struct buf *b, size_t n)
{
	size_t cap = b->cap ? b->cap : 4096;
	char *mem;

	if (b->off + b->len + n <= b->cap)
		return b->mem + b->off + b->len;
	if (b->off) {
		memmove(b->mem, b->mem + b->off, b->len);
		b->off = 0;
	}
	while (cap < b->len + n)
		cap *= 2;
	if (cap != b->cap) {
		mem = realloc(b->mem, cap);
		if (!mem)
			return NULL;
		b->mem = mem;
		b->cap = cap;
	}
	return b->mem + b->len;
}

void buf_added(struct buf *b, size_t n)
{
	b->len += n;
}

int buf_put(struct buf *b, const void *data, size_t n)
{
	char *room;

	if (!n)
		return 0;
	room = buf_room(b, n);
	if (!room)
		return -ENOMEM;
	memcpy(room, data, n);
	b->len += n;
	return 0;
}

void buf_drop(struct buf *b, size_t n)
{
	b->off += n;
	b->len -= n;
	if (!b->len)
		b->off = 0;
}

void buf_free(struct buf *b)
{
	free(b->mem);
	memset(b, 0, sizeof(*b));
}
