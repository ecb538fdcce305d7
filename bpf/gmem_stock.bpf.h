/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs on functions of a kernel that has no tracepoints of ours. What a function
 * is called where, and which are there, is in tools/lib/live/probes.c; names of programs
 * say what they see. Functions named are of 6.12; where 7.3 differs, it is said.
 */
#ifndef GMEM_STOCK_BPF_H
#define GMEM_STOCK_BPF_H

#include "gmem_attributes.bpf.h"
#include "gmem_faults.bpf.h"
#include "gmem_files.bpf.h"
#include "gmem_find.bpf.h"

enum {	/* as kernel/ numbers them */
	CAUSE_PUNCH_HOLE,
	CAUSE_RELEASE,
	CAUSE_MEMORY_ERROR,
	CAUSE_ATTRIBUTES,
};

/* kvm_gmem_create: its result is the descriptor, which is installed by now. */
SEC("fexit")
int BPF_PROG(stock_create, struct kvm *kvm, void *args, int fd)
{
	struct file *file = fd >= 0 ? file_by_fd(fd) : NULL;
	struct gmem_rec r = {};

	if (!file || file_kind(file) != FILE_GMEM)
		return 0;
	r.ino = file_ino(file);
	r.end = file_pages(file);
	bpf_probe_read_kernel(&r.arg, sizeof(r.arg), args + sizeof(__u64));
	tell(kvm, vm_of(kvm), GMEM_CREATE, &r);
	return 0;
}

/*
 * Functions that invalidate say on what and why: those they call do not know it. Kept
 * under VM 0, as it belongs to the task, and a VM may be gone when its file is.
 */
static __always_inline void enter(struct inode *inode, __u64 cause)
{
	struct gmem_rec r = {
		.ino = inode->i_ino, .end = inode->i_size >> GMEM_PAGE_SHIFT, .arg = cause,
	};

	if (wants(GMEM_PROBES_INVALIDATIONS))
		op_keep(OP_AROUND, 0, 0, bpf_ktime_get_ns(), &r);
}

static __always_inline void leave(void)
{
	if (wants(GMEM_PROBES_INVALIDATIONS))
		op_forget(OP_AROUND, 0);
}

/* The end of an invalidation that zapped nothing, as no memslot is there, has no function. */
static __always_inline void end_invalidation(struct kvm *kvm, __u64 vm)
{
	struct gmem_op *op = op_peek(OP_INVALIDATE, vm), *around = op_peek(OP_AROUND, 0);
	struct gmem_rec r;

	if (!op)
		return;
	r = (struct gmem_rec){
		.ino = op->ino, .start = op->start, .end = op->end, .arg = op->arg,
	};
	invalidate_ends(kvm, vm, &r, around ? around->end : 0);
}

/* kvm_gmem_release */
SEC("fentry")
int BPF_PROG(stock_release, struct inode *inode, struct file *file)
{
	struct gmem_rec r = { .ino = inode->i_ino, .nr_pages = inode->i_mapping->nrpages };
	struct kvm *kvm = gmem_kvm(file->private_data);

	tell(kvm, vm_of_probed(kvm), GMEM_RELEASE, &r);
	enter(inode, CAUSE_RELEASE);
	return 0;
}

SEC("fexit")
int BPF_PROG(stock_release_exit)
{
	leave();
	return 0;
}

/* In 7.3 a memslot is prepared first: there is nothing yet, unless that is refused. */
const volatile bool bind_in_two_steps;

/* kvm_gmem_bind, kvm_gmem_prepare_memory_region */
SEC("fexit")
int BPF_PROG(stock_bind, struct kvm *kvm, struct kvm_memory_slot *slot, unsigned int fd,
	     __u64 offset, int ret)
{
	struct file *file = file_by_fd(fd);
	bool gmem = file && file_kind(file) == FILE_GMEM;
	struct gmem_rec r = slot_rec(slot, gmem ? file_ino(file) : 0, offset >> GMEM_PAGE_SHIFT);

	if (bind_in_two_steps && !ret)
		return 0;
	r.ret = ret;
	tell(kvm, vm_of(kvm), GMEM_BIND, &r);
	return 0;
}

