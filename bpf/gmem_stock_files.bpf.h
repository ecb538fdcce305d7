/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs on functions: files, bindings, punches and allocations, and their invalidations. */
#ifndef GMEM_STOCK_FILES_BPF_H
#define GMEM_STOCK_FILES_BPF_H

#include "gmem_files.bpf.h"
#include "gmem_stock.bpf.h"

/* kvm_gmem_create: returns the descriptor, which is installed by now, or -errno. */
ON_EXIT(stock_create, struct kvm *kvm, struct kvm_create_guest_memfd *args)
{
	int fd = ret;
	struct file *file = fd >= 0 ? file_by_fd(fd) : NULL;
	struct kvm_create_guest_memfd request = {};
	struct gmem_rec r = {};

	if (fd >= 0 && (!file || file_kind(file) != FILE_GMEM))
		return 0;
	bpf_probe_read_kernel(&request, sizeof(request), args);
	r.ino = file ? file_ino(file) : 0;
	r.end = request.size >> GMEM_PAGE_SHIFT;
	r.flags = request.flags;
	r.ret = fd < 0 ? fd : 0;
	emit_instant(kvm, vm_of_probed(kvm), GMEM_CREATE, &r);
	return 0;
}

/*
 * Keeps the file and the cause for the task while it is in a function that invalidates: the functions called
 * from there do not have them. Kept under VM 0, as the VM may be gone when the file is released.
 */
static __always_inline void enter_invalidating(struct inode *inode, __u64 cause)
{
	struct gmem_rec r = { .cause = cause };

	if (!is_by_function(GMEM_EVENT_INVALIDATE) || !is_enabled(GMEM_PROBES_INVALIDATIONS))
		return;
	r.ino = BPF_CORE_READ(inode, i_ino);
	r.end = BPF_CORE_READ(inode, i_size) >> GMEM_PAGE_SHIFT;
	op_keep(OP_AROUND, 0, 0, bpf_ktime_get_ns(), &r);
}

static __always_inline void leave_invalidating(void)
{
	if (is_by_function(GMEM_EVENT_INVALIDATE) && is_enabled(GMEM_PROBES_INVALIDATIONS))
		op_discard(OP_AROUND, 0);
}

/* kvm_gmem_release */
ON_ENTRY(stock_release, struct inode *inode, struct file *file)
{
	struct gmem_rec r = {
		.ino = BPF_CORE_READ(inode, i_ino),
		.nr_pages = BPF_CORE_READ(inode, i_mapping, nrpages),
	};
	struct kvm *kvm = gmem_kvm(BPF_CORE_READ(file, private_data));

	if (is_by_function(GMEM_EVENT_RELEASE))
		emit_instant(kvm, vm_of_probed(kvm), GMEM_RELEASE, &r);
	enter_invalidating(inode, CAUSE_RELEASE);
	return 0;
}

ON_EXIT(stock_release_exit)
{
	leave_invalidating();
	return 0;
}

/* Set for 7.3, where KVM prepares a memslot first: success is not a binding yet, only a failure is final. */
const volatile bool bind_in_two_steps;

/* kvm_gmem_bind, kvm_gmem_prepare_memory_region */
ON_EXIT(stock_bind, struct kvm *kvm, struct kvm_memory_slot *slot, unsigned int fd, __u64 offset)
{
	struct file *file = file_by_fd(fd);
	bool gmem = file && file_kind(file) == FILE_GMEM;
	struct gmem_rec r = slot_rec(slot, gmem ? file_ino(file) : 0, offset >> GMEM_PAGE_SHIFT);

	r.ret = ret;
	if (bind_in_two_steps && !r.ret)
		return 0;
	emit_instant(kvm, vm_of_probed(kvm), GMEM_BIND, &r);
	return 0;
}

/* kvm_gmem_commit_memory_region of 7.3 */
ON_EXIT(stock_bind_commit, struct kvm *kvm, struct kvm_memory_slot *slot)
{
	struct gmem_rec r = slot_rec(slot, file_ino(BPF_CORE_READ(slot, gmem.file)),
				     BPF_CORE_READ(slot, gmem.pgoff));

	r.ret = ret;
	emit_instant(kvm, vm_of_probed(kvm), GMEM_BIND, &r);
	return 0;
}

