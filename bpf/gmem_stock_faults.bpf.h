/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs on functions: exits and faults. */
#ifndef GMEM_STOCK_FAULTS_BPF_H
#define GMEM_STOCK_FAULTS_BPF_H

#include "gmem_faults.bpf.h"
#include "gmem_stock.bpf.h"

/* kvm_arch_vcpu_ioctl_run. Only with these results does kvm_run describe this exit, not an earlier one. */
ON_EXIT(stock_memory_fault, struct kvm_vcpu *vcpu)
{
	struct kvm_run *run;

	if ((int)ret != -EFAULT && (int)ret != -EHWPOISON)
		return 0;
	run = FIELD(direct, vcpu, run);
	if (BPF_CORE_READ(run, exit_reason) == KVM_EXIT_MEMORY_FAULT)
		memory_fault(vcpu, BPF_CORE_READ(run, memory_fault.gpa),
				    BPF_CORE_READ(run, memory_fault.size),
				    BPF_CORE_READ(run, memory_fault.flags), ret);
	return 0;
}

/* kvm_gmem_get_pfn */
ON_ENTRY(stock_fault, struct kvm *kvm, struct kvm_memory_slot *slot, u64 gfn)
{
	struct gmem_rec r = {
		.ino = file_ino(FIELD(direct, slot, gmem.file)),
		.start = gfn, .end = gfn + 1,
		.pgoff = gfn - FIELD(direct, slot, base_gfn) + FIELD(direct, slot, gmem.pgoff),
	};

	uncounted_begins(OP_FAULT, number_of(direct, kvm), GMEM_FAULT_BEGIN, &r);
	return 0;
}

/* Position of kvm_gmem_get_pfn's argument that points to the order, from 0: user space finds it in BTF. */
const volatile __u32 order_argument = 4;

static __always_inline int fault_order(bool direct, void *ctx)
{
	int order = 0;

	bpf_probe_read_kernel(&order, sizeof(order), (void *)argument(direct, ctx, order_argument));
	return order;
}

ON_EXIT(stock_fault_exit, struct kvm *kvm, struct kvm_memory_slot *slot, u64 gfn)
{
	__u64 vm = number_of(direct, kvm);
	struct gmem_op *op = op_peek(OP_FAULT, vm);
	struct gmem_rec r = {
		.ino = op ? op->ino : 0,
		.start = gfn, .end = gfn + 1,
		.nr_pages = GMEM_UNKNOWN,
	};

	r.ret = ret;
	r.order = r.ret ? 0 : fault_order(direct, ctx);
	fault_ends(kvm, vm, &r);
	return 0;
}

/* kvm_gmem_fault_user_mapping of 7.3 */
static __always_inline struct gmem_rec user_fault_rec(struct vm_fault *vmf, struct file *file)
{
	__u64 pgoff = BPF_CORE_READ(vmf, pgoff);

	return (struct gmem_rec){ .ino = file_ino(file), .start = pgoff, .end = pgoff + 1 };
}

ON_ENTRY(stock_user_fault, struct vm_fault *vmf)
{
	struct file *file = BPF_CORE_READ(vmf, vma, vm_file);
	struct gmem_rec r = user_fault_rec(vmf, file);

	user_fault_begins(vm_of_probed(gmem_kvm(BPF_CORE_READ(file, private_data))), &r);
	return 0;
}

/* Reports 0 or -EFAULT: the tracepoint has the exact errno for a vm_fault_t. */
ON_EXIT(stock_user_fault_exit, struct vm_fault *vmf)
{
	struct file *file = BPF_CORE_READ(vmf, vma, vm_file);
	struct gmem_rec r = user_fault_rec(vmf, file);

	r.nr_pages = GMEM_UNKNOWN;
	r.ret = ret & VM_FAULT_ERROR ? -EFAULT : 0;
	user_fault_ends(vm_of_probed(gmem_kvm(BPF_CORE_READ(file, private_data))), &r);
	return 0;
}

#endif /* GMEM_STOCK_FAULTS_BPF_H */
