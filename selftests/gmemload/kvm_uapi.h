/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * KVM user ABI that guest_memfd VMs need and that a distribution's <linux/kvm.h> may be too old to
 * have. Each group names the kernel that introduced it and can go when every build machine has
 * headers of that version.
 */
#ifndef GMEMLOAD_KVM_UAPI_H
#define GMEMLOAD_KVM_UAPI_H

#include <stddef.h>
#include <linux/kvm.h>
#include <linux/kvm_para.h>

/* 5.13 (capability 201); the hypercall's attribute bits are in <asm/kvm_para.h> since then */
#ifndef KVM_CAP_EXIT_HYPERCALL
#define KVM_CAP_EXIT_HYPERCALL 201
#endif
#ifndef KVM_HC_MAP_GPA_RANGE
#define KVM_HC_MAP_GPA_RANGE 12
#endif
#ifndef KVM_MAP_GPA_RANGE_ENCRYPTED
#define KVM_MAP_GPA_RANGE_ENCRYPTED (1 << 4)
#endif

/* 6.8 */
#ifndef KVM_X86_SW_PROTECTED_VM
#define KVM_X86_SW_PROTECTED_VM 1
#endif
#ifndef KVM_CAP_USER_MEMORY2
#define KVM_CAP_USER_MEMORY2 231
#endif
#ifndef KVM_CAP_MEMORY_FAULT_INFO
#define KVM_CAP_MEMORY_FAULT_INFO 232
#endif
#ifndef KVM_CAP_MEMORY_ATTRIBUTES
#define KVM_CAP_MEMORY_ATTRIBUTES 233
#endif
#ifndef KVM_CAP_GUEST_MEMFD
#define KVM_CAP_GUEST_MEMFD 234
#endif
#ifndef KVM_CAP_VM_TYPES
#define KVM_CAP_VM_TYPES 235
#endif
#ifndef KVM_EXIT_MEMORY_FAULT
#define KVM_EXIT_MEMORY_FAULT 39
#endif
#ifndef KVM_MEMORY_EXIT_FLAG_PRIVATE
#define KVM_MEMORY_EXIT_FLAG_PRIVATE (1ULL << 3)
#endif
#ifndef KVM_MEM_GUEST_MEMFD
#define KVM_MEM_GUEST_MEMFD (1UL << 2)
#endif

/* 6.8 */
#ifndef KVM_SET_USER_MEMORY_REGION2
struct kvm_userspace_memory_region2 {
	__u32 slot;
	__u32 flags;
	__u64 guest_phys_addr;
	__u64 memory_size;
	__u64 userspace_addr;
	__u64 guest_memfd_offset;
	__u32 guest_memfd;
	__u32 pad1;
	__u64 pad2[14];
};
#define KVM_SET_USER_MEMORY_REGION2 \
	_IOW(KVMIO, 0x49, struct kvm_userspace_memory_region2)
#endif

/* 6.8 */
#ifndef KVM_SET_MEMORY_ATTRIBUTES
struct kvm_memory_attributes {
	__u64 address;
	__u64 size;
	__u64 attributes;
	__u64 flags;
};
#define KVM_SET_MEMORY_ATTRIBUTES _IOW(KVMIO, 0xd2, struct kvm_memory_attributes)
#define KVM_MEMORY_ATTRIBUTE_PRIVATE (1ULL << 3)
#endif

/* 6.8 */
#ifndef KVM_CREATE_GUEST_MEMFD
struct kvm_create_guest_memfd {
	__u64 size;
	__u64 flags;
	__u64 reserved[6];
};
#define KVM_CREATE_GUEST_MEMFD _IOWR(KVMIO, 0xd4, struct kvm_create_guest_memfd)
#endif

/*
 * 6.8: kvm_run.memory_fault, declared here because the preprocessor cannot test for a member of
 * kvm_run.
 */
struct gm_memory_fault {
	__u64 flags;
	__u64 gpa;
	__u64 size;
};

static inline const struct gm_memory_fault *gm_memory_fault(const struct kvm_run *run)
{
	return (const struct gm_memory_fault *)(const void *)&run->hw;
}

/* 6.11 */
#ifndef KVM_PRE_FAULT_MEMORY
struct kvm_pre_fault_memory {
	__u64 gpa;
	__u64 size;
	__u64 flags;
	__u64 padding[5];
};
#define KVM_PRE_FAULT_MEMORY _IOWR(KVMIO, 0xd5, struct kvm_pre_fault_memory)
#endif

/* Variant full of kernel/, not in mainline */
#ifndef KVM_MEM_NO_USERSPACE_ADDR
#define KVM_MEM_NO_USERSPACE_ADDR (1UL << 15)
#endif
#ifndef KVM_CAP_PRIVATE_BY_DEFAULT
#define KVM_CAP_PRIVATE_BY_DEFAULT 0x676d0002
#endif
#ifndef KVM_CAP_GUEST_MEMFD_HUGE_PAGES
#define KVM_CAP_GUEST_MEMFD_HUGE_PAGES 0x676d0003
#define GUEST_MEMFD_FLAG_HUGE_PAGES (1ULL << 30)
#endif

#endif