/* kvm_gmem_unbind: emitted at its exit, with the binding as it was at its entry. */
ON_ENTRY(stock_unbind, struct kvm_memory_slot *slot)
{
	struct file *file = BPF_CORE_READ(slot, gmem.file);
	__u64 ts = bpf_ktime_get_ns(), vm;
	struct gmem_rec r;
	struct kvm *kvm;

	if (!file)
		return 0;	/* the file was released before, which was emitted */
	kvm = gmem_kvm(BPF_CORE_READ(file, private_data));
	vm = vm_of_probed(kvm);
	r = (struct gmem_rec){
		.ino = file_ino(file), .start = BPF_CORE_READ(slot, gmem.pgoff), .arg = vm,
	};
	get_counters(kvm, vm, ts);
	op_keep(OP_UNBIND, 0, 0, ts, &r);
	return 0;
}

ON_EXIT(stock_unbind_exit, struct kvm_memory_slot *slot)
{
	struct gmem_op *op = op_peek(OP_UNBIND, 0);
	struct gmem_rec r;

	if (!op)
		return 0;
	r = slot_rec(slot, op->ino, op->start);
	emit(op->arg, GMEM_UNBIND, bpf_ktime_get_ns(), &r);
	op_discard(OP_UNBIND, 0);
	return 0;
}

/* kvm_gmem_fallocate */
ON_ENTRY(stock_fallocate, struct file *file, int mode, __s64 offset, __s64 len)
{
	struct inode *inode = FIELD(direct, file, f_inode);
	struct gmem_rec r = fallocate_rec(FIELD(direct, inode, i_ino), mode, offset, len);
	struct kvm *kvm = gmem_kvm(FIELD(direct, file, private_data));

	if (is_by_function(GMEM_EVENT_FALLOCATE_BEGIN))
		fallocate_begins(kvm, vm_of_probed(kvm), &r);
	enter_invalidating(inode, CAUSE_PUNCH_HOLE);
	return 0;
}

ON_EXIT(stock_fallocate_exit, struct file *file, int mode, __s64 offset, __s64 len)
{
	struct inode *inode = FIELD(direct, file, f_inode);
	struct gmem_rec r = fallocate_rec(FIELD(direct, inode, i_ino), mode, offset, len);
	struct kvm *kvm = gmem_kvm(FIELD(direct, file, private_data));
	__u64 vm = vm_of_probed(kvm);

	if (is_by_function(GMEM_EVENT_INVALIDATE) && is_enabled(GMEM_PROBES_INVALIDATIONS))
		end_invalidation(kvm, vm);
	leave_invalidating();
	if (!is_by_function(GMEM_EVENT_FALLOCATE_END))
		return 0;
	r.nr_pages = GMEM_UNKNOWN;
	r.ret = ret;
	fallocate_ends(kvm, vm, &r);
	return 0;
}

/* kvm_gmem_error_folio */
ON_ENTRY(stock_memory_error, struct address_space *mapping, struct folio *folio)
{
	struct inode *inode = BPF_CORE_READ(mapping, host);
	struct gmem_rec r = {
		.ino = BPF_CORE_READ(inode, i_ino), .start = BPF_CORE_READ(folio, index),
	};

	r.end = r.start + 1;
	if (is_by_function(GMEM_EVENT_MEMORY_ERROR))
		emit_event(0, GMEM_MEMORY_ERROR, bpf_ktime_get_ns(), &r);
	enter_invalidating(inode, CAUSE_MEMORY_ERROR);
	return 0;
}

ON_EXIT(stock_memory_error_exit)
{
	leave_invalidating();
	return 0;
}

/*
 * kvm_gmem_invalidate_begin; __kvm_gmem_invalidate_begin in 6.18; __kvm_gmem_invalidate_start in 7.3.
 * @priv: the file's private_data. A release invalidates up to the highest offset, that is the file's end.
 */
ON_ENTRY(stock_invalidate, void *priv, unsigned long start, unsigned long end)
{
	struct kvm *kvm = gmem_kvm(priv);
	struct gmem_op *around = op_peek(OP_AROUND, 0);
	struct gmem_rec r = { .start = start, .end = end };
	__u64 vm = vm_of_probed(kvm);

	if (!around || !gmem_bindings(priv))
		return 0;	/* without a binding KVM opens no window */
	r.ino = around->ino;
	r.cause = around->arg;
	if (r.end == ~0ULL)
		r.end = around->end;
	invalidate_begins(kvm, vm, &r);
	return 0;
}

#endif /* GMEM_STOCK_FILES_BPF_H */
