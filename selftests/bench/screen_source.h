/* SPDX-License-Identifier: GPL-2.0-only */
/* Source of very many VMs with very many extents, which convert all the time. */
#ifndef SCREEN_SOURCE_H
#define SCREEN_SOURCE_H

#include "base/source.h"

struct screen_opts {
	unsigned int vms;
	unsigned int extents;		/* per VM */
	unsigned int busy;		/* VMs that convert in every refresh */
	unsigned int conversions;	/* conversions of each of these */
};

/* Cost of the source itself, to separate it from that of its reader. */
struct screen_cost {
	unsigned long refreshes;
	uint64_t cpu_ns;	/* CPU time of this thread within the source, without its callbacks */
};

/* Returns NULL if there is no memory. All VMs are emitted by the first call of sync(). */
struct gmem_source *screen_source_open(const struct screen_opts *o);
const struct screen_cost *screen_source_cost(const struct gmem_source *s);

#endif /* SCREEN_SOURCE_H */
