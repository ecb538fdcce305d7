/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel types that our programs look into, trimmed to the fields used;
 * CO-RE finds the offsets of the running kernel. No file of the kernel is
 * included beside this one, and no kernel version is ever compared.
 */
#ifndef GMEM_KERNEL_H
#define GMEM_KERNEL_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef signed int __s32;
typedef unsigned int __u32;
typedef signed long long __s64;
typedef unsigned long long __u64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef _Bool bool;
enum { false, true };

/* include/uapi/linux/bpf.h */
enum {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_RINGBUF = 27,
};
enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
};
enum {
	BPF_F_NO_PREALLOC = 1,
};
enum {
	BPF_RB_NO_WAKEUP = 1,
	BPF_RB_FORCE_WAKEUP = 2,
};
enum {
	BPF_RB_AVAIL_DATA = 0,
};

/* include/uapi/linux/falloc.h, include/uapi/linux/kvm.h */
#define FALLOC_FL_PUNCH_HOLE		0x02
#define KVM_MEMORY_ATTRIBUTE_PRIVATE	(1ULL << 3)

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct task_struct {
	u32 pid;
	u32 tgid;
	u64 start_boottime;
	struct task_struct *group_leader;
	char comm[16];
};

struct address_space {
	unsigned long nrpages;
};

struct inode {
	unsigned long i_ino;
	long long i_size;
	struct address_space *i_mapping;
};

struct kvm {
	u64 vm_id;	/* kernel/: "KVM: Number VMs, and tell the number in fdinfo" */
};

struct kvm_vcpu {
	struct kvm *kvm;
	int vcpu_id;
};

struct kvm_memory_slot {
	u64 base_gfn;
	unsigned long npages;
	short id;
	u16 as_id;
	struct {
		unsigned long pgoff;
	} gmem;
};

#pragma clang attribute pop

#endif /* GMEM_KERNEL_H */
