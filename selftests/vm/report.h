/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of a run, and its report: the only part of the runner that prints. */
#ifndef GMEM_VM_REPORT_H
#define GMEM_VM_REPORT_H

#include <stdbool.h>

#include "splat.h"

enum ending {
	END_NONE,		/* still running */
	END_EXIT,		/* the command ended, status */
	END_NOEXEC,		/* it could not be executed, errno in status */
	END_SIGNAL,		/* the runner received a signal, its number in status */
	END_TIMEOUT,
	END_HANG,
	END_STUCK,		/* the command ended, the VM did not */
	END_NOVM,		/* QEMU ended before init answered */
	END_LOST,		/* the VM ended before the command did */
	END_FAIL,		/* init failed, reason in detail */
	END_PROTOCOL,
};

struct verdict {
	enum ending ending;
	int status;
	char detail[512];
};

/* Prints two lines on stderr: the failure and the remedy. */
void complain(const char *what, const char *advice);

/* Prints the reason of a failure, and returns the runner's exit status. */
int report_verdict(const struct verdict *v, const struct splat *s, const char *log,
		   const char *command);

#endif
