/* SPDX-License-Identifier: GPL-2.0-only */
/* EXEC frame: the command, its arguments and its environment. */
#ifndef GMEM_VM_REQUEST_H
#define GMEM_VM_REQUEST_H

#include "buf.h"
#include "opts.h"

/* Appends the payload for @flags (EXEC_*) to @b. Returns 0 or -errno (-E2BIG: too long to send). */
int request_build(struct buf *b, const struct opts *o, unsigned int flags);

#endif
