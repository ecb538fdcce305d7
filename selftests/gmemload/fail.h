/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures on their way from where they happen to the command line, the only place that prints
 * them.
 */
#ifndef GMEMLOAD_FAIL_H
#define GMEMLOAD_FAIL_H

enum exit_code {
	EXIT_OK = 0,
	EXIT_FAILED = 1,	/* verification failed, or an error while running */
	EXIT_USAGE = 2,
	EXIT_PERMISSION = 3,
	EXIT_NO_KVM = 4,
	EXIT_NO_CAPABILITY = 6,
};

struct failure {
	enum exit_code code;	/* EXIT_OK: no failure */
	char what[256];		/* "cannot X Y: reason" */
	char todo[256];
};

/* Fills in the failure. Always returns -1, which a caller can return in turn. */
int fail(struct failure *failure, enum exit_code code, const char *todo, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Prints the failure in two lines on standard error. */
void fail_print(const struct failure *failure);

#endif
