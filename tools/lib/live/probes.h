/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Probes: found in the kernel's BTF before programs are loaded, and the proof that they run. */
#ifndef GMEM_PROBES_H
#define GMEM_PROBES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "bpf/gmem_abi.h"

/* Probe sets. The first one is used whose required probes the host has. */
enum gmem_probe_set {
	GMEM_SET_TRACEPOINTS,	/* tracepoints of kernel/: stable and cheap */
	GMEM_SET_STOCK,		/* functions, on kernels without these tracepoints */
	GMEM_SETS,
	GMEM_SET_ANY = GMEM_SETS	/* in options: the best set; in a probe: every set */
};

extern const char *const gmem_set_names[GMEM_SETS];	/* "tracepoints", "stock" */

enum gmem_attach {
	GMEM_ON_TRACEPOINT,
	GMEM_ON_FUNCTION,
};

/* Ways to attach a program to a function, the cheapest first. If a program is blind, the next one is tried. */
enum gmem_way {
	GMEM_WAY_FENTRY,	/* fentry or fexit */
	GMEM_WAY_KPROBE_MULTI,	/* fprobe: needs no perf_event_open() */
	GMEM_WAY_KPROBE,
	GMEM_WAYS
};

extern const char *const gmem_way_names[GMEM_WAYS];	/* "fentry", "kprobe.multi", "kprobe" */

/* Proof that a program runs when its function does. */
enum gmem_proof {
	GMEM_PROOF_NONE,	/* attached without an error, which proves nothing */
	GMEM_PROOF_PATCHED,	/* ftrace lists the function in enabled_functions */
	GMEM_PROOF_FIRED,	/* the program ran when this process called the function */
	GMEM_PROOF_BLIND,	/* it did not run, its link is gone, or kernel.ftrace_enabled is 0 */
	GMEM_PROOFS
};

extern const char *const gmem_proof_names[GMEM_PROOFS];

#define GMEM_PROBE_TARGETS 3

struct gmem_probe {
	const char *program;	/* in bpf/gmem.bpf.c */
	enum gmem_probe_set set;
	enum gmem_attach attach;
	const char *targets[GMEM_PROBE_TARGETS];	/* names in versions of the kernel; ends at NULL */
	enum gmem_probe_group group;
	bool required;		/* the set is not used without it */
	bool attributes;	/* only on kernels with memory attributes */
	const char *found;	/* the target that this host has, or NULL */
	enum gmem_way way;	/* GMEM_ON_FUNCTION only */
	enum gmem_proof proof;	/* GMEM_ON_FUNCTION only */
};

extern struct gmem_probe gmem_probes[];
extern const size_t gmem_nr_probes;

#define gmem_for_each_probe(p)	\
	for (struct gmem_probe *p = gmem_probes; p < gmem_probes + gmem_nr_probes; p++)

/* Result of gmem_probes_find(). */
struct gmem_probe_choice {
	enum gmem_probe_set set;		/* set to use; GMEM_SETS: none is available */
	bool module;				/* KVM is a module, with its own BTF */
	bool attributes;			/* the kernel has memory attributes, so there are conversions */
	int order_argument;			/* position of max_order in kvm_gmem_get_pfn(), from 0; -1: none */
	const char *missing[GMEM_SETS];		/* first required target that a set lacks, or NULL */
};

/* Returns true if this host has the probe, and it belongs to this set and one of these groups. */
static inline bool gmem_probe_in_use(const struct gmem_probe *p, enum gmem_probe_set set,
				     unsigned int groups)
{
	return p->found && (p->set == set || p->set == GMEM_SET_ANY) && (p->group & groups);
}

/*
 * Returns the features (enum gmem_feature) of a set with these groups attached: those whose probes this
 * host has, and none of which is blind. To be called after gmem_probes_find().
 */
unsigned int gmem_probes_features(enum gmem_probe_set set, unsigned int groups);

/*
 * Writes the functions whose programs in these groups are blind, each once, separated by ", ", and ".." in
 * place of those that do not fit; "" if there are none. Returns their number.
 */
size_t gmem_probes_blind(char *buf, size_t size, enum gmem_probe_set set, unsigned int groups);

/* Returns true if KVM can run VMs: its device exists. */
bool gmem_kvm_is_there(void);

/*
 * Finds all probes, and chooses set @wish, or the best one. Returns GMEM_OK, or another status with the
 * reason in *e. *c holds what was found in either case.
 */
enum gmem_status gmem_probes_find(struct gmem_probe_choice *c, enum gmem_probe_set wish,
				  struct gmem_error *e);

#endif /* GMEM_PROBES_H */
