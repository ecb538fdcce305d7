/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* KVM objects behind a struct file. Pointers here are probed, never dereferenced. */
#ifndef GMEM_FIND_BPF_H
#define GMEM_FIND_BPF_H

#include "gmem_maple.bpf.h"
#include "gmem_state.bpf.h"

enum file_kind {
	FILE_OTHER,
	FILE_VM,	/* private_data is struct kvm */
	FILE_VCPU,	/* struct kvm_vcpu */
	FILE_GMEM,	/* struct gmem_file, or struct kvm_gmem */
};

static __always_inline bool starts_with(const char *s, const char *prefix, int n)
{
	for (int i = 0; i < n; i++) {
		if (s[i] != prefix[i])
			return false;
	}
	return true;
}

/*
 * Returns the kind of a file by the name that KVM gives it (virt/kvm/kvm_main.c, guest_memfd.c), on file
 * systems where only the kernel gives names. Needs no symbol, so it works with KVM=m, too.
 */
static __always_inline enum file_kind file_kind(struct file *file)
{
	unsigned long magic = BPF_CORE_READ(file, f_inode, i_sb, s_magic);
	char name[16] = {};

	if (magic != ANON_INODE_FS_MAGIC && magic != GUEST_MEMFD_MAGIC)
		return FILE_OTHER;
	bpf_probe_read_kernel_str(name, sizeof(name),
				  BPF_CORE_READ(file, f_path.dentry, d_name.name));
	if (starts_with(name, "[kvm-gmem]", 11))
		return FILE_GMEM;
	if (starts_with(name, "kvm-vm", 7))
		return FILE_VM;
	return starts_with(name, "kvm-vcpu:", 9) ? FILE_VCPU : FILE_OTHER;
}

static __always_inline struct kvm *gmem_kvm(void *priv)
{
	if (bpf_core_type_exists(struct gmem_file))
		return BPF_CORE_READ((struct gmem_file *)priv, kvm);
	return BPF_CORE_READ((struct kvm_gmem *)priv, kvm);
}

static __always_inline void *gmem_bindings(void *priv)
{
	if (bpf_core_type_exists(struct gmem_file))
		return BPF_CORE_READ((struct gmem_file *)priv, bindings.xa_head);
	return BPF_CORE_READ((struct kvm_gmem *)priv, bindings.xa_head);
}

/* Returns true if the kernel keeps attributes as ranges in a maple tree, not as pages in an xarray. */
static __always_inline bool attributes_are_ranges(void)
{
	return bpf_core_field_exists(((struct kvm___ranges *)0)->mem_attr_array.ma_root);
}

/*
 * Returns the root of the attributes' xarray of a VM; 0: empty, or the kernel has none. Not inlined, like the
 * next one: the compiler would move the relocation of the field, which fails on such a kernel, out of the condition.
 */
static __noinline __u64 attributes_head(__u64 kvm)
{
	if (!bpf_core_field_exists(((struct kvm *)0)->mem_attr_array.xa_head))
		return 0;
	return (__u64)BPF_CORE_READ((struct kvm *)kvm, mem_attr_array.xa_head);
}

/* Returns the maple tree of the attributes of a VM, or 0 if the kernel has none. */
static __noinline __u64 attributes_tree(__u64 kvm)
{
	if (!attributes_are_ranges())
		return 0;
	return (__u64)&((struct kvm___ranges *)kvm)->mem_attr_array;
}

/* Returns false if no attribute of the VM was ever set. */
static __always_inline bool has_attributes(__u64 kvm)
{
	if (attributes_are_ranges())
		return maple_root(attributes_tree(kvm));
	return attributes_head(kvm);
}

/* Returns the VM of a file, or NULL if it is not a file of KVM. */
static __always_inline struct kvm *file_kvm(struct file *file, enum file_kind kind)
{
	void *priv = BPF_CORE_READ(file, private_data);

	switch (kind) {
	case FILE_VM:
		return priv;
	case FILE_VCPU:
		return BPF_CORE_READ((struct kvm_vcpu *)priv, kvm);
	case FILE_GMEM:
		return gmem_kvm(priv);
	default:
		return NULL;
	}
}

/* Returns the file behind a descriptor of the current task, or NULL. */
static __always_inline struct file *file_by_fd(unsigned int fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *fdt = BPF_CORE_READ(task, files, fdt);
	struct file *file = NULL, **files;

	if (fd >= BPF_CORE_READ(fdt, max_fds))
		return NULL;
	files = BPF_CORE_READ(fdt, fd);
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file;
}

static __always_inline __u64 file_ino(struct file *file)
{
	return BPF_CORE_READ(file, f_inode, i_ino);
}

static __always_inline __u64 file_pages(struct file *file)
{
	return (__u64)BPF_CORE_READ(file, f_inode, i_size) >> GMEM_PAGE_SHIFT;
}

static __noinline long count_of_old(struct file *file)
{
	return BPF_CORE_READ(file, f_count.counter);
}

/* Returns f_ref of 6.13 and later: 0 is one reference, negative is none. */
static __noinline long count_of_new(struct file *file)
{
	return BPF_CORE_READ(file, f_ref.refcnt.counter);
}

/*
 * Returns true if the file has references: its release has not begun. The two functions above are not
 * inlined: clang would merge the branches, and the verifier would meet the field that does not exist.
 */
static __always_inline bool file_is_held(struct file *file)
{
	if (bpf_core_field_exists(file->f_ref))
		return count_of_new(file) >= 0;
	return count_of_old(file) > 0;
}

/* Returns true if a process has the file mapped. i_mmap has all mappings: they are MAP_SHARED. */
static __always_inline bool file_is_mapped(struct file *file)
{
	return BPF_CORE_READ(file, f_inode, i_mapping, i_mmap.rb_root.rb_node) != 0;
}

#endif /* GMEM_FIND_BPF_H */
