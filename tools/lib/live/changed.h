/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Owns: which VMs something happened to, so that the others need not be read: the programs set
 * a byte for each. Must not know what.
 */
#ifndef GMEM_CHANGED_H
#define GMEM_CHANGED_H

#include <stdbool.h>
#include <stdint.h>

#include "bpf/gmem_maps.h"

struct changed {
	uint8_t *bytes;		/* the programs' memory */
	uint8_t now[ACTIVE_VMS];
	uint8_t before[ACTIVE_VMS];	/* the last time */
	bool all;
};

/* fd of the map. 0 or -errno. */
int changed_open(struct changed *c, int fd);
void changed_close(struct changed *c);

/* Takes what was set since the last time. all: every VM counts. */
void changed_begin(struct changed *c, bool all);

/*
 * Did something happen to it, or to another one with its place, before changed_begin() and after
 * the time before the last? Twice, as the byte is set before the counters are. At first: yes.
 */
bool changed_has(const struct changed *c, uint64_t vm);

#endif /* GMEM_CHANGED_H */
