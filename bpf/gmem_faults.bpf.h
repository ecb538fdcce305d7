/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Faults: of vCPUs on private memory, and of user space on a mapped guest_memfd. */
#ifndef GMEM_FAULTS_BPF_H
#define GMEM_FAULTS_BPF_H

#include "gmem_syscall.bpf.h"
#include "gmem_vm.bpf.h"

/* Counts and emits an exit to the VMM. The vCPU is always probed, as the exit is rare. */
static __always_inline void memory_fault(struct kvm_vcpu *vcpu, u64 gpa, u64 size, u64 flags, int ret)
{
	struct gmem_rec r = {
		.start = gpa >> GMEM_PAGE_SHIFT,
		.end = (gpa + size) >> GMEM_PAGE_SHIFT,
		.flags = flags,
		.ret = ret,
		.vcpu = BPF_CORE_READ(vcpu, vcpu_id),
	};
	struct kvm *kvm = BPF_CORE_READ(vcpu, kvm);
	__u64 ts = bpf_ktime_get_ns(), vm = vm_of_probed(kvm);
	struct gmem_counters *c = get_counters(kvm, vm, ts);

	if (!c)
		return;
	atomic_add(&c->memory_faults, 1);
	emit_event(vm, GMEM_MEMORY_FAULT, ts, &r);
}

/* Begins an operation that needs no counters of the VM: a fault. */
static __always_inline void uncounted_begins(__u32 class, __u64 vm, __u16 kind, const struct gmem_rec *r)
{
	op_begin(class, vm, kind, bpf_ktime_get_ns(), r);
}

static __always_inline void uncounted_ends(__u32 class, __u64 vm, __u16 kind, struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();

	r->dur_ns = op_end(class, vm, ts);
	emit_event(vm, kind, ts, r);
}

/* Returns the origin of a fault on a mapped guest_memfd: the guest if the thread is in KVM_RUN. */
static __always_inline __u64 user_of_mapping(void)
{
	return current_is_in_ioctl(KVM_RUN) ? GMEM_USER_GUEST : GMEM_USER_VMM;
}

static __always_inline void user_fault_begins(__u64 vm, struct gmem_rec *r)
{
	r->user = user_of_mapping();
	uncounted_begins(OP_USER_FAULT, vm, GMEM_USER_FAULT_BEGIN, r);
}

static __always_inline void user_fault_ends(__u64 vm, struct gmem_rec *r)
{
	r->user = user_of_mapping();
	uncounted_ends(OP_USER_FAULT, vm, GMEM_USER_FAULT_END, r);
}

/* Counts and emits the end of a vCPU's fault. r->nr_pages: pages allocated, or GMEM_UNKNOWN. */
static __always_inline void fault_ends(struct kvm *kvm, __u64 vm, struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_counters *c = get_counters(kvm, vm, ts);

	r->dur_ns = op_end(OP_FAULT, vm, ts);
	if (!c)
		return;
	count_op(&c->fault, 1, r->dur_ns, r->ret);
	if (r->nr_pages != GMEM_UNKNOWN)
		atomic_add(&c->faulted_pages, r->nr_pages);
	emit_event(vm, GMEM_FAULT_END, ts, r);
}

#endif /* GMEM_FAULTS_BPF_H */
