/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Text builder without format strings, for speed: there is a line for every event. Text that does
 * not fit is cut; one byte is reserved for the terminator.
 */
#ifndef GMEMTRACE_PUT_H
#define GMEMTRACE_PUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct put {
	char *p;
	char *end;	/* the reserved byte */
};

static inline void put_start(struct put *o, char *buf, size_t size)
{
	o->p = buf;
	o->end = buf + size - 1;
}

static inline void put_bytes(struct put *o, const char *s, size_t n)
{
	size_t room = (size_t)(o->end - o->p);

	/* With a constant length, memcpy() is a few moves and no call. */
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

/* Appends a string literal. */
#define PUT(o, literal) put_bytes(o, "" literal, sizeof(literal) - 1)

void put_u64(struct put *o, uint64_t v);
void put_hex(struct put *o, uint64_t v);	/* with 0x */

/* Appends @v right-aligned in @width characters, filled with @pad. */
void put_u64_wide(struct put *o, uint64_t v, int width, char pad);
void put_fill(struct put *o, char c, int n);

/* Appends spaces until the text since @from is @width characters wide. */
void put_until(struct put *o, const char *from, int width);

/* Appends @s as a JSON string. The caller ensures UTF-8: gmem_text_name(). */
void put_json_text(struct put *o, const char *s);

#endif /* GMEMTRACE_PUT_H */
