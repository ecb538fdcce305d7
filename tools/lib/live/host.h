/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Facts on this host that decide what can be seen: read from /proc and /sys, changing nothing. */
#ifndef GMEM_HOST_H
#define GMEM_HOST_H

#include <stdbool.h>
#include <stddef.h>

#define GMEM_FACT_LEN 64

enum gmem_kvm_state {
	GMEM_KVM_NONE,		/* the kernel has no KVM, or its module was not loaded */
	GMEM_KVM_NO_VENDOR,	/* kvm.ko without kvm_amd, kvm_intel or the like */
	GMEM_KVM_BUILT_IN,
	GMEM_KVM_MODULE,
	GMEM_KVM_STATES
};

extern const char *const gmem_kvm_state_names[GMEM_KVM_STATES];

/* Texts are "" where the file is missing or must not be read. */
struct gmem_host {
	char release[GMEM_FACT_LEN];		/* of the kernel */
	enum gmem_kvm_state kvm;
	bool btf;				/* types of the kernel */
	bool kvm_btf;				/* types of the module kvm */
	bool initial_pid_ns;			/* all processes can be seen */
	char lockdown[GMEM_FACT_LEN];		/* "none", "integrity", "confidentiality" */
	char unprivileged_bpf[GMEM_FACT_LEN];	/* kernel.unprivileged_bpf_disabled */
	char perf_paranoid[GMEM_FACT_LEN];	/* kernel.perf_event_paranoid: for others, not for us */
	bool preempts;				/* tasks may be preempted in the kernel at any time, not only lazily */
};

/* Lockdown of a kind that keeps BPF from reading kernel memory. */
#define GMEM_LOCKDOWN_REASON	"lockdown=confidentiality forbids BPF to read kernel memory"
#define GMEM_LOCKDOWN_REMEDY	"Boot without lockdown=confidentiality."

bool gmem_host_is_locked_down(const struct gmem_host *h);

/* root is "", or a folder that stands for / in tests. */
void gmem_host_read(struct gmem_host *h, const char *root);

/* In the initial pid namespace: elsewhere, VMs of other namespaces are not found. */
bool gmem_host_sees_all_pids(const char *root);

/* A capability that the tools need, and what for. */
struct gmem_capability {
	const char *name;	/* "cap_bpf" */
	int number;		/* CAP_BPF */
	const char *what_for;
	bool for_module;	/* only where KVM is a module */
};

extern const struct gmem_capability gmem_capabilities[];
extern const size_t gmem_nr_capabilities;

/* Does this process hold it? CAP_SYS_ADMIN stands for those that were split from it. */
bool gmem_holds(const struct gmem_capability *c);

#endif /* GMEM_HOST_H */
