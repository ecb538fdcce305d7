// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "cli/args.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/number.h"

#define PID_MAX 4194304	/* PID_MAX_LIMIT of the kernel */

/* Handles errors in place of argp, whose own hint takes one or two lines, depending on the name. */
static error_t parse_common(int key, char *arg, struct argp_state *state)
{
	(void)arg;
	switch (key) {
	case ARGP_KEY_INIT:
		state->err_stream = NULL;
		return 0;
	case ARGP_KEY_ARGS:
		return gmem_args_bad(state, "unexpected argument", state->argv[state->next]);
	case ARGP_KEY_ERROR:
		fprintf(stderr, "See %s --help.\n", state->name);
		exit(GMEM_E_USAGE);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

void gmem_args_parse(const struct argp *argp, int argc, char **argv, void *input)
{
	static const struct argp common = { NULL, parse_common, NULL, NULL, NULL, NULL, NULL };
	/* The root has no parser, so the first child gets the input; its parser is called first. */
	const struct argp_child children[] = { { argp, 0, NULL, 0 }, { &common, 0, NULL, 0 }, { 0 } };
	const struct argp all = { .children = children };

	if (argp_parse(&all, argc, argv, ARGP_IN_ORDER, NULL, input))
		errx(GMEM_E_FAILED, "out of memory");
}

error_t gmem_args_bad(const struct argp_state *state, const char *what, const char *arg)
{
	fprintf(stderr, "%s: %s '%s'\n", state->name, what, arg);
	return EINVAL;
}

error_t gmem_args_pid(const struct argp_state *state, const char *arg, uint32_t *pid)
{
	return gmem_parse_count(arg, 1, PID_MAX, pid) ? 0 : gmem_args_bad(state, "invalid PID", arg);
}

error_t gmem_args_choose(const struct argp_state *state, const char *what, const char *arg,
			 const char *const *names, size_t n, int *choice)
{
	for (size_t i = 0; i < n; i++) {
		if (!strcmp(arg, names[i])) {
			*choice = (int)i;
			return 0;
		}
	}
	fprintf(stderr, "%s: %s '%s'; there are", state->name, what, arg);
	for (size_t i = 0; i < n; i++)
		fprintf(stderr, "%s %s", i ? "," : "", names[i]);
	fputc('\n', stderr);
	return EINVAL;
}
