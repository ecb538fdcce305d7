/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Active VMs: the programs set a byte for each VM whose state may change, so that the counters of
 * other VMs need not be read.
 */
#ifndef GMEM_CHANGED_H
#define GMEM_CHANGED_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/gmem_maps.h"

struct changed {
	uint8_t *bytes;		/* array active of the programs */
	uint8_t now[ACTIVE_VMS];	/* set before the last changed_begin() */
	uint8_t before[ACTIVE_VMS];	/* set before the one before it */
	bool all;		/* treat every VM as active */
};

/* @bytes: array active of the programs */
void changed_open(struct changed *c, uint8_t *bytes);

/* Takes and clears the bytes set since the last call. @all: treat every VM as active. */
void changed_begin(struct changed *c, bool all);

/*
 * Returns true if the VM, or another one with the same byte, was active in one of the last two intervals
 * between calls of changed_begin(). Two, because programs set the byte before they update counters. True
 * for all VMs in the first interval.
 */
bool changed_has(const struct changed *c, uint64_t vm);

#endif /* GMEM_CHANGED_H */
