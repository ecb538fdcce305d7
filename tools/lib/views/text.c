// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "views/text.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/kinds.h"

/* Formats with three significant digits, up to four without a fraction: 1.50G 12.3M 512K 1023K. */
static char *format_scaled(char *buf, size_t size, double v, double step, const char *const *units)
{
	int u = 0;

	/* Compare the rounded value: 999.96 would be printed as 1000. */
	while (v >= step - 0.5 && units[u + 1]) {
		v /= step;
		u++;
	}
	if (u && v < 9.995)
		snprintf(buf, size, "%.2f%s", v, units[u]);
	else if (u && v < 99.95)
		snprintf(buf, size, "%.1f%s", v, units[u]);
	else
		snprintf(buf, size, "%.0f%s", v, units[u]);
	return buf;
}

char *gmem_text_bytes(char *buf, size_t size, uint64_t bytes)
{
	static const char *const units[] = { "", "K", "M", "G", "T", "P", "E", NULL };
	uint64_t v = bytes;
	int u = 0;

	while (v >= 1024 && !(v & 1023)) {
		v >>= 10;
		u++;
	}
	if (v < 10000 && bytes) {
		snprintf(buf, size, "%llu%s", (unsigned long long)v, units[u]);
		return buf;
	}
	return format_scaled(buf, size, (double)bytes, 1024, units);
}

char *gmem_text_ns(char *buf, size_t size, uint64_t ns)
{
	static const char *const units[] = { "ns", "us", "ms", "s", NULL };

	if (ns >= 1000000000000000ULL)	/* seconds do not fit a column */
		snprintf(buf, size, "%llud", (unsigned long long)(ns / 86400000000000ULL));
	else if (ns >= 1000000000000ULL)
		snprintf(buf, size, "%llus", (unsigned long long)(ns / 1000000000));
	else
		format_scaled(buf, size, (double)ns, 1000, units);
	return buf;
}

char *gmem_text_count(char *buf, size_t size, double n)
{
	static const char *const units[] = { "", "k", "M", "G", "T", "P", "E", "Z", "Y", NULL };

	if (n > 0 && n < 9.95) {
		snprintf(buf, size, n == (double)(int)n ? "%.0f" : "%.1f", n);
		return buf;
	}
	return format_scaled(buf, size, n, 1000, units);
}

/* Copies a text without snprintf(), which is slow for a call per event. */
static char *copy_text(char *buf, size_t size, const char *text)
{
	size_t n = size ? strnlen(text, size - 1) : 0;

	if (!size)
		return buf;
	memcpy(buf, text, n);
	buf[n] = '\0';
	return buf;
}

static char *known_value(char *buf, size_t size, const struct gmem_metric *m, struct gmem_value v)
{
	switch (m->type) {
	case GMEM_ID:
		snprintf(buf, size, "%llu", (unsigned long long)v.u);
		return buf;
	case GMEM_BYTES:
		return gmem_text_bytes(buf, size, v.u);
	case GMEM_NS:
		if (!v.u)
			break;
		return gmem_text_ns(buf, size, v.u);
	case GMEM_PER_S:
		return gmem_text_count(buf, size, v.f);
	case GMEM_BYTES_PER_S:
		return gmem_text_bytes(buf, size, v.f < 0x1p64 ? (uint64_t)v.f : UINT64_MAX);
	case GMEM_TEXT:
		return gmem_text_name(buf, size, v.s);
	default:
		if (v.u < 1000000) {
			snprintf(buf, size, "%llu", (unsigned long long)v.u);
			return buf;
		}
		return gmem_text_count(buf, size, (double)v.u);
	}
	snprintf(buf, size, "-");
	return buf;
}

char *gmem_text_value(char *buf, size_t size, const struct gmem_metric *m, struct gmem_value v)
{
	size_t n = v.partial && size > 1;

	if (!size)
		return buf;
	if (v.unknown)
		return copy_text(buf, size, "-");
	if (n)
		buf[0] = '>';
	known_value(buf + n, size - n, m, v);
	n = strlen(buf);
	if (v.stale && n + 1 < size) {
		buf[n] = '?';
		buf[n + 1] = '\0';
	}
	return buf;
}

char *gmem_text_sum(char *buf, size_t size, struct gmem_sum s)
{
	return gmem_text_value(buf, size, gmem_metric("populated_bytes"), (struct gmem_value){
		.u = s.bytes, .unknown = s.known == GMEM_KNOWN_NONE, .partial = s.known == GMEM_KNOWN_PART,
		.stale = s.stale,
	});
}

