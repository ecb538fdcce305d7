/* SPDX-License-Identifier: GPL-2.0-only */
/* A VM from QEMU's start to its end. Prints nothing; the result is in the verdict. */
#ifndef GMEM_VM_SESSION_H
#define GMEM_VM_SESSION_H

#include "opts.h"
#include "report.h"

/* Runs the command; the kernel's console goes to the descriptor @console. */
void session_run(struct verdict *v, const struct opts *o, int console);

#endif
