// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

enum gmem_status gmem_fail(struct gmem_error *e, enum gmem_status status, const char *hint,
			   const char *fmt, ...)
{
	va_list ap;

	e->status = status;
	va_start(ap, fmt);
	vsnprintf(e->what, sizeof(e->what), fmt, ap);
	va_end(ap);
	snprintf(e->hint, sizeof(e->hint), "%s", hint ? hint : "");
	return status;
}

enum gmem_status gmem_report(const char *prog, const struct gmem_error *e)
{
	fprintf(stderr, "%s: %s\n", prog, e->what);
	if (e->hint[0])
		fprintf(stderr, "%s\n", e->hint);
	return e->status;
}
