/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Probes: programs and their targets, found in the kernel's BTF before programs are loaded, and the proof that they run. */
#ifndef GMEM_PROBES_H
#define GMEM_PROBES_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/gmem_abi.h"

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
	enum gmem_attach attach;
	const char *args;	/* GMEM_ON_TRACEPOINT: types of its arguments, as "kvm inode int": names of structures */
	const char *targets[GMEM_PROBE_TARGETS];	/* names in versions of the kernel; ends at NULL */
	const char *found;	/* the target that this host has, or NULL */
	unsigned int groups;	/* enum gmem_probe_group, of the events that use it; 0: not in use */
	enum gmem_way way;	/* GMEM_ON_FUNCTION only */
	enum gmem_proof proof;	/* GMEM_ON_FUNCTION only */
};

extern struct gmem_probe gmem_probes[];
extern const size_t gmem_nr_probes;

#define gmem_for_each_probe(p)	\
	for (struct gmem_probe *p = gmem_probes; p < gmem_probes + gmem_nr_probes; p++)

/* Facts about the kernel, from BTF. */
struct gmem_kernel {
	bool module;		/* KVM is a module, with its own BTF */
	bool attributes;	/* the kernel has memory attributes, so there are conversions */
	int order_argument;	/* position of max_order in kvm_gmem_get_pfn(), from 0; -1: none */
};

struct btf;

/*
 * Finds the targets of all probes, in the BTF of the kernel or, if KVM is a module, of that module. No probe is in
 * use yet.
 */
void gmem_probes_find(struct gmem_kernel *k, struct btf *vmlinux);

/* Returns false if no target was found. */
bool gmem_probes_any_found(void);

/* Returns true if a provider in use, of an event of one of these groups, has this probe. */
static inline bool gmem_probe_in_use(const struct gmem_probe *p, unsigned int groups)
{
	return p->groups & groups;
}

/*
 * Writes the functions whose programs in these groups are blind, each once, separated by ", ", and ".." in
 * place of those that do not fit; "" if there are none. Returns their number.
 */
size_t gmem_probes_blind(char *buf, size_t size, unsigned int groups);

#endif /* GMEM_PROBES_H */
