/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Without tracepoints: conversions, their phases, and their windows. */
#ifndef GMEM_STOCK_ATTRIBUTES_BPF_H
#define GMEM_STOCK_ATTRIBUTES_BPF_H

#include "gmem_attributes.bpf.h"
#include "gmem_stock.bpf.h"

/*
 * kvm_arch_pre_set_memory_attributes, for each memslot: the window was opened just before the
 * first. What opens it, kvm_mmu_invalidate_begin(), is a function, but inlined there.
 */
SEC("fentry")
int BPF_PROG(stock_window, struct kvm *kvm)
{
	__u64 vm = vm_if_known(kvm);
	struct gmem_op *op = vm ? op_peek(OP_ATTRIBUTES, vm) : NULL;
	struct gmem_rec r;

	if (!op || op_peek(OP_INVALIDATE, vm))
		return 0;
	r = (struct gmem_rec){ .start = op->start, .end = op->end, .arg = CAUSE_ATTRIBUTES };
	invalidate_begins(kvm, vm, &r);
	return 0;
}

/* kvm_mmu_invalidate_end */
SEC("fentry")
int BPF_PROG(stock_window_end, struct kvm *kvm)
{
	__u64 vm = vm_if_known(kvm);

	if (vm)
		end_invalidation(kvm, vm);
	return 0;
}

static __always_inline bool read_request(void *arg, struct kvm_memory_attributes *a)
{
	return !bpf_probe_read_user(a, sizeof(*a), arg);
}

/* Of those that KVM refuses before it takes a lock, the tracepoints do not tell either. */
static __always_inline bool is_valid(const struct kvm_memory_attributes *a)
{
	const __u64 in_page = (1 << GMEM_PAGE_SHIFT) - 1;

	return !a->flags && !(a->attributes & ~KVM_MEMORY_ATTRIBUTE_PRIVATE) && a->size &&
	       a->address + a->size > a->address && !((a->address | a->size) & in_page);
}

static __always_inline struct gmem_rec request_rec(const struct kvm_memory_attributes *a)
{
	return (struct gmem_rec){
		.start = a->address >> GMEM_PAGE_SHIFT,
		.end = (a->address + a->size) >> GMEM_PAGE_SHIFT,
		.arg = a->attributes,
	};
}

/* kvm_vm_ioctl. The request was just written by its caller, so it is rarely paged out. */
SEC("fentry")
int BPF_PROG(stock_attributes, struct file *file, unsigned int ioctl, unsigned long arg)
{
	struct kvm_memory_attributes a;
	struct gmem_rec r;

	if (ioctl != KVM_SET_MEMORY_ATTRIBUTES)
		return 0;
	if (!read_request((void *)arg, &a)) {
		count_loss(GMEM_LOST_RANGE);
		return 0;
	}
	if (!is_valid(&a))
		return 0;
	r = request_rec(&a);
	attributes_begin(file->private_data, vm_of_probed(file->private_data), &r);
	return 0;
}

/* Not told when it began. What it did is read from kernel memory, as after a loss. */
static __always_inline void missed_attributes(struct kvm *kvm, unsigned long arg, long ret)
{
	struct kvm_memory_attributes a;
	struct gmem_counters *c;

	if (ret || !read_request((void *)arg, &a) || !is_valid(&a))
		return;
	c = get_vm(kvm, vm_of_probed(kvm), bpf_ktime_get_ns());
	if (c)
		add(&c->lost_state, 1);
}

SEC("fexit")
int BPF_PROG(stock_attributes_exit, struct file *file, unsigned int ioctl, unsigned long arg,
	     long ret)
{
	struct gmem_rec r;
	struct kvm *kvm;
	struct gmem_op *op;
	__u64 vm;

	if (ioctl != KVM_SET_MEMORY_ATTRIBUTES)
		return 0;
	kvm = file->private_data;
	vm = vm_of_probed(kvm);
	op = op_peek(OP_ATTRIBUTES, vm);
	if (!op) {
		missed_attributes(kvm, arg, ret);
		return 0;
	}
	r = (struct gmem_rec){
		.start = op->start, .end = op->end, .arg = op->arg,
		.nr_pages = op->order, .ret = ret, .aux = op->order != 0,
	};
	attributes_end(kvm, vm, &r);
	return 0;
}

/* Phases are kept even if nobody counts them: they tell what has been certain since. */
static __always_inline void stock_phase(struct kvm *kvm, __u32 from, __u32 to)
{
	__u64 vm = vm_if_known(kvm);
	struct gmem_op *op = vm ? op_peek(OP_ATTRIBUTES, vm) : NULL;
	struct gmem_rec r;

	if (!op || op->phase != from)
		return;
	r = (struct gmem_rec){ .start = op->start, .end = op->end };
	attributes_phase(vm, op, to, &r);
}

/* kvm_range_has_memory_attributes: its first call of the operation has just got slots_lock. */
SEC("fentry")
int BPF_PROG(stock_check, struct kvm *kvm)
{
	stock_phase(kvm, GMEM_PHASE_LOCK, GMEM_PHASE_CHECK);
	return 0;
}

/* Something is about to change: this is the order in which it does. */
SEC("fexit")
int BPF_PROG(stock_check_exit, struct kvm *kvm, __u64 start, __u64 end, unsigned long mask,
	     unsigned long attributes, bool ret)
{
	__u64 vm = vm_if_known(kvm);
	struct gmem_op *op = vm ? op_peek(OP_ATTRIBUTES, vm) : NULL;
	struct gmem_counters *c;
	struct gmem_rec r;

	if (!op || op->phase != GMEM_PHASE_CHECK || ret)
		return 0;
	c = counters_of(vm);
	op->order = c ? __sync_fetch_and_add(&c->order, 1) + 1 : 1;
	r = (struct gmem_rec){ .start = op->start, .end = op->end };
	attributes_phase(vm, op, GMEM_PHASE_RESERVE, &r);
	return 0;
}

/* kvm_arch_pre_set_memory_attributes: called for each memslot of the range, as is _post_. */
SEC("fentry")
int BPF_PROG(stock_zap, struct kvm *kvm)
{
	stock_phase(kvm, GMEM_PHASE_RESERVE, GMEM_PHASE_ZAP);
	return 0;
}

SEC("fexit")
int BPF_PROG(stock_zap_exit, struct kvm *kvm)
{
	stock_phase(kvm, GMEM_PHASE_ZAP, GMEM_PHASE_STORE);
	return 0;
}

/* kvm_arch_post_set_memory_attributes */
SEC("fentry")
int BPF_PROG(stock_mixed, struct kvm *kvm)
{
	stock_phase(kvm, GMEM_PHASE_STORE, GMEM_PHASE_MIXED);
	return 0;
}

#endif /* GMEM_STOCK_ATTRIBUTES_BPF_H */
