/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Kernel types, trimmed to the fields that the programs read. CO-RE finds the offsets of the
 * running kernel. The programs include no other kernel header, and compare no kernel version.
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
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};
enum {
	BPF_ANY = 0,
	BPF_NOEXIST = 1,
};
enum {
	BPF_F_NO_PREALLOC = 1,
	BPF_F_MMAPABLE = 1024,
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
#define KVM_MEM_NO_USERSPACE_ADDR	(1UL << 15)	/* variant full; KVM refuses it elsewhere */
#define KVM_MEMORY_ATTRIBUTE_PRIVATE	(1ULL << 3)
#define KVM_SET_MEMORY_ATTRIBUTES	0x4020aed2	/* _IOW(0xae, 0xd2, 32 bytes) */
#define KVM_ENABLE_CAP			0x4068aea3	/* _IOW(0xae, 0xa3, 104 bytes) */
#define KVM_EXIT_HYPERCALL		3
#define KVM_EXIT_MEMORY_FAULT		39
/* include/uapi/linux/kvm_para.h, arch/x86/include/uapi/asm/kvm_para.h */
#define KVM_HC_MAP_GPA_RANGE		12
#define KVM_MAP_GPA_RANGE_ENCRYPTED	(1ULL << 4)

struct kvm_memory_attributes {
	__u64 address;
	__u64 size;
	__u64 attributes;
	__u64 flags;
};

struct kvm_create_guest_memfd {
	__u64 size;
	__u64 flags;
};

/* include/uapi/linux/magic.h: file systems of anonymous inodes and, where it has its own, of guest_memfd */
#define ANON_INODE_FS_MAGIC	0x09041934
#define GUEST_MEMFD_MAGIC	0x474d454d

/* include/uapi/asm-generic/errno*.h */
#define EFAULT		14
#define EHWPOISON	133
#define VM_FAULT_ERROR	0x873	/* include/linux/mm_types.h: OOM, SIGBUS, SIGSEGV, HWPOISON, FALLBACK */

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct mm_struct {
	struct task_struct *owner;	/* CONFIG_MEMCG */
};

struct super_block {
	unsigned long s_magic;
};

struct xarray {
	void *xa_head;
};

struct rb_node;

struct rb_root {
	struct rb_node *rb_node;
};

struct rb_root_cached {
	struct rb_root rb_root;
};

struct address_space {
	struct inode *host;
	struct xarray i_pages;
	struct rb_root_cached i_mmap;
	unsigned long nrpages;
};

struct inode {
	unsigned long i_ino;
	long long i_size;
	struct super_block *i_sb;
	struct address_space *i_mapping;
	void *i_private;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct qstr d_name;
};

struct path {
	struct dentry *dentry;
};

typedef struct {
	long counter;
} atomic_long_t;

typedef struct {
	__s64 counter;
} atomic64_t;

typedef struct {
	atomic_long_t refcnt;
} file_ref_t;

struct file {
	atomic_long_t f_count;	/* before 6.13 */
	file_ref_t f_ref;
	struct inode *f_inode;
	void *private_data;
	struct path f_path;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct task_struct {
	u32 pid;
	u32 tgid;
	u64 start_boottime;
	struct task_struct *group_leader;
	struct mm_struct *mm;
	struct files_struct *files;
	char comm[16];
};

struct folio {
	unsigned long _flags_1;	/* of a large one: its order in the lowest 8 bits */
	unsigned long index;
};

struct vm_area_struct {
	struct file *vm_file;
};

struct vm_fault {
	struct vm_area_struct *vma;
	unsigned long pgoff;
};

struct xa_node {
	unsigned char shift;
	void *slots[64];	/* or 16: bpf_core_field_size() returns the running kernel's size */
};

struct maple_tree {
	void *ma_root;
};

struct maple_node {
	void *parent;
	void *slot[31];
};

struct maple_metadata {
	unsigned char end;
};

struct maple_range_64 {
	unsigned long pivot[15];
	void *slot[16];
	struct maple_metadata meta;
};

struct maple_arange_64 {
	unsigned long pivot[9];
	void *slot[10];
	struct maple_metadata meta;
};

typedef struct {
	int counter;
} atomic_t;

struct kvm_arch {
	u8 vm_type;	/* x86 */
	bool has_private_mem;	/* x86, since 6.10 */
};

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct kvm_memslots {
	u64 generation;
	struct hlist_head id_hash[128];
	int node_idx;
};

/* x86 only */
struct kvm_vm_stat {
	atomic64_t pages[3];	/* by size */
};

struct kvm {
	struct kvm_vm_stat stat;
	u64 vm_id;	/* only with the patch of kernel/ that numbers VMs */
	struct mm_struct *mm;
	atomic_t online_vcpus;
	bool vm_dead;
	struct kvm_memslots *memslots[2];	/* or 1: by address space */
	struct xarray mem_attr_array;	/* CONFIG_KVM_GENERIC_MEMORY_ATTRIBUTES */
	bool private_by_default;	/* only with the patch of kernel/ for KVM_CAP_PRIVATE_BY_DEFAULT */
	struct kvm_arch arch;
};

/* The same with the patches of kernel/ that keep attributes in ranges. */
struct kvm___ranges {
	struct maple_tree mem_attr_array;
};

/* With these patches: attributes of a block of pages that differ, with a bit for each page. */
struct kvm_attr_block {
	unsigned long private[8];
};

struct kvm_run {
	u32 exit_reason;
	struct {
		u64 nr;
		u64 args[6];
		u64 ret;
	} hypercall;
	struct {
		u64 flags;
		u64 gpa;
		u64 size;
	} memory_fault;
};

struct kvm_vcpu {
	struct kvm *kvm;
	int vcpu_id;
	struct kvm_run *run;
};

struct kvm_memory_slot {
	struct hlist_node id_node[2];
	u64 base_gfn;
	unsigned long npages;
	unsigned long userspace_addr;
	u32 flags;
	short id;
	u16 as_id;
	struct {
		struct file *file;
		unsigned long pgoff;
	} gmem;
};

/* private_data of a guest_memfd file; struct gmem_file since 7.0 or so. */
struct kvm_gmem {
	struct kvm *kvm;
	struct xarray bindings;
};

struct gmem_file {
	struct kvm *kvm;
	struct xarray bindings;
};

struct gmem_inode {
	struct inode vfs_inode;
	u64 flags;
};

struct bpf_iter_meta {
	u64 seq_num;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	u32 fd;
	struct file *file;
};

#pragma clang attribute pop

#endif /* GMEM_KERNEL_H */
