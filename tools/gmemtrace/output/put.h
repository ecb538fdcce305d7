/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Text put together without a format string: lines are written for every event. What does
 * not fit is left out; one byte is kept for what ends it.
 */
#ifndef GMEMTRACE_PUT_H
#define GMEMTRACE_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct put {
	char *p;
	char *end;	/* the byte that is kept */
};

static inline void put_start(struct put *o, char *buf, size_t size)
{
	o->p = buf;
	o->end = buf + size - 1;
}

static inline void put_bytes(struct put *o, const char *s, size_t n)
{
	size_t room = (size_t)(o->end - o->p);

	/* Of a constant length, this is a few moves, and no call. */
	if (__builtin_expect(n <= room, 1)) {
		memcpy(o->p, s, n);
		o->p += n;
		return;
	}
	memcpy(o->p, s, room);
	o->p += room;
}

static inline void put_text(struct put *o, const char *s)
{
	put_bytes(o, s, strlen(s));
}

/* A constant: its length is known. */
#define PUT(o, literal) put_bytes(o, "" literal, sizeof(literal) - 1)

void put_u64(struct put *o, uint64_t v);
void put_hex(struct put *o, uint64_t v);	/* 0x.. */

/* At least width characters, with pad before it. */
void put_u64_wide(struct put *o, uint64_t v, int width, char pad);
void put_fill(struct put *o, char c, int n);

/* Spaces until it is width wide, from where `from` was. */
void put_until(struct put *o, const char *from, int width);

/* In quotes, as JSON has it. That it is UTF-8 is up to the caller: gmem_text_name(). */
void put_json_text(struct put *o, const char *s);

#endif /* GMEMTRACE_PUT_H */
