/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs on functions: conversions, their phases, and their invalidations. */
#ifndef GMEM_STOCK_ATTRIBUTES_BPF_H
#define GMEM_STOCK_ATTRIBUTES_BPF_H

#include "gmem_attributes.bpf.h"
#include "gmem_stock.bpf.h"

/*
 * kvm_arch_pre_set_memory_attributes, called for each memslot. The first call marks the begin of the
 * invalidation: KVM has just called kvm_mmu_invalidate_begin(), which is inlined there.
 */
ON_ENTRY(stock_window, struct kvm *kvm)
{
	__u64 vm = number_if_known(direct, kvm);
	struct gmem_op *op = vm ? op_peek(OP_ATTRIBUTES, vm) : NULL, *before;
	struct gmem_rec r;

	if (!op)
		return 0;
	/* An invalidation of a file whose end was missed gives way. */
	before = op_peek(OP_INVALIDATE, vm);
	if (before && !before->ino)
		return 0;
	r = (struct gmem_rec){ .start = op->start, .end = op->end, .cause = CAUSE_ATTRIBUTES };
	invalidate_begins(kvm, vm, &r);
	return 0;
}

/* kvm_mmu_invalidate_end */
ON_ENTRY(stock_window_end, struct kvm *kvm)
{
	__u64 vm = number_if_known(direct, kvm);

	if (vm)
		end_invalidation(kvm, vm);
	return 0;
}

/*
 * Verification that the programs on kvm_vm_ioctl run. User space makes a request that KVM refuses, with
 * flags that no other process passes. The programs count it at entry and at exit.
 */
enum { BEAT_ENTRY, BEAT_EXIT, BEATS };

const volatile __u64 beat_flags;
__u64 beats[BEATS];

static __always_inline void count_beat(const struct kvm_memory_attributes *a, __u32 where)
{
	if (beat_flags && a->flags == beat_flags)
		atomic_add(&beats[where], 1);
}

static __always_inline bool read_request(__u64 arg, struct kvm_memory_attributes *a)
{
	return !bpf_probe_read_user(a, sizeof(*a), (void *)arg);
}

/* Returns kvm_arch_has_private_mem() of arch/x86/include/asm/kvm_host.h; by the VM's type before 6.10. */
static __always_inline bool has_private_memory(bool direct, struct kvm *kvm)
{
	if (bpf_core_field_exists(kvm->arch.has_private_mem))
		return FIELD(direct, kvm, arch.has_private_mem);
	if (bpf_core_field_exists(kvm->arch.vm_type))
		return FIELD(direct, kvm, arch.vm_type) != 0;
	return true;
}

/* Returns false for a request that KVM refuses before slots_lock. Tracepoints do not report it either. */
static __always_inline bool is_valid(bool direct, struct kvm *kvm, const struct kvm_memory_attributes *a)
{
	const __u64 in_page = (1 << GMEM_PAGE_SHIFT) - 1;

	if (a->flags || a->attributes & ~KVM_MEMORY_ATTRIBUTE_PRIVATE || !a->size ||
	    a->address + a->size <= a->address || (a->address | a->size) & in_page)
		return false;
	return !a->attributes || has_private_memory(direct, kvm);
}

/* Returns true if kvm_vm_ioctl refuses every request, with -EIO. */
static __always_inline bool is_refused(bool direct, struct kvm *kvm)
{
	struct task_struct *task = bpf_get_current_task_btf();

	return FIELD(direct, kvm, mm) != task->mm || FIELD(direct, kvm, vm_dead);
}

static __always_inline struct gmem_rec request_rec(const struct kvm_memory_attributes *a)
{
	return (struct gmem_rec){
		.start = a->address >> GMEM_PAGE_SHIFT,
		.end = (a->address + a->size) >> GMEM_PAGE_SHIFT,
		.attributes = a->attributes,
	};
}

/*
 * Keeps the begin of a conversion whose request cannot be read, as its page is not present. set_range() adds
 * the range at the check, when KVM has read the request. Until then the operation is not shown, and if KVM
 * refuses the request it is dropped.
 */
static __always_inline void begin_without_range(struct kvm *kvm, __u64 address)
{
	struct gmem_rec r = { .arg = address };
	__u64 ts = bpf_ktime_get_ns();

	if (op_keep(OP_ATTRIBUTES, vm_of_probed(kvm), 0, ts, &r) && is_enabled(GMEM_PROBES_PHASES))
		phases_begin(ts);
}

