// SPDX-License-Identifier: GPL-2.0-only
/* Error messages in two lines: failure and remedy. */
#include <stdarg.h>
#include <stdio.h>

#include "fail.h"

int fail(struct failure *failure, enum exit_code code, const char *todo, const char *format, ...)
{
	va_list args;

	failure->code = code;
	snprintf(failure->todo, sizeof(failure->todo), "%s", todo);
	va_start(args, format);
	vsnprintf(failure->what, sizeof(failure->what), format, args);
	va_end(args);
	return -1;
}

void fail_print(const struct failure *failure)
{
	fprintf(stderr, "gmemload: %s\n%s\n", failure->what, failure->todo);
}
