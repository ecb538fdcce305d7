/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: how an error travels from where it happens to the command line, which alone prints it.
 * Must not know what can fail.
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
	enum exit_code code;	/* EXIT_OK: nothing failed */
	char what[256];		/* "cannot X Y: reason" */
	char todo[256];
};

/* Fills in the failure; always -1, so that a caller can return it. */
int fail(struct failure *failure, enum exit_code code, const char *todo, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The two lines, on standard error. */
void fail_print(const struct failure *failure);

#endif