/* Returns the length of the UTF-8 sequence at @s, 0 if it is invalid. */
static size_t utf8_len(const unsigned char *s)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
	uint32_t c = n == 1 ? s[0] : n ? s[0] & (0xff >> (n + 1)) : 0;

	for (size_t i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (!n || c < least[n] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return 0;
	return n;
}

char *gmem_text_name(char *buf, size_t size, const char *name)
{
	const unsigned char *s = (const unsigned char *)name;
	size_t used = 0;

	if (!size)
		return buf;
	while (*s) {
		size_t n = utf8_len(s);
		char piece[8];

		if (*s < 0x20 || *s == 0x7f)
			snprintf(piece, sizeof(piece), "^%c", *s ^ 0x40);
		else if (!n || (n == 2 && s[0] == 0xc2 && s[1] < 0xa0))	/* C1 controls, too */
			snprintf(piece, sizeof(piece), "\\x%02x", *s), n = 1;
		else
			memcpy(piece, s, n), piece[n] = '\0';
		if (used + strlen(piece) + 1 > size)
			break;
		strcpy(buf + used, piece);
		used += strlen(piece);
		s += n;
	}
	buf[used] = '\0';
	return buf;
}

const char *gmem_text_errno(char *buf, size_t size, int ret)
{
	const char *name = ret == INT_MIN ? NULL : strerrorname_np(-ret);

	if (name)
		return name;
	snprintf(buf, size, "E%lld", -(long long)ret);
	return buf;
}

struct flag {
	uint64_t bit;
	const char *name;
};

static char *format_flags(char *buf, size_t size, uint64_t v, const struct flag *f, size_t n,
		   const char *none)
{
	size_t used = 0;

	if (!v)
		return copy_text(buf, size, none);
	for (size_t i = 0; i < n; i++) {
		if (v == f[i].bit)
			return copy_text(buf, size, f[i].name);
	}
	copy_text(buf, size, "");
	for (size_t i = 0; i < n; i++) {
		if (!(v & f[i].bit) || used >= size)
			continue;
		used += snprintf(buf + used, size - used, "%s%s", used ? "|" : "", f[i].name);
		v &= ~f[i].bit;
	}
	if (v && used < size)
		snprintf(buf + used, size - used, "%s0x%llx", used ? "|" : "",
			 (unsigned long long)v);
	return buf;
}

static char *format_name(char *buf, size_t size, const char *const *names, size_t n, const char *what, uint64_t i)
{
	if (i < n)
		return copy_text(buf, size, names[i]);
	snprintf(buf, size, "%s_%llu", what, (unsigned long long)i);
	return buf;
}

char *gmem_text_arg(char *buf, size_t size, unsigned int kind, uint64_t arg)
{
	static const struct flag attributes[] = { { 1ULL << 3, "private" } };
	static const struct flag modes[] = { { 1, "keep_size" }, { 2, "punch_hole" } };
	static const char *const causes[] = { "punch_hole", "release", "memory_error",
					      "attributes", "join" };
	static const char *const users[] = { "unknown", "vmm", "guest" };
	const struct gmem_kind_info *k = gmem_kind(kind);

	switch (k ? k->arg : GMEM_ARG_NONE) {
	case GMEM_ARG_ATTRIBUTES:
		return format_flags(buf, size, arg, attributes, 1, "shared");
	case GMEM_ARG_MODE:
		return format_flags(buf, size, arg, modes, 2, "none");
	case GMEM_ARG_CAUSE:
		return format_name(buf, size, causes, sizeof(causes) / sizeof(*causes), "cause", arg);
	case GMEM_ARG_USER:
		return copy_text(buf, size, users[arg < sizeof(users) / sizeof(*users) ? arg : 0]);
	case GMEM_ARG_PHASE:
		/* The event numbers phases from 0 without the first, which has no event. */
		return format_name(buf, size, gmem_phase_names + GMEM_PHASE_CHECK, GMEM_PHASES - GMEM_PHASE_CHECK,
				   "phase", arg);
	case GMEM_ARG_PREPARE_NS:
		return gmem_text_ns(buf, size, arg);
	case GMEM_ARG_FLAGS:
		if (kind == GMEM_MEMORY_FAULT)
			return format_flags(buf, size, arg, attributes, 1, "shared");
		/* fallthrough */
	case GMEM_ARG_PGOFF:
		snprintf(buf, size, "0x%llx", (unsigned long long)arg);
		return buf;
	default:
		return copy_text(buf, size, "");
	}
}
