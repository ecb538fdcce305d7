/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Events of guest_memfd files, in the order of a file's life: counts and emits them. The programs that
 * call this are in gmem_tracepoints.bpf.h and gmem_stock_*.bpf.h.
 */
#ifndef GMEM_FILES_BPF_H
#define GMEM_FILES_BPF_H

#include "gmem_stall.bpf.h"

/* Returns the inode number, or 0 for an event without an inode. */
static __always_inline __u64 ino_of(struct inode *inode)
{
	return inode ? inode->i_ino : 0;
}

/* Emits an event that has no end and no counter. */
static __always_inline void emit_instant(struct kvm *kvm, __u64 vm, __u16 kind, const struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();

	if (get_counters(kvm, vm, ts))
		emit(vm, kind, ts, r);
}

/* Returns where the VMM has the memslot's shared side, or GMEM_NO_ADDRESS. Address 0 is an address. */
static __always_inline __u64 user_addr(struct kvm_memory_slot *slot)
{
	if (BPF_CORE_READ(slot, flags) & KVM_MEM_NO_USERSPACE_ADDR)
		return GMEM_NO_ADDRESS;
	return BPF_CORE_READ(slot, userspace_addr);
}

/* Returns the record of a binding. @pgoff is a parameter because the memslot has it only while it is bound. */
static __always_inline struct gmem_rec slot_rec(struct kvm_memory_slot *slot, __u64 ino, __u64 pgoff)
{
	struct gmem_rec r = {
		.ino = ino,
		.start = BPF_CORE_READ(slot, base_gfn),
		.pgoff = pgoff,
		.user_addr = user_addr(slot),
		.slot = (__u32)BPF_CORE_READ(slot, as_id) << 16 | (__u16)BPF_CORE_READ(slot, id),
	};

	r.end = r.start + BPF_CORE_READ(slot, npages);
	return r;
}

/* Causes of an invalidation, numbered as gmem_text_arg() names them. */
enum {
	CAUSE_PUNCH_HOLE,
	CAUSE_RELEASE,
	CAUSE_MEMORY_ERROR,
	CAUSE_ATTRIBUTES,
	CAUSE_JOIN,
};

static __always_inline struct gmem_rec fallocate_rec(__u64 ino, int mode, __s64 offset, __s64 len)
{
	return (struct gmem_rec){
		.ino = ino,
		.start = offset >> GMEM_PAGE_SHIFT,
		.end = (offset + len) >> GMEM_PAGE_SHIFT,
		.mode = mode,
	};
}

static __always_inline void fallocate_begins(struct kvm *kvm, __u64 vm, const struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();

	op_keep(OP_FALLOCATE, vm, GMEM_FALLOCATE_BEGIN, ts, r);
	if (is_enabled(GMEM_PROBES_EVENTS) && get_counters(kvm, vm, ts))
		emit_always(vm, GMEM_FALLOCATE_BEGIN, ts, r);
}

/* Counts and emits the end of a fallocate(). r->nr_pages is GMEM_UNKNOWN if the kernel does not report it. */
static __always_inline void fallocate_ends(struct kvm *kvm, __u64 vm, struct gmem_rec *r)
{
	bool punch = r->mode & FALLOC_FL_PUNCH_HOLE;
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_counters *c = get_counters(kvm, vm, ts);

	r->dur_ns = op_end(OP_FALLOCATE, vm, ts);
	stall_discarded(vm, r->dur_ns);
	if (!c)
		return;
	count_op(punch ? &c->punch : &c->allocate, r->end - r->start, r->dur_ns, r->ret);
	if (r->nr_pages != GMEM_UNKNOWN)
		atomic_add(punch ? &c->punched_pages : &c->allocated_pages, r->nr_pages);
	emit_event(vm, GMEM_FALLOCATE_END, ts, r);
}

/* Begins an invalidation. If a conversion causes it, it has gfns and no inode: attributes belong to the VM. */
static __always_inline void invalidate_begins(struct kvm *kvm, __u64 vm, const struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();

	get_counters(kvm, vm, ts);
	op_begin(OP_INVALIDATE, vm, GMEM_INVALIDATE_BEGIN, ts, r);
}

static __always_inline void invalidate_ends(struct kvm *kvm, __u64 vm, struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_counters *c = get_counters(kvm, vm, ts);

	r->dur_ns = op_end(OP_INVALIDATE, vm, ts);
	if (!c)
		return;
	count_op(r->ino ? &c->invalidate : &c->window, r->end - r->start, r->dur_ns, 0);
	emit_event(vm, GMEM_INVALIDATE_END, ts, r);
}

#endif /* GMEM_FILES_BPF_H */
