// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "put.h"

static const char digits[] = "0123456789abcdef";

void put_fill(struct put *o, char c, int n)
{
	while (n-- > 0 && o->p < o->end)
		*o->p++ = c;
}

void put_u64_wide(struct put *o, uint64_t v, int width, char pad)
{
	char buf[20], *p = buf + sizeof(buf);

	do
		*--p = digits[v % 10];
	while (v /= 10);
	put_fill(o, pad, width - (int)(buf + sizeof(buf) - p));
	put_bytes(o, p, (size_t)(buf + sizeof(buf) - p));
}

void put_u64(struct put *o, uint64_t v)
{
	put_u64_wide(o, v, 0, ' ');
}

void put_hex(struct put *o, uint64_t v)
{
	char buf[18], *p = buf + sizeof(buf);

	do
		*--p = digits[v & 15];
	while (v >>= 4);
	*--p = 'x';
	*--p = '0';
	put_bytes(o, p, (size_t)(buf + sizeof(buf) - p));
}

void put_until(struct put *o, const char *from, int width)
{
	put_fill(o, ' ', width - (int)(o->p - from));
}

void put_json_text(struct put *o, const char *s)
{
	PUT(o, "\"");
	for (; *s; s++) {
		if (*s == '"' || *s == '\\') {
			put_fill(o, '\\', 1);
			put_fill(o, *s, 1);
		} else if ((unsigned char)*s < 0x20) {
			PUT(o, "\\u00");
			put_fill(o, digits[*s >> 4], 1);
			put_fill(o, digits[*s & 15], 1);
		} else {
			put_fill(o, *s, 1);
		}
	}
	PUT(o, "\"");
}