/* Reads the request, and emits the begin with its range. The VM is stale if it still cannot be read. */
static __noinline int set_range(__u64 vm, struct gmem_op *op)
{
	struct kvm_memory_attributes a = {};
	struct gmem_counters *c;
	struct gmem_rec r;

	if (!op)
		return 0;
	if (!read_request(op->arg, &a)) {
		count_loss(GMEM_LOST_RANGE);
		c = counters_if_known(vm);
		if (c)
			atomic_add(&c->lost_state, 1);
		return 0;
	}
	r = request_rec(&a);
	op->start = r.start;
	op->end = r.end;
	op->arg = r.attributes;
	op->kind = GMEM_ATTRIBUTES_BEGIN;
	emit_event(vm, GMEM_ATTRIBUTES_BEGIN, op->begin_ns, &r);
	return 0;
}

/* kvm_vm_ioctl */
ON_ENTRY(stock_attributes, struct file *file, unsigned int ioctl, unsigned long arg)
{
	struct kvm_memory_attributes a = {};
	struct gmem_rec r;
	struct kvm *kvm;

	if (ioctl != KVM_SET_MEMORY_ATTRIBUTES)
		return 0;
	kvm = FIELD(direct, file, private_data);
	if (is_refused(false, kvm))
		return 0;
	if (!read_request(arg, &a)) {
		/* KVM may refuse the request, and only the function returns then. */
		if (is_by_function(GMEM_EVENT_ATTRIBUTES_END))
			begin_without_range(kvm, arg);
		return 0;
	}
	if (!is_valid(false, kvm, &a)) {
		count_beat(&a, BEAT_ENTRY);
		return 0;
	}
	r = request_rec(&a);
	attributes_begin(kvm, vm_of_probed(kvm), &r);
	return 0;
}

/*
 * Tasks whose conversion was seen by the program on the check, but not by the one on the ioctl around it. The
 * first such conversion of a task may have begun before attach. A second one is a contradiction: the
 * program on kvm_vm_ioctl does not run.
 */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 1024);
	__type(key, __u32);
	__type(value, __u64);
} unseen SEC(".maps");

__u64 contradictions;	/* counted from the map above: if it grows, user space reports kvm_vm_ioctl as blind */

static __always_inline bool is_request(const struct pt_regs *regs, __u64 start, __u64 end)
{
	struct kvm_memory_attributes a = {};

	return read_request(syscall_third_argument(regs), &a) &&
	       a.address >> GMEM_PAGE_SHIFT == start &&
	       (a.address + a.size) >> GMEM_PAGE_SHIFT == end;
}

/* Counts a contradiction. Other callers of the check, as memslot creation, are not in this ioctl. */
static __noinline int check_without_ioctl(__u64 start, __u64 end)
{
	const struct pt_regs *regs = current_ioctl(KVM_SET_MEMORY_ATTRIBUTES);
	__u64 one = 1, *n;
	__u32 tid = this_tid();

	if (!regs || !is_request(regs, start, end))
		return 0;
	n = bpf_map_lookup_elem(&unseen, &tid);
	if (!n)
		bpf_map_update_elem(&unseen, &tid, &one, BPF_ANY);
	else
		atomic_add(&contradictions, 1);
	return 0;
}

/* Handles the end of an ioctl that began before attach: the VM is scanned, as after a loss. */
static __always_inline void missed_attributes(struct kvm *kvm, __u64 arg, int ret)
{
	struct kvm_memory_attributes a = {};
	struct gmem_counters *c;
	__u32 tid = this_tid();

	bpf_map_delete_elem(&unseen, &tid);
	if (ret == -EFAULT)
		return;	/* KVM could not read the request either */
	if (!read_request(arg, &a)) {
		count_loss(GMEM_LOST_RANGE);
	} else if (ret || !is_valid(false, kvm, &a)) {
		count_beat(&a, BEAT_EXIT);
		return;
	}
	c = get_counters(kvm, vm_of_probed(kvm), bpf_ktime_get_ns());
	if (c)
		atomic_add(&c->lost_state, 1);
}

/*
 * Handles the end of KVM_ENABLE_CAP, which may have made all gfns private: the VM is scanned, as after a loss, if it
 * was seen already. Not inlined, for the reason given at attributes_head().
 */
static __noinline int enabled_cap(struct kvm *kvm)
{
	struct gmem_counters *c;

	if (!bpf_core_field_exists(kvm->private_by_default) || !BPF_CORE_READ(kvm, private_by_default))
		return 0;
	c = counters_if_known(vm_if_known_probed(kvm));
	if (c)
		atomic_add(&c->lost_state, 1);
	return 0;
}

