/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Without tracepoints: exits and faults. */
#ifndef GMEM_STOCK_FAULTS_BPF_H
#define GMEM_STOCK_FAULTS_BPF_H

#include "gmem_faults.bpf.h"
#include "gmem_stock.bpf.h"

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

	user_fault_begins(vm_of_probed(gmem_kvm(file->private_data)), &r);
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

	user_fault_ends(vm_of_probed(gmem_kvm(file->private_data)), &r);
	return 0;
}

#endif /* GMEM_STOCK_FAULTS_BPF_H */
