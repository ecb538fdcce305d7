// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * All programs. User space loads those whose target the kernel has and whose group
 * is requested: tools/lib/live/probes.c.
 */
#include "gmem_tracepoints.bpf.h"
#include "gmem_stock_files.bpf.h"
#include "gmem_stock_attributes.bpf.h"
#include "gmem_stock_faults.bpf.h"
#include "gmem_scan_files.bpf.h"
#include "gmem_scan_map.bpf.h"
#include "gmem_scan_blocks.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* kvm_arch_destroy_vm, called once for each VM on x86 and arm64. No tracepoint reports the end of a VM. */
ON_ENTRY(on_vm_end, struct kvm *kvm)
{
	__u64 ts = bpf_ktime_get_ns(), vm = number_if_known(direct, kvm), address = (__u64)kvm;
	struct gmem_counters *c = counters_if_known(vm);
	struct gmem_rec r = {};

	bpf_map_delete_elem(&vm_ids, &address);
	close_stalls(vm);
	if (!c)
		return 0;	/* a VM that never used guest_memfd */
	c->ended_ns = ts;
	emit(vm, GMEM_VM_END, ts, &r);
	return 0;
}