/* kvm_gmem_commit_memory_region of 7.3 */
SEC("fexit")
int BPF_PROG(stock_bind_commit, struct kvm *kvm, struct kvm_memory_slot *slot, int ret)
{
	struct gmem_rec r = slot_rec(slot, file_ino(slot->gmem.file), slot->gmem.pgoff);

	r.ret = ret;
	tell(kvm, vm_of(kvm), GMEM_BIND, &r);
	return 0;
}

/* kvm_gmem_unbind: told when it has been done, of what was there before. */
SEC("fentry")
int BPF_PROG(stock_unbind, struct kvm_memory_slot *slot)
{
	struct file *file = slot->gmem.file;
	__u64 ts = bpf_ktime_get_ns(), vm;
	struct gmem_rec r;
	struct kvm *kvm;

	if (!file)
		return 0;	/* it was closed before, which was told */
	kvm = gmem_kvm(BPF_CORE_READ(file, private_data));
	vm = vm_of_probed(kvm);
	r = (struct gmem_rec){
		.ino = file_ino(file), .start = slot->gmem.pgoff, .arg = vm,
	};
	get_vm(kvm, vm, ts);
	op_keep(OP_UNBIND, 0, 0, ts, &r);
	return 0;
}

SEC("fexit")
int BPF_PROG(stock_unbind_exit, struct kvm_memory_slot *slot)
{
	struct gmem_op *op = op_peek(OP_UNBIND, 0);
	struct gmem_rec r;

	if (!op)
		return 0;
	r = slot_rec(slot, op->ino, op->start);
	emit(op->arg, GMEM_UNBIND, bpf_ktime_get_ns(), &r);
	op_forget(OP_UNBIND, 0);
	return 0;
}

/* kvm_gmem_fallocate */
SEC("fentry")
int BPF_PROG(stock_fallocate, struct file *file, int mode, __s64 offset, __s64 len)
{
	struct gmem_rec r = fallocate_rec(file->f_inode->i_ino, mode, offset, len);
	struct kvm *kvm = gmem_kvm(file->private_data);

	fallocate_begins(kvm, vm_of_probed(kvm), &r);
	enter(file->f_inode, CAUSE_PUNCH_HOLE);
	return 0;
}

SEC("fexit")
int BPF_PROG(stock_fallocate_exit, struct file *file, int mode, __s64 offset, __s64 len, long ret)
{
	struct gmem_rec r = fallocate_rec(file->f_inode->i_ino, mode, offset, len);
	struct kvm *kvm = gmem_kvm(file->private_data);
	__u64 vm = vm_of_probed(kvm);

	if (wants(GMEM_PROBES_INVALIDATIONS))
		end_invalidation(kvm, vm);
	leave();
	r.nr_pages = GMEM_UNKNOWN;
	r.ret = ret;
	fallocate_ends(kvm, vm, &r);
	return 0;
}

/* kvm_gmem_error_folio */
SEC("fentry")
int BPF_PROG(stock_memory_error, struct address_space *mapping, struct folio *folio)
{
	struct gmem_rec r = {
		.ino = mapping->host->i_ino, .start = folio->index, .end = folio->index + 1,
	};

	emit_event(0, GMEM_MEMORY_ERROR, bpf_ktime_get_ns(), &r);
	enter(mapping->host, CAUSE_MEMORY_ERROR);
	return 0;
}

SEC("fexit")
int BPF_PROG(stock_memory_error_exit)
{
	leave();
	return 0;
}

