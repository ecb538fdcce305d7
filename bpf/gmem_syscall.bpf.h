/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * System call of the current task, read from the registers with which user space entered the kernel.
 * Only calls of 64-bit programs are recognised. A task that entered by an exception is in none:
 * the kernel stores -1 as the number.
 */
#ifndef GMEM_SYSCALL_BPF_H
#define GMEM_SYSCALL_BPF_H

#include "gmem_kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/* include/uapi/linux/kvm.h; other constants of it are in gmem_kernel.h */
#define KVM_RUN		0xae80	/* _IO(0xae, 0x80) */

#if defined(__TARGET_ARCH_x86)

#define SYSCALL_IOCTL	16	/* arch/x86/entry/syscalls/syscall_64.tbl */

struct pt_regs {
	unsigned long r9;
	unsigned long r8;
	unsigned long ax;
	unsigned long cx;
	unsigned long dx;
	unsigned long si;
	unsigned long di;
	unsigned long orig_ax;
} __attribute__((preserve_access_index));

static __always_inline int syscall_number(const struct pt_regs *regs)
{
	return regs->orig_ax;
}

static __always_inline __u64 syscall_second_argument(const struct pt_regs *regs)
{
	return regs->si;
}

static __always_inline __u64 syscall_third_argument(const struct pt_regs *regs)
{
	return regs->dx;
}

#elif defined(__TARGET_ARCH_arm64)

#define SYSCALL_IOCTL	29	/* include/uapi/asm-generic/unistd.h */

struct pt_regs {
	__u64 regs[31];
	__s32 syscallno;
} __attribute__((preserve_access_index));

static __always_inline int syscall_number(const struct pt_regs *regs)
{
	return regs->syscallno;
}

static __always_inline __u64 syscall_second_argument(const struct pt_regs *regs)
{
	return regs->regs[1];
}

static __always_inline __u64 syscall_third_argument(const struct pt_regs *regs)
{
	return regs->regs[2];
}

#else
#error "unknown architecture: add its registers"
#endif

/* Returns the current task's registers if it is in ioctl(fd, @cmd, ..). NULL also for kernel threads. */
static __always_inline const struct pt_regs *current_ioctl(__u32 cmd)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const struct pt_regs *regs = (const void *)bpf_task_pt_regs(task);

	if (!regs || syscall_number(regs) != SYSCALL_IOCTL ||
	    (__u32)syscall_second_argument(regs) != cmd)
		return 0;
	return regs;
}

static __always_inline bool current_is_in_ioctl(__u32 cmd)
{
	return current_ioctl(cmd) != 0;
}

#endif /* GMEM_SYSCALL_BPF_H */
