/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What this host lets us attach to, found out by names and BTF before anything is loaded. */
#ifndef GMEM_PROBES_H
#define GMEM_PROBES_H

#include <stdbool.h>
#include <stddef.h>

#include "error.h"
#include "gmem_abi.h"

/* Ways to see guest memory. The first of which a host has all that is required is used. */
enum gmem_probe_set {
	GMEM_SET_TRACEPOINTS,	/* of kernel/: stable and cheap */
	GMEM_SET_STOCK,		/* functions of a kernel without them */
	GMEM_SETS,
	GMEM_SET_ANY = GMEM_SETS	/* a wish: whichever there is. A probe: of every set */
};

extern const char *const gmem_set_names[GMEM_SETS];	/* "tracepoints", "stock" */

enum gmem_attach {
	GMEM_ON_TRACEPOINT,
	GMEM_ON_FUNCTION,
};

struct gmem_probe {
	const char *program;	/* of bpf/gmem.bpf.c */
	enum gmem_probe_set set;
	enum gmem_attach attach;
	const char *targets[2];	/* names it has in versions of the kernel; the second may be NULL */
	enum gmem_probe_group group;
	bool required;		/* the set is of no use without it */
	const char *found;	/* of targets; NULL: there is none on this host */
};

extern struct gmem_probe gmem_probes[];
extern const size_t gmem_nr_probes;

/* What gmem_probes_find() found out. */
struct gmem_probe_choice {
	enum gmem_probe_set set;		/* to use; GMEM_SETS: there is none */
	bool module;				/* KVM's types are those of a module */
	const char *missing[GMEM_SETS];		/* first required one that a set lacks, or NULL */
};

/* True if the probe is there and belongs to what was chosen. */
static inline bool gmem_probe_in_use(const struct gmem_probe *p, enum gmem_probe_set set,
				     unsigned int groups)
{
	return p->found && (p->set == set || p->set == GMEM_SET_ANY) && (p->group & groups);
}

/*
 * Features (enum gmem_feature) of a set with these groups attached, as far as this
 * host has their probes. To be asked after gmem_probes_find().
 */
unsigned int gmem_probes_features(enum gmem_probe_set set, unsigned int groups);

/* Is there a KVM that can run VMs? */
bool gmem_kvm_is_there(void);

/*
 * Looks for all probes, and chooses the set that is wished for, or the best. GMEM_OK,
 * or what is missing in *e; *c tells as much as is known in any case.
 */
enum gmem_status gmem_probes_find(struct gmem_probe_choice *c, enum gmem_probe_set wish,
				  struct gmem_error *e);

#endif /* GMEM_PROBES_H */
