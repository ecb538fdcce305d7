/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What this host lets us attach to, found out before anything is loaded. */
#ifndef GMEM_PROBES_H
#define GMEM_PROBES_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"

/* Groups of events that somebody may want to see or not: each has its cost. */
enum gmem_probe_group {
	GMEM_PROBES_BASE	= 1,	/* files, bindings, conversions, memory-fault exits */
	GMEM_PROBES_PHASES	= 2,	/* phases of conversions */
	GMEM_PROBES_FAULTS	= 4,	/* faults of vCPUs and of userspace, populate */
};

struct gmem_probe {
	const char *tracepoint;		/* kvm:.. */
	enum gmem_probe_group group;
	bool required;			/* the tools are of no use without it */
	bool found;
};

/* Every tracepoint that bpf/gmem.bpf.c has a program on_* for. */
extern struct gmem_probe gmem_probes[];
extern const size_t gmem_nr_probes;

/*
 * GMEM_OK if KVM is there, BTF is there, and BTF knows all tracepoints that are
 * required; sets found of each.
 */
enum gmem_status gmem_probes_find(struct gmem_error *e);

#endif /* GMEM_PROBES_H */
