// SPDX-License-Identifier: GPL-2.0-only
/* Messages of the runner, and its exit status. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "opts.h"
#include "report.h"

void complain(const char *what, const char *advice)
{
	char text[2048];
	int n = snprintf(text, sizeof(text), "vm/run: %s\n%s\n", what, advice);

	if (n > (int)sizeof(text) - 1)
		n = sizeof(text) - 1;
	/* A single write, so that no other process's output comes between the two lines. */
	(void)!write(STDERR_FILENO, text, n);
}

static int print_failure(int status, const char *log, const char *what)
{
	char advice[1024];

	snprintf(advice, sizeof(advice), "The console log is %s", log);
	complain(what, advice);
	return status;
}

static int print_splat(const struct splat *s, const char *log)
{
	char what[512];

	snprintf(what, sizeof(what), "cannot trust this run: the kernel complained: %s", s->text);
	return print_failure(EXIT_SPLAT, log, what);
}

static int print_noexec(const struct verdict *v, const char *command)
{
	char what[512];

	snprintf(what, sizeof(what), "cannot run %.300s: %s", command, strerror(v->status));
	complain(what, "Give a program that PATH finds, or its path");
	return 127;
}

/*
 * Reports that the VM did not start. QEMU's own messages are in the same log; if there are none,
 * the kernel's last line serves.
 */
static int print_novm(const struct verdict *v, const struct splat *s, const char *log)
{
	char what[1024];

	snprintf(what, sizeof(what), "cannot start the VM: %s",
		 v->detail[0] ? v->detail : *s->last ? s->last : "QEMU ended without a message");
	return print_failure(EXIT_NOVM, log, what);
}

/*
 * Returns the command's status. Without an end mark in the log, complaints may be missing as well.
 */
static int check_exit(const struct verdict *v, const struct splat *s, const char *log)
{
	if (s->err || !s->up || !s->down)
		return print_failure(EXIT_NOVM, log, "cannot check for kernel complaints: "
			    "the console log is not complete");
	return v->status;
}

int report_verdict(const struct verdict *v, const struct splat *s, const char *log,
		   const char *command)
{
	if (s->found)
		return print_splat(s, log);
	switch (v->ending) {
	case END_EXIT:
		return check_exit(v, s, log);
	case END_NOEXEC:
		return print_noexec(v, command);
	case END_SIGNAL:
		return 128 + v->status;
	case END_TIMEOUT:
		return print_failure(EXIT_TIMEOUT, log, "cannot wait any longer: the time limit has expired");
	case END_HANG:
		return print_failure(EXIT_TIMEOUT, log, "cannot go on: the VM has stopped answering");
	case END_STUCK:
		return print_failure(EXIT_TIMEOUT, log, "cannot end the VM: it does not power off");
	case END_NOVM:
		return print_novm(v, s, log);
	case END_FAIL:
		return print_failure(EXIT_NOVM, log, v->detail);
	case END_PROTOCOL:
		return print_failure(EXIT_NOVM, log, "cannot understand the VM: "
			    "its init is of another version or is damaged");
	case END_NONE:
	case END_LOST:
		break;
	}
	return print_failure(EXIT_NOVM, log, "cannot go on: the VM ended before the command did");
}
