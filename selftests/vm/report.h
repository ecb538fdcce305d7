/* SPDX-License-Identifier: GPL-2.0-only */
/* How a run ended, and how that is told: the only place of the runner that prints. */
#ifndef GMEM_VM_REPORT_H
#define GMEM_VM_REPORT_H

#include <stdbool.h>

#include "splat.h"

enum ending {
	END_NONE,		/* still running */
	END_EXIT,		/* the command ended, status */
	END_NOEXEC,		/* it could not be executed, errno in status */
	END_SIGNAL,		/* the runner was told to stop, signal in status */
	END_TIMEOUT,
	END_HANG,
	END_STUCK,		/* the command ended, the VM did not */
	END_NOVM,		/* QEMU ended before init answered */
	END_LOST,		/* the VM ended before the command did */
	END_FAIL,		/* init gave a reason, in detail */
	END_PROTOCOL,
};

struct verdict {
	enum ending ending;
	int status;
	char detail[512];
};

/* Two lines on stderr: what could not be done, and what to do about it. */
void complain(const char *what, const char *advice);

/* Tells what has to be told and returns the runner's exit status. */
int report_verdict(const struct verdict *v, const struct splat *s, const char *log,
		   const char *command);

#endif
