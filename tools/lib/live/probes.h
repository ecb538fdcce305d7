/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Probes of this host, found by names and BTF before anything is loaded, and whether they run. */
#ifndef GMEM_PROBES_H
#define GMEM_PROBES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "bpf/gmem_abi.h"

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

/* Ways to attach a program to a function, the cheapest first. The next one is tried where a function is blind. */
enum gmem_way {
	GMEM_WAY_FENTRY,	/* fentry or fexit */
	GMEM_WAY_KPROBE_MULTI,	/* fprobe: takes no perf_event_open() */
	GMEM_WAY_KPROBE,
	GMEM_WAYS
};

extern const char *const gmem_way_names[GMEM_WAYS];	/* "fentry", "kprobe.multi", "kprobe" */

/* How far it was seen that a program runs when its function does. */
enum gmem_proof {
	GMEM_PROOF_NONE,	/* attached without an error, which proves nothing */
	GMEM_PROOF_PATCHED,	/* ftrace lists the function as patched: enabled_functions */
	GMEM_PROOF_FIRED,	/* it ran when this process called the function */
	GMEM_PROOF_BLIND,	/* it did not, or the link is gone, or tracing was switched off */
	GMEM_PROOFS
};

extern const char *const gmem_proof_names[GMEM_PROOFS];

#define GMEM_PROBE_TARGETS 3

struct gmem_probe {
	const char *program;	/* of bpf/gmem.bpf.c */
	enum gmem_probe_set set;
	enum gmem_attach attach;
	const char *targets[GMEM_PROBE_TARGETS];	/* names in versions of the kernel; NULL: no more */
	enum gmem_probe_group group;
	bool required;		/* the set is of no use without it */
	bool attributes;	/* only where the kernel has memory attributes */
	const char *found;	/* of targets; NULL: there is none on this host */
	enum gmem_way way;	/* of a function */
	enum gmem_proof proof;	/* of a function */
};

extern struct gmem_probe gmem_probes[];
extern const size_t gmem_nr_probes;

/* What gmem_probes_find() found out. */
struct gmem_probe_choice {
	enum gmem_probe_set set;		/* to use; GMEM_SETS: there is none */
	bool module;				/* KVM's types are those of a module */
	bool attributes;			/* the kernel has memory attributes: conversions */
	int order_argument;			/* position of max_order in kvm_gmem_get_pfn(), from 0; -1: none */
	const char *missing[GMEM_SETS];		/* first required one that a set lacks, or NULL */
};

/* True if the probe is there and belongs to what was chosen. */
static inline bool gmem_probe_in_use(const struct gmem_probe *p, enum gmem_probe_set set,
				     unsigned int groups)
{
	return p->found && (p->set == set || p->set == GMEM_SET_ANY) && (p->group & groups);
}

/*
 * Features (enum gmem_feature) of a set with these groups attached, as far as this host has
 * their probes and none of them is blind. To be called after gmem_probes_find().
 */
unsigned int gmem_probes_features(enum gmem_probe_set set, unsigned int groups);

/*
 * Writes the functions of these groups that are blind, separated by ", ", each once, and ".." for
 * those that find no room; "" if none is. Returns their number.
 */
size_t gmem_probes_blind(char *buf, size_t size, enum gmem_probe_set set, unsigned int groups);

/* Is there a KVM that can run VMs? */
bool gmem_kvm_is_there(void);

/*
 * Looks for all probes, and chooses the set that is wished for, or the best. GMEM_OK,
 * or what is missing in *e; *c tells as much as is known in any case.
 */
enum gmem_status gmem_probes_find(struct gmem_probe_choice *c, enum gmem_probe_set wish,
				  struct gmem_error *e);

#endif /* GMEM_PROBES_H */
