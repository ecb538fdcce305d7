/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Facts about this host that decide what can be seen, read from /proc and /sys. */
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

/* Facts about the host. Texts are "" if the file is missing or unreadable. */
struct gmem_host {
	char release[GMEM_FACT_LEN];		/* kernel release */
	enum gmem_kvm_state kvm;
	bool btf;				/* the kernel has BTF */
	bool kvm_btf;				/* the module kvm has BTF */
	bool initial_pid_ns;			/* this process is in the initial pid namespace: it sees all processes */
	char lockdown[GMEM_FACT_LEN];		/* "none", "integrity", "confidentiality" */
	char unprivileged_bpf[GMEM_FACT_LEN];	/* kernel.unprivileged_bpf_disabled */
	char perf_paranoid[GMEM_FACT_LEN];	/* kernel.perf_event_paranoid: does not restrict these tools */
	bool preempts;				/* the kernel preempts tasks in the kernel at any time, not only lazily */
};

/* Error texts for lockdown=confidentiality, under which BPF programs cannot read kernel memory. */
#define GMEM_LOCKDOWN_REASON	"lockdown=confidentiality forbids BPF to read kernel memory"
#define GMEM_LOCKDOWN_REMEDY	"Boot without lockdown=confidentiality."

bool gmem_host_is_locked_down(const struct gmem_host *h);

/* Reads the facts. @root: "", or a directory that stands for / in tests. */
void gmem_host_read(struct gmem_host *h, const char *root);

/* Returns true in the initial pid namespace: in others, VMs of other namespaces are not found. */
bool gmem_host_sees_all_pids(const char *root);

/* Capability that the tools need, and its purpose. */
struct gmem_capability {
	const char *name;	/* "cap_bpf" */
	int number;		/* CAP_BPF */
	const char *what_for;	/* an infinitive: "load BPF programs" */
	bool for_module;	/* only needed if KVM is a module: gmem_needs() */
};

extern const struct gmem_capability gmem_capabilities[];
extern const size_t gmem_nr_capabilities;

/* Returns true if the tools need the capability on this host. */
bool gmem_needs(const struct gmem_host *h, const struct gmem_capability *c);

/* Returns true if this process holds the capability, or CAP_SYS_ADMIN, which all of them were split from. */
bool gmem_holds(const struct gmem_capability *c);

#endif /* GMEM_HOST_H */
