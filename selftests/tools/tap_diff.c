// SPDX-License-Identifier: GPL-2.0-only
#include "tap_diff.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Takes the next line from *text, without its newline. Returns its length, or -1 at the end. */
static int next_line(const char **text, const char **line)
{
	size_t n = strcspn(*text, "\n");

	*line = *text;
	if (!**text)
		return -1;
	*text += n + ((*text)[n] == '\n');
	return (int)n;
}

void tap_comment(const char *text)
{
	const char *line;
	int n;

	while ((n = next_line(&text, &line)) >= 0)
		print_message("# %.*s\n", n, line);
}

void tap_diff(const char *wanted, const char *got)
{
	for (unsigned int i = 1; *wanted || *got; i++) {
		const char *a, *b;
		int n = next_line(&wanted, &a), k = next_line(&got, &b);

		if (n == k && n >= 0 && !memcmp(a, b, (size_t)n))
			continue;
		if (n >= 0)
			print_message("# %u- %.*s\n", i, n, a);
		if (k >= 0)
			print_message("# %u+ %.*s\n", i, k, b);
	}
}
