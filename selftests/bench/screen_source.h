/* SPDX-License-Identifier: GPL-2.0-only */
/* A source of very many VMs with very many extents, that convert all the time. */
#ifndef SCREEN_SOURCE_H
#define SCREEN_SOURCE_H

#include "base/source.h"

struct screen_opts {
	unsigned int vms;
	unsigned int extents;		/* of each VM */
	unsigned int busy;		/* VMs that convert in every refresh .. */
	unsigned int conversions;	/* .. and how often each does */
};

/* What its own work took, to be told apart from that of who reads it. */
struct screen_cost {
	unsigned long refreshes;
	uint64_t cpu_ns;	/* of this thread, in the source, without what it hands over to */
};

/* NULL if there is no memory. All VMs come with the first call of sync(). */
struct gmem_source *screen_source_open(const struct screen_opts *o);
const struct screen_cost *screen_source_cost(const struct gmem_source *s);

#endif /* SCREEN_SOURCE_H */
