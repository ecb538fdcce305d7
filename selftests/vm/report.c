// SPDX-License-Identifier: GPL-2.0-only
/* How a run ended, and how that is told: the only place of the runner that prints. */
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
	/* One write: nothing of another process comes between the two lines. */
	(void)!write(STDERR_FILENO, text, n);
}

static int tell(int status, const char *log, const char *what)
{
	char advice[1024];

	snprintf(advice, sizeof(advice), "The console log is %s", log);
	complain(what, advice);
	return status;
}

static int tell_splat(const struct splat *s, const char *log)
{
	char what[512];

	snprintf(what, sizeof(what), "cannot trust this run: the kernel complained: %s", s->text);
	return tell(EXIT_SPLAT, log, what);
}

static int tell_noexec(const struct verdict *v, const char *command)
{
	char what[512];

	snprintf(what, sizeof(what), "cannot run %.300s: %s", command, strerror(v->status));
	complain(what, "Give a program that PATH finds, or its path");
	return 127;
}

/* QEMU's own words are in the same log; without any the kernel's last ones must do. */
static int tell_novm(const struct verdict *v, const struct splat *s, const char *log)
{
	char what[1024];

	snprintf(what, sizeof(what), "cannot start the VM: %s",
		 v->detail[0] ? v->detail : *s->last ? s->last : "QEMU ended without a word");
	return tell(EXIT_NOVM, log, what);
}

/* An end mark that is missing means that complaints may be missing, too. */
static int tell_exit(const struct verdict *v, const struct splat *s, const char *log)
{
	if (s->err || !s->up || !s->down)
		return tell(EXIT_NOVM, log, "cannot check for kernel complaints: "
			    "the console log is not complete");
	return v->status;
}

int report_verdict(const struct verdict *v, const struct splat *s, const char *log,
		   const char *command)
{
	if (s->found)
		return tell_splat(s, log);
	switch (v->ending) {
	case END_EXIT:
		return tell_exit(v, s, log);
	case END_NOEXEC:
		return tell_noexec(v, command);
	case END_SIGNAL:
		return 128 + v->status;
	case END_TIMEOUT:
		return tell(EXIT_TIMEOUT, log, "cannot wait any longer: the time limit is over");
	case END_HANG:
		return tell(EXIT_TIMEOUT, log, "cannot go on: the VM has stopped answering");
	case END_STUCK:
		return tell(EXIT_TIMEOUT, log, "cannot end the VM: it does not power off");
	case END_NOVM:
		return tell_novm(v, s, log);
	case END_FAIL:
		return tell(EXIT_NOVM, log, v->detail);
	case END_PROTOCOL:
		return tell(EXIT_NOVM, log, "cannot understand the VM: "
			    "its init is of another version or is damaged");
	case END_NONE:
	case END_LOST:
		break;
	}
	return tell(EXIT_NOVM, log, "cannot go on: the VM ended before the command did");
}
