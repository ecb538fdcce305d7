/* SPDX-License-Identifier: GPL-2.0-only */
/* Builds the EXEC frame: what the command takes along into the guest. */
#ifndef GMEM_VM_REQUEST_H
#define GMEM_VM_REQUEST_H

#include "buf.h"
#include "opts.h"

/* Fills b with the payload for flags (EXEC_*); 0 or -errno (-E2BIG: too long to send). */
int request_build(struct buf *b, const struct opts *o, unsigned int flags);

#endif
