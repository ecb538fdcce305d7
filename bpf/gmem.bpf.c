// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * All programs: one on each tracepoint of kernel/, named on_ and what follows
 * kvm_gmem_ there. User space loads those that the kernel has and that somebody
 * wants to see: tools/lib/probes.c.
 */
#include "gmem_state.bpf.h"
#include "gmem_files.bpf.h"
#include "gmem_attributes.bpf.h"
#include "gmem_faults.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* No tracepoint tells the end of a VM; this is called once for each, by x86 and arm64 alike. */
SEC("fentry/kvm_arch_destroy_vm")
int BPF_PROG(on_vm_end, struct kvm *kvm)
{
	struct gmem_rec r = {};
	__u64 ts = bpf_ktime_get_ns(), vm = kvm->vm_id;
	struct gmem_counters *c = bpf_map_lookup_elem(&vms, &vm);

	if (!c)
		return 0;	/* it never had guest memory of this kind */
	c->ended_ns = ts;
	emit(vm, GMEM_VM_END, ts, &r);
	return 0;
}