ON_EXIT(stock_attributes_exit, struct file *file, unsigned int ioctl, unsigned long arg)
{
	struct gmem_op *op;
	struct gmem_rec r;
	struct kvm *kvm;
	__u64 vm;

	if (ioctl == KVM_ENABLE_CAP && !ret)
		return enabled_cap(FIELD(direct, file, private_data));
	if (ioctl != KVM_SET_MEMORY_ATTRIBUTES)
		return 0;
	kvm = FIELD(direct, file, private_data);
	vm = vm_if_known_probed(kvm);
	op = vm ? op_peek(OP_ATTRIBUTES, vm) : NULL;
	if (!op) {
		missed_attributes(kvm, arg, ret);
		return 0;
	}
	if (!op->end) {
		op_discard(OP_ATTRIBUTES, vm);
		return 0;
	}
	r = (struct gmem_rec){
		.start = op->start, .end = op->end, .attributes = op->arg,
		.seq = op->order, .ret = ret, .changed = op->order != 0,
	};
	attributes_end(kvm, vm, &r);
	return 0;
}

/* Moves the conversion from phase @from to @to, even if phases are not counted: op->phase. */
static __always_inline void stock_phase(bool direct, struct kvm *kvm, __u32 from, __u32 to)
{
	__u64 vm = number_if_known(direct, kvm);
	struct gmem_op *op = vm ? op_peek(OP_ATTRIBUTES, vm) : NULL;
	struct gmem_rec r;

	if (!op || op->phase != from || !is_by_function(GMEM_EVENT_ATTRIBUTES_PHASE))
		return;
	r = (struct gmem_rec){ .start = op->start, .end = op->end };
	attributes_phase(vm, op, to, &r);
}

/*
 * Returns the VM whose attributes are checked. With ranges, the function with a VM is inlined, and the programs
 * are on the one it calls, with the maple tree in the VM.
 */
static __always_inline struct kvm *checked_vm(__u64 argument)
{
	return (struct kvm *)(argument - attributes_tree(0));
}

/*
 * kvm_range_has_memory_attributes, or kvm_attrs_match: at the first call in a conversion, KVM has just taken
 * slots_lock.
 */
ON_ENTRY(stock_check, __u64 checked, __u64 start, __u64 end)
{
	struct kvm *kvm = checked_vm(checked);
	__u64 vm = number_if_known(false, kvm);
	struct gmem_op *op = vm ? op_peek(OP_ATTRIBUTES, vm) : NULL;

	if (!op)
		return is_by_function(GMEM_EVENT_ATTRIBUTES_BEGIN) ? check_without_ioctl(start, end) : 0;
	if (!op->end)
		set_range(vm, op);
	stock_phase(false, kvm, GMEM_PHASE_LOCK, GMEM_PHASE_CHECK);
	return 0;
}

/*
 * Gives a conversion that changes something its sequence number, in the order of slots_lock. Later calls in the
 * same conversion are for huge pages, or for blocks at the edges of the range.
 */
ON_EXIT(stock_check_exit, __u64 checked)
{
	__u64 vm = number_if_known(false, checked_vm(checked));
	struct gmem_op *op = vm ? op_peek(OP_ATTRIBUTES, vm) : NULL;
	bool has_them = ret & 0xff;
	struct gmem_counters *c;
	struct gmem_rec r;

	if (!op || op->order || has_them)
		return 0;
	c = counters_if_known(vm);
	op->order = c ? __sync_fetch_and_add(&c->order, 1) + 1 : 1;
	if (!is_by_function(GMEM_EVENT_ATTRIBUTES_PHASE))
		return 0;
	r = (struct gmem_rec){ .start = op->start, .end = op->end };
	attributes_phase(vm, op, GMEM_PHASE_RESERVE, &r);
	return 0;
}

/* kvm_arch_pre_set_memory_attributes: called for each memslot, like the _post_ function below. */
ON_ENTRY(stock_zap, struct kvm *kvm)
{
	stock_phase(direct, kvm, GMEM_PHASE_RESERVE, GMEM_PHASE_ZAP);
	return 0;
}

ON_EXIT(stock_zap_exit, struct kvm *kvm)
{
	stock_phase(direct, kvm, GMEM_PHASE_ZAP, GMEM_PHASE_STORE);
	return 0;
}

/*
 * kvm_arch_post_set_memory_attributes. Kernels that track no mixed attributes do not have it: kvm_mmu_invalidate_end,
 * whose other callers are in no conversion.
 */
ON_ENTRY(stock_mixed, struct kvm *kvm)
{
	stock_phase(direct, kvm, GMEM_PHASE_STORE, GMEM_PHASE_MIXED);
	return 0;
}

#endif /* GMEM_STOCK_ATTRIBUTES_BPF_H */
