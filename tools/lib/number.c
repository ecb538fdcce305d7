// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "number.h"

#include <errno.h>
#include <stdlib.h>

bool gmem_parse_number(const char *s, double min, double max, double *v)
{
	char *end;

	errno = 0;
	*v = strtod(s, &end);
	return end != s && !*end && !errno && *v >= min && *v <= max;
}
