/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs on the events of guest_memfd files, in the order of their life.
 * Arguments are those of TP_PROTO.
 */
#ifndef GMEM_FILES_BPF_H
#define GMEM_FILES_BPF_H

#include "gmem_state.bpf.h"

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
	op_begin(OP_FALLOCATE, kvm->vm_id, ts);
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

	r.dur_ns = op_end(OP_FALLOCATE, kvm->vm_id, ts);
	if (c) {
		count_op(punch ? &c->punch : &c->allocate, r.end - r.start, r.dur_ns, ret);
		add(punch ? &c->punched_pages : &c->allocated_pages, nr_pages);
	}
	emit(kvm->vm_id, GMEM_FALLOCATE_END, ts, &r);
	return 0;
}

/* Attributes that are state of the VM are invalidated by gfn, without an inode. */
static __always_inline __u64 ino_of(struct inode *inode)
{
	return inode ? inode->i_ino : 0;
}

SEC("tp_btf/kvm_gmem_invalidate_begin")
int BPF_PROG(on_invalidate_begin, struct kvm *kvm, struct inode *inode, u64 start, u64 end,
	     int cause)
{
	struct gmem_rec r = {
		.ino = ino_of(inode), .start = start, .end = end, .arg = cause,
	};
	__u64 ts = bpf_ktime_get_ns();

	get_vm(kvm->vm_id, ts);
	op_begin(OP_INVALIDATE, kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_INVALIDATE_BEGIN, ts, &r);
	return 0;
}

/* A release invalidates up to the highest offset there can be. */
static __always_inline __u64 pages_within(struct inode *inode, __u64 start, __u64 end)
{
	__u64 size = inode->i_size >> GMEM_PAGE_SHIFT;

	return (end < size ? end : size) - start;
}

SEC("tp_btf/kvm_gmem_invalidate_end")
int BPF_PROG(on_invalidate_end, struct kvm *kvm, struct inode *inode, u64 start, u64 end,
	     int cause)
{
	struct gmem_rec r = {
		.ino = ino_of(inode), .start = start, .end = end, .arg = cause,
	};
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_counters *c = get_vm(kvm->vm_id, ts);

	r.dur_ns = op_end(OP_INVALIDATE, kvm->vm_id, ts);
	if (c && r.ino)
		count_op(&c->invalidate, pages_within(inode, start, end), r.dur_ns, 0);
	else if (c)
		count_op(&c->window, end - start, r.dur_ns, 0);
	emit(kvm->vm_id, GMEM_INVALIDATE_END, ts, &r);
	return 0;
}

/* The inode may be bound by several VMs: the record belongs to none. */
SEC("tp_btf/kvm_gmem_memory_error")
int BPF_PROG(on_memory_error, struct inode *inode, u64 start, u64 end)
{
	struct gmem_rec r = { .ino = inode->i_ino, .start = start, .end = end };

	emit(0, GMEM_MEMORY_ERROR, bpf_ktime_get_ns(), &r);
	return 0;
}

#endif /* GMEM_FILES_BPF_H */