/* kvm_gmem_invalidate_begin; __kvm_gmem_invalidate_start in 7.3. priv is the file's. */
SEC("fentry")
int BPF_PROG(stock_invalidate, void *priv, unsigned long start, unsigned long end)
{
	struct kvm *kvm = gmem_kvm(priv);
	struct gmem_op *around = op_peek(OP_AROUND, 0);
	struct gmem_rec r = { .start = start, .end = end };
	__u64 vm = vm_of_probed(kvm);

	if (!around)
		return 0;
	r.ino = around->ino;
	r.arg = around->arg;
	invalidate_begins(kvm, vm, &r);
	if (!gmem_bindings(priv))
		end_invalidation(kvm, vm);
	return 0;
}

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

/* kvm_arch_vcpu_ioctl_run */
SEC("fexit")
int BPF_PROG(stock_memory_fault, struct kvm_vcpu *vcpu, int ret)
{
	struct kvm_run *run = vcpu->run;

	/* What is in run may be of an exit before: only these come with the fault. */
	if ((ret == -EFAULT || ret == -EHWPOISON) && run->exit_reason == KVM_EXIT_MEMORY_FAULT)
		memory_fault(vcpu, run->memory_fault.gpa, run->memory_fault.size,
			     run->memory_fault.flags, ret);
	return 0;
}

/* kvm_gmem_get_pfn */
SEC("fentry")
int BPF_PROG(stock_fault, struct kvm *kvm, struct kvm_memory_slot *slot, u64 gfn)
{
	struct gmem_rec r = {
		.ino = file_ino(slot->gmem.file),
		.start = gfn, .end = gfn + 1,
		.arg = gfn - slot->base_gfn + slot->gmem.pgoff,
	};

	uncounted_begins(OP_FAULT, vm_of(kvm), GMEM_FAULT_BEGIN, &r);
	return 0;
}

/* The order is behind the last argument, of which versions have five or six. */
static __always_inline int fault_order(void *ctx)
{
	__u64 n = bpf_get_func_arg_cnt(ctx), p = 0;
	int order = 0;

	if (n && !bpf_get_func_arg(ctx, n - 1, &p))
		bpf_probe_read_kernel(&order, sizeof(order), (void *)p);
	return order;
}

SEC("fexit")
int BPF_PROG(stock_fault_exit, struct kvm *kvm, struct kvm_memory_slot *slot, u64 gfn)
{
	__u64 vm = vm_of(kvm), ret = 0;
	struct gmem_op *op = op_peek(OP_FAULT, vm);
	struct gmem_rec r = {
		.ino = op ? op->ino : 0,
		.start = gfn, .end = gfn + 1,
		.nr_pages = GMEM_UNKNOWN,
	};

	bpf_get_func_ret(ctx, &ret);
	r.ret = ret;
	r.aux = r.ret ? 0 : fault_order(ctx);
	fault_ends(kvm, vm, &r);
	return 0;
}

/* kvm_gmem_fault_user_mapping of 7.3 */
SEC("fentry")
int BPF_PROG(stock_user_fault, struct vm_fault *vmf)
{
	struct file *file = vmf->vma->vm_file;
	struct gmem_rec r = {
		.ino = file->f_inode->i_ino, .start = vmf->pgoff, .end = vmf->pgoff + 1,
	};

	uncounted_begins(OP_USER_FAULT, vm_of_probed(gmem_kvm(file->private_data)),
			 GMEM_USER_FAULT_BEGIN, &r);
	return 0;
}

/* The tracepoint turns vm_fault_t into an errno; here it is 0 or -EFAULT. */
SEC("fexit")
int BPF_PROG(stock_user_fault_exit, struct vm_fault *vmf, unsigned int ret)
{
	struct file *file = vmf->vma->vm_file;
	struct gmem_rec r = {
		.ino = file->f_inode->i_ino, .start = vmf->pgoff, .end = vmf->pgoff + 1,
		.ret = ret & VM_FAULT_ERROR ? -EFAULT : 0,
	};

	uncounted_ends(OP_USER_FAULT, vm_of_probed(gmem_kvm(file->private_data)),
		       GMEM_USER_FAULT_END, &r);
	return 0;
}

#endif /* GMEM_STOCK_BPF_H */
