// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * All programs. User space loads those that the kernel has something for and that
 * somebody wants to see: tools/lib/live/probes.c.
 */
#include "gmem_tracepoints.bpf.h"
#include "gmem_stock_files.bpf.h"
#include "gmem_stock_attributes.bpf.h"
#include "gmem_stock_faults.bpf.h"
#include "gmem_scan_files.bpf.h"
#include "gmem_scan_map.bpf.h"
#include "gmem_scan_blocks.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

/* No tracepoint tells the end of a VM; this is called once for each, by x86 and arm64 alike. */
ON_ENTRY(on_vm_end, struct kvm *kvm)
{
	__u64 ts = bpf_ktime_get_ns(), vm = number_if_known(direct, kvm), address = (__u64)kvm;
	struct gmem_counters *c = counters_of(vm);
	struct gmem_rec r = {};

	bpf_map_delete_elem(&vm_ids, &address);
	close_stalls(vm);
	if (!c)
		return 0;	/* it never had guest memory of this kind */
	c->ended_ns = ts;
	emit(vm, GMEM_VM_END, ts, &r);
	return 0;
}
