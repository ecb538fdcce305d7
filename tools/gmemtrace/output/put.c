// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "output/put.h"

static const char digits[] = "0123456789abcdef";
static const char pairs[] =
	"0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
	"5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

void put_fill(struct put *o, char c, int n)
{
	while (n-- > 0 && o->p < o->end)
		*o->p++ = c;
}

void put_u64_wide(struct put *o, uint64_t v, int width, char pad)
{
	char buf[20], *p = buf + sizeof(buf);

	for (; v >= 100; v /= 100)
		p = memcpy(p - 2, &pairs[2 * (v % 100)], 2);
	if (v >= 10)
		p = memcpy(p - 2, &pairs[2 * v], 2);
	else
		*--p = digits[v];
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
