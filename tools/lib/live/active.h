/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Active VMs: the programs set a byte for each VM whose state may change, so that the counters of
 * other VMs need not be read.
 */
#ifndef GMEM_ACTIVE_H
#define GMEM_ACTIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/gmem_maps.h"

struct active {
	uint8_t *bytes;		/* map active of the programs */
	uint8_t now[ACTIVE_VMS];	/* set before the last active_begin() */
	uint8_t before[ACTIVE_VMS];	/* set before the one before it */
	bool all;		/* treat every VM as active */
};

/* Maps the bytes. @fd: of map active, stays the caller's. Returns 0 or -errno. */
int active_open(struct active *c, int fd);
void active_close(struct active *c);

/* Takes and clears the bytes set since the last call. @all: treat every VM as active. */
void active_begin(struct active *c, bool all);

/*
 * Returns true if the VM, or another one with the same byte, was active in one of the last two intervals
 * between calls of active_begin(). Two, because programs set the byte before they update counters. True
 * for all VMs in the first interval.
 */
bool active_has(const struct active *c, uint64_t vm);

#endif /* GMEM_ACTIVE_H */
