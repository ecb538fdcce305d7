// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * The programs on the tracepoints of kernel/: one for each, in the order of
 * the life of guest memory. Arguments are those of TP_PROTO.
 */
#include "gmem_state.bpf.h"

char LICENSE[] SEC("license") = "Dual BSD/GPL";

static __always_inline __u64 slot_id(struct kvm_memory_slot *slot)
{
	return (__u32)slot->as_id << 16 | (__u16)slot->id;
}

SEC("tp_btf/kvm_gmem_create")
int BPF_PROG(on_create, struct kvm *kvm, struct inode *inode, u64 flags)
{
	struct gmem_rec r = {
		.ino = inode->i_ino,
		.end = inode->i_size >> GMEM_PAGE_SHIFT,
		.arg = flags,
	};
	__u64 ts = bpf_ktime_get_ns();

	get_vm(kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_CREATE, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_release")
int BPF_PROG(on_release, struct kvm *kvm, struct inode *inode)
{
	struct gmem_rec r = {
		.ino = inode->i_ino,
		.nr_pages = inode->i_mapping->nrpages,
	};
	__u64 ts = bpf_ktime_get_ns();

	get_vm(kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_RELEASE, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_bind")
int BPF_PROG(on_bind, struct kvm *kvm, struct kvm_memory_slot *slot, struct inode *inode,
	     u64 offset, int ret)
{
	struct gmem_rec r = {
		.ino = inode ? inode->i_ino : 0,
		.start = slot->base_gfn,
		.end = slot->base_gfn + slot->npages,
		.arg = offset >> GMEM_PAGE_SHIFT,
		.ret = ret,
		.aux = slot_id(slot),
	};
	__u64 ts = bpf_ktime_get_ns();

	get_vm(kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_BIND, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_unbind")
int BPF_PROG(on_unbind, struct kvm *kvm, struct kvm_memory_slot *slot, struct inode *inode)
{
	struct gmem_rec r = {
		.ino = inode->i_ino,
		.start = slot->base_gfn,
		.end = slot->base_gfn + slot->npages,
		.arg = slot->gmem.pgoff,
		.aux = slot_id(slot),
	};
	__u64 ts = bpf_ktime_get_ns();

	get_vm(kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_UNBIND, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_fallocate_begin")
int BPF_PROG(on_fallocate_begin, struct kvm *kvm, struct inode *inode, int mode, __s64 offset,
	     __s64 len)
{
	struct gmem_rec r = {
		.ino = inode->i_ino,
		.start = offset >> GMEM_PAGE_SHIFT,
		.end = (offset + len) >> GMEM_PAGE_SHIFT,
		.arg = mode,
	};
	__u64 ts = bpf_ktime_get_ns();

	get_vm(kvm->vm_id, ts);
	op_begin(OP_FALLOCATE, ts);
	emit(kvm->vm_id, GMEM_FALLOCATE_BEGIN, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_fallocate_end")
int BPF_PROG(on_fallocate_end, struct kvm *kvm, struct inode *inode, int mode, __s64 offset,
	     __s64 len, u64 nr_pages, int ret)
{
	bool punch = mode & FALLOC_FL_PUNCH_HOLE;
	struct gmem_rec r = {
		.ino = inode->i_ino,
		.start = offset >> GMEM_PAGE_SHIFT,
		.end = (offset + len) >> GMEM_PAGE_SHIFT,
		.arg = mode,
		.nr_pages = nr_pages,
		.ret = ret,
	};
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_counters *c = get_vm(kvm->vm_id, ts);

	r.dur_ns = op_end(OP_FALLOCATE, ts);
	if (c) {
		count_op(punch ? &c->punch : &c->allocate, r.end - r.start, r.dur_ns, ret);
		add(punch ? &c->punched_pages : &c->allocated_pages, nr_pages);
	}
	emit(kvm->vm_id, GMEM_FALLOCATE_END, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_invalidate_begin")
int BPF_PROG(on_invalidate_begin, struct kvm *kvm, struct inode *inode, unsigned long start,
	     unsigned long end, int cause)
{
	struct gmem_rec r = {
		.ino = inode->i_ino, .start = start, .end = end, .arg = cause,
	};
	__u64 ts = bpf_ktime_get_ns();

	get_vm(kvm->vm_id, ts);
	op_begin(OP_INVALIDATE, ts);
	emit(kvm->vm_id, GMEM_INVALIDATE_BEGIN, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_invalidate_end")
int BPF_PROG(on_invalidate_end, struct kvm *kvm, struct inode *inode, unsigned long start,
	     unsigned long end, int cause)
{
	struct gmem_rec r = {
		.ino = inode->i_ino, .start = start, .end = end, .arg = cause,
	};
	__u64 ts = bpf_ktime_get_ns(), size = inode->i_size >> GMEM_PAGE_SHIFT;
	struct gmem_counters *c = get_vm(kvm->vm_id, ts);

	r.dur_ns = op_end(OP_INVALIDATE, ts);
	/* A release invalidates up to the highest offset there can be. */
	if (c)
		count_op(&c->invalidate, (end < size ? end : size) - start, r.dur_ns, 0);
	emit(kvm->vm_id, GMEM_INVALIDATE_END, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_attributes_begin")
int BPF_PROG(on_attributes_begin, struct kvm *kvm, struct inode *inode, u64 start, u64 end,
	     u64 attributes)
{
	struct gmem_rec r = {
		.ino = inode ? inode->i_ino : 0, .start = start, .end = end, .arg = attributes,
	};
	__u64 ts = bpf_ktime_get_ns();

	get_vm(kvm->vm_id, ts);
	op_begin(OP_ATTRIBUTES, ts);
	emit(kvm->vm_id, GMEM_ATTRIBUTES_BEGIN, ts, &r);
	return 0;
}

static __always_inline void count_conversion(struct gmem_counters *c, const struct gmem_rec *r,
					     bool changed)
{
	__u32 dir = r->arg & KVM_MEMORY_ATTRIBUTE_PRIVATE ? GMEM_TO_PRIVATE : GMEM_TO_SHARED;
	__u32 slot = gmem_hist_slot(r->dur_ns);

	if (!r->ret && !changed) {
		add(&c->conversion[dir].unchanged, 1);
		return;
	}
	count_op(&c->conversion[dir], r->end - r->start, r->dur_ns, r->ret);
	if (!r->ret && r->dur_ns && slot < GMEM_HIST_SLOTS)
		add(&c->conversion_hist[dir][slot], 1);
}

SEC("tp_btf/kvm_gmem_attributes_end")
int BPF_PROG(on_attributes_end, struct kvm *kvm, struct inode *inode, u64 start, u64 end,
	     u64 attributes, bool changed, int ret)
{
	struct gmem_rec r = {
		.ino = inode ? inode->i_ino : 0, .start = start, .end = end, .arg = attributes,
		.ret = ret,
		.aux = changed,
	};
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_counters *c = get_vm(kvm->vm_id, ts);

	r.dur_ns = op_end(OP_ATTRIBUTES, ts);
	if (c)
		count_conversion(c, &r, changed);
	emit(kvm->vm_id, GMEM_ATTRIBUTES_END, ts, &r);
	return 0;
}

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
