// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "base/number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool gmem_parse_number(const char *s, double min, double max, double *v)
{
	char *end;

	errno = 0;
	*v = strtod(s, &end);
	return end != s && !*end && !errno && *v >= min && *v <= max;
}

bool gmem_parse_count(const char *s, uint32_t min, uint32_t max, uint32_t *n)
{
	double v;

	if (!gmem_parse_number(s, min, max, &v))
		return false;
	*n = (uint32_t)v;
	return *n == v;
}

struct unit {
	const char *name;
	double factor;
};

static bool parse_unit(const char *s, const struct unit *units, uint64_t *v)
{
	char *end;
	double n;

	errno = 0;
	n = strtod(s, &end);
	if (end == s || errno || !(n >= 0) || *s == '-')
		return false;
	for (; units->name; units++) {
		if (strcmp(end, units->name))
			continue;
		n *= units->factor;
		*v = (uint64_t)(n < 0x1p63 ? n + 0.5 : 0x1p63);
		return n < 0x1p63;
	}
	return false;
}

bool gmem_parse_bytes(const char *s, uint64_t *bytes)
{
	static const struct unit units[] = {
		{ "", 1 }, { "K", 0x1p10 }, { "M", 0x1p20 }, { "G", 0x1p30 }, { "T", 0x1p40 },
		{ NULL, 0 }
	};

	return parse_unit(s, units, bytes);
}

bool gmem_parse_ns(const char *s, uint64_t *ns)
{
	static const struct unit units[] = {
		{ "", 1e9 }, { "s", 1e9 }, { "ms", 1e6 }, { "us", 1e3 }, { "ns", 1 }, { "m", 60e9 },
		{ NULL, 0 }
	};

	return parse_unit(s, units, ns);
}
