/* SPDX-License-Identifier: GPL-2.0-only */
/* The QEMU process: arguments, start, end. Independent of frames. */
#ifndef GMEM_VM_QEMU_H
#define GMEM_VM_QEMU_H

#include <stdbool.h>
#include <sys/types.h>

#include "opts.h"

struct qemu {
	pid_t pid;		/* 0: has ended */
	int link;		/* the runner's end of the port, non-blocking */
};

/* Starts QEMU; its console and its own messages go to @console. Returns 0 or -errno. */
int qemu_start(struct qemu *q, const struct opts *o, int console);

void qemu_kill(const struct qemu *q);

/* Returns whether QEMU has ended; does not wait. */
bool qemu_ended(struct qemu *q);

#endif
