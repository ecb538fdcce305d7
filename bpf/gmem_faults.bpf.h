/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs on faults: of vCPUs on private memory, of userspace on memory that it
 * maps, and what populates memory before a guest runs.
 */
#ifndef GMEM_FAULTS_BPF_H
#define GMEM_FAULTS_BPF_H

#include "gmem_state.bpf.h"

SEC("tp_btf/kvm_gmem_memory_fault")
int BPF_PROG(on_memory_fault, struct kvm_vcpu *vcpu, u64 gpa, u64 size, u64 flags, int ret)
{
	struct gmem_rec r = {
		.start = gpa >> GMEM_PAGE_SHIFT,
		.end = (gpa + size) >> GMEM_PAGE_SHIFT,
		.arg = flags,
		.ret = ret,
		.aux = vcpu->vcpu_id,
	};
	__u64 ts = bpf_ktime_get_ns(), vm = vcpu->kvm->vm_id;
	struct gmem_counters *c = get_vm(vm, ts);

	if (c)
		add(&c->memory_faults, 1);
	emit(vm, GMEM_MEMORY_FAULT, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_fault_begin")
int BPF_PROG(on_fault_begin, struct kvm *kvm, struct inode *inode, u64 gfn, u64 pgoff)
{
	struct gmem_rec r = {
		.ino = inode ? inode->i_ino : 0, .start = gfn, .end = gfn + 1, .arg = pgoff,
	};
	__u64 ts = bpf_ktime_get_ns();

	op_begin(OP_FAULT, kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_FAULT_BEGIN, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_fault_end")
int BPF_PROG(on_fault_end, struct kvm *kvm, struct inode *inode, u64 gfn, u64 pgoff, int order,
	     bool allocated, u64 prepare_ns, int ret)
{
	struct gmem_rec r = {
		.ino = inode ? inode->i_ino : 0, .start = gfn, .end = gfn + 1, .arg = prepare_ns,
		.nr_pages = allocated ? 1ULL << (order & 31) : 0,
		.ret = ret,
		.aux = order,
	};
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_counters *c = get_vm(kvm->vm_id, ts);

	r.dur_ns = op_end(OP_FAULT, kvm->vm_id, ts);
	if (c) {
		count_op(&c->fault, 1, r.dur_ns, ret);
		add(&c->faulted_pages, r.nr_pages);
	}
	emit(kvm->vm_id, GMEM_FAULT_END, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_fault_retry")
int BPF_PROG(on_fault_retry, struct kvm_vcpu *vcpu, u64 gfn, bool is_private)
{
	struct gmem_rec r = {
		.start = gfn, .end = gfn + 1,
		.arg = is_private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
		.aux = vcpu->vcpu_id,
	};
	__u64 ts = bpf_ktime_get_ns(), vm = vcpu->kvm->vm_id;
	struct gmem_counters *c = get_vm(vm, ts);

	if (c)
		add(&c->fault_retries, 1);
	emit(vm, GMEM_FAULT_RETRY, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_user_fault_begin")
int BPF_PROG(on_user_fault_begin, struct kvm *kvm, struct inode *inode, u64 pgoff)
{
	struct gmem_rec r = { .ino = inode->i_ino, .start = pgoff, .end = pgoff + 1 };
	__u64 ts = bpf_ktime_get_ns();

	op_begin(OP_USER_FAULT, kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_USER_FAULT_BEGIN, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_user_fault_end")
int BPF_PROG(on_user_fault_end, struct kvm *kvm, struct inode *inode, u64 pgoff, int ret)
{
	struct gmem_rec r = { .ino = inode->i_ino, .start = pgoff, .end = pgoff + 1, .ret = ret };
	__u64 ts = bpf_ktime_get_ns();

	r.dur_ns = op_end(OP_USER_FAULT, kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_USER_FAULT_END, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_populate_begin")
int BPF_PROG(on_populate_begin, struct kvm *kvm, struct inode *inode, u64 gfn, u64 nr_pages)
{
	struct gmem_rec r = { .ino = inode->i_ino, .start = gfn, .end = gfn + nr_pages };
	__u64 ts = bpf_ktime_get_ns();

	op_begin(OP_POPULATE, kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_POPULATE_BEGIN, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_populate_end")
int BPF_PROG(on_populate_end, struct kvm *kvm, struct inode *inode, u64 gfn, u64 nr_pages,
	     u64 done, int ret)
{
	struct gmem_rec r = {
		.ino = inode->i_ino, .start = gfn, .end = gfn + nr_pages,
		.nr_pages = done,
		.ret = ret,
	};
	__u64 ts = bpf_ktime_get_ns();

	r.dur_ns = op_end(OP_POPULATE, kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_POPULATE_END, ts, &r);
	return 0;
}

#endif /* GMEM_FAULTS_BPF_H */
