/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs on the tracepoints of kernel/, with the arguments of their TP_PROTO: tools/lib/live/probes.c checks these
 * against the kernel's BTF before it loads a program.
 *
 * Checks for NULL are for the verifier, which requires them for tracepoints in a module
 * (kernel/bpf/btf.c, btf_ctx_access()): these pointers are never NULL.
 */
#ifndef GMEM_TRACEPOINTS_BPF_H
#define GMEM_TRACEPOINTS_BPF_H

#include "gmem_attributes.bpf.h"
#include "gmem_faults.bpf.h"
#include "gmem_files.bpf.h"

SEC("tp_btf/kvm_gmem_create")
int BPF_PROG(on_create, struct kvm *kvm, struct inode *inode, u64 size, u64 flags, int ret)
{
	if (!kvm)
		return 0;

	struct gmem_rec r = {
		.ino = ino_of(inode),
		.end = size >> GMEM_PAGE_SHIFT,
		.flags = flags,
		.ret = ret,
	};

	emit_instant(kvm, vm_of(kvm), GMEM_CREATE, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_release")
int BPF_PROG(on_release, struct kvm *kvm, struct inode *inode)
{
	if (!kvm || !inode)
		return 0;

	struct gmem_rec r = {
		.ino = inode->i_ino,
		.nr_pages = inode->i_mapping->nrpages,
	};

	emit_instant(kvm, vm_of(kvm), GMEM_RELEASE, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_bind")
int BPF_PROG(on_bind, struct kvm *kvm, struct kvm_memory_slot *slot, struct inode *inode,
	     u64 offset, int ret)
{
	if (!kvm || !slot)
		return 0;

	struct gmem_rec r = slot_rec(slot, ino_of(inode), offset >> GMEM_PAGE_SHIFT);

	r.ret = ret;
	emit_instant(kvm, vm_of(kvm), GMEM_BIND, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_unbind")
int BPF_PROG(on_unbind, struct kvm *kvm, struct kvm_memory_slot *slot, struct inode *inode)
{
	if (!kvm || !slot || !inode)
		return 0;

	struct gmem_rec r = slot_rec(slot, inode->i_ino, slot->gmem.pgoff);

	emit_instant(kvm, vm_of(kvm), GMEM_UNBIND, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_fallocate_begin")
int BPF_PROG(on_fallocate_begin, struct kvm *kvm, struct inode *inode, int mode, __s64 offset,
	     __s64 len)
{
	if (!kvm || !inode)
		return 0;

	struct gmem_rec r = fallocate_rec(inode->i_ino, mode, offset, len);

	fallocate_begins(kvm, vm_of(kvm), &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_fallocate_end")
int BPF_PROG(on_fallocate_end, struct kvm *kvm, struct inode *inode, int mode, __s64 offset,
	     __s64 len, u64 nr_pages, int ret)
{
	if (!kvm || !inode)
		return 0;

	struct gmem_rec r = fallocate_rec(inode->i_ino, mode, offset, len);

	r.nr_pages = nr_pages;
	r.ret = ret;
	fallocate_ends(kvm, vm_of(kvm), &r);
	return 0;
}

/* Returns the number of a cause that the kernel gives. It has none for attributes. */
static __always_inline __u64 cause_of(int cause)
{
	return cause < CAUSE_ATTRIBUTES ? cause : cause + 1;
}

SEC("tp_btf/kvm_gmem_invalidate_begin")
int BPF_PROG(on_invalidate_begin, struct kvm *kvm, struct inode *inode, u64 start, u64 end,
	     int cause)
{
	if (!kvm)
		return 0;

	struct gmem_rec r = {
		.ino = ino_of(inode), .start = start, .end = end, .cause = cause_of(cause),
	};

	invalidate_begins(kvm, vm_of(kvm), &r);
	return 0;
}

/* Discards a window of the task whose end was missed: it is not this invalidation. */
static __always_inline void discard_window(__u64 vm)
{
	__u32 tid = this_tid();
	struct gmem_op *op = op_place(OP_INVALIDATE, tid);

	if (op && op_is(op, OP_INVALIDATE, vm, tid) && !op->ino)
		op_discard(OP_INVALIDATE, vm);
}

SEC("tp_btf/kvm_gmem_invalidate_end")
int BPF_PROG(on_invalidate_end, struct kvm *kvm, struct inode *inode, u64 start, u64 end,
	     int cause)
{
	if (!kvm)
		return 0;

	struct gmem_rec r = {
		.ino = ino_of(inode), .start = start, .end = end, .cause = cause_of(cause),
	};

	__u64 vm = vm_of(kvm);

	discard_window(vm);
	invalidate_ends(kvm, vm, &r);
	return 0;
}

/* Several VMs may have bindings of the inode: the record has VM 0. */
SEC("tp_btf/kvm_gmem_memory_error")
int BPF_PROG(on_memory_error, struct inode *inode, u64 start, u64 end)
{
	if (!inode)
		return 0;

	struct gmem_rec r = { .ino = inode->i_ino, .start = start, .end = end };

	emit_event(0, GMEM_MEMORY_ERROR, bpf_ktime_get_ns(), &r);
	return 0;
}

SEC("tp_btf/kvm_vm_set_mem_attributes")
int BPF_PROG(on_attributes_begin, u64 start, u64 end, unsigned long attributes, struct kvm *kvm)
{
	if (!kvm)
		return 0;

	struct gmem_rec r = { .start = start, .end = end, .attributes = attributes };

	attributes_begin(kvm, vm_of(kvm), &r);
	return 0;
}

SEC("tp_btf/kvm_mem_attributes_phase")
int BPF_PROG(on_attributes_phase, struct kvm *kvm, u64 start, u64 end, int phase)
{
	if (!kvm)
		return 0;

	struct gmem_rec r = { .start = start, .end = end };
	__u64 vm = vm_of(kvm);

	/* NULL: the operation began before attach, or was counted as lost. */
	attributes_phase(vm, op_peek(OP_ATTRIBUTES, vm), phase + GMEM_PHASE_CHECK, &r);
	return 0;
}

SEC("tp_btf/kvm_mem_attributes_end")
int BPF_PROG(on_attributes_end, struct kvm *kvm, u64 start, u64 end, unsigned long attributes,
	     bool changed, int ret)
{
	if (!kvm)
		return 0;

	struct gmem_rec r = {
		.start = start, .end = end, .attributes = attributes,
		.ret = ret,
		.changed = changed,
	};

	attributes_end(kvm, vm_of(kvm), &r);
	return 0;
}

SEC("tp_btf/kvm_memory_fault_exit")
int BPF_PROG(on_memory_fault, struct kvm_vcpu *vcpu, u64 gpa, u64 size, u64 flags, int ret)
{
	if (!vcpu)
		return 0;

	memory_fault(vcpu, gpa, size, flags, ret);
	return 0;
}

/* A prefetch that meets an invalidation stalls no vCPU, and is not counted. */
SEC("tp_btf/kvm_fault_retry")
int BPF_PROG(on_fault_retry, struct kvm_vcpu *vcpu, u64 gfn, bool is_private, bool prefetch)
{
	if (!vcpu)
		return 0;

	struct gmem_rec r = {
		.start = gfn, .end = gfn + 1,
		.attributes = is_private ? KVM_MEMORY_ATTRIBUTE_PRIVATE : 0,
		.vcpu = vcpu->vcpu_id,
	};
	__u64 ts = bpf_ktime_get_ns(), vm = vm_of(vcpu->kvm);
	struct gmem_counters *c = get_counters(vcpu->kvm, vm, ts);

	if (c && !prefetch)
		atomic_add(&c->fault_retries, 1);
	emit_event(vm, prefetch ? GMEM_PREFETCH_RETRY : GMEM_FAULT_RETRY, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_fault_begin")
int BPF_PROG(on_fault_begin, struct kvm *kvm, struct inode *inode, u64 gfn, u64 pgoff)
{
	if (!kvm)
		return 0;

	struct gmem_rec r = {
		.ino = ino_of(inode), .start = gfn, .end = gfn + 1, .pgoff = pgoff,
	};

	uncounted_begins(OP_FAULT, vm_of(kvm), GMEM_FAULT_BEGIN, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_fault_end")
int BPF_PROG(on_fault_end, struct kvm *kvm, struct inode *inode, u64 gfn, u64 pgoff, int order,
	     bool allocated, u64 prepare_ns, int ret)
{
	if (!kvm)
		return 0;

	struct gmem_rec r = {
		.ino = ino_of(inode), .start = gfn, .end = gfn + 1, .prepare_ns = prepare_ns,
		.nr_pages = allocated ? 1ULL << (order & 31) : 0,
		.ret = ret,
		.order = order,
	};

	fault_ends(kvm, vm_of(kvm), &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_user_fault_begin")
int BPF_PROG(on_user_fault_begin, struct kvm *kvm, struct inode *inode, u64 pgoff)
{
	if (!kvm || !inode)
		return 0;

	struct gmem_rec r = { .ino = inode->i_ino, .start = pgoff, .end = pgoff + 1 };

	user_fault_begins(vm_of(kvm), &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_user_fault_end")
int BPF_PROG(on_user_fault_end, struct kvm *kvm, struct inode *inode, u64 pgoff, bool allocated, int ret)
{
	if (!kvm || !inode)
		return 0;

	struct gmem_rec r = {
		.ino = inode->i_ino, .start = pgoff, .end = pgoff + 1,
		.nr_pages = allocated,
		.ret = ret,
		.has_pages = true,
	};

	user_fault_ends(vm_of(kvm), &r);
	return 0;
}

/* The event comes at the end, and has the duration. */
SEC("tp_btf/kvm_gmem_populate")
int BPF_PROG(on_populate, struct kvm *kvm, struct inode *inode, u64 gfn, u64 nr_pages, u64 done, u64 ns, int ret)
{
	if (!kvm || !inode)
		return 0;

	struct gmem_rec r = {
		.ino = inode->i_ino, .start = gfn, .end = gfn + nr_pages,
		.nr_pages = done,
		.dur_ns = ns ? ns : 1,
		.ret = ret,
	};

	emit_event(vm_of(kvm), GMEM_POPULATE_END, bpf_ktime_get_ns(), &r);
	return 0;
}

#endif /* GMEM_TRACEPOINTS_BPF_H */
