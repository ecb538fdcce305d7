/* SPDX-License-Identifier: GPL-2.0-only */
/* One VM from QEMU's start to its end. Prints nothing: the verdict says it all. */
#ifndef GMEM_VM_SESSION_H
#define GMEM_VM_SESSION_H

#include "opts.h"
#include "report.h"

/* Runs the command with the kernel's console going to the descriptor console. */
void session_run(struct verdict *v, const struct opts *o, int console);

#endif
