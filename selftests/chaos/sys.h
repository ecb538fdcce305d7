/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls that return -errno and touch no memory of libc: twins run in their parent's memory,
 * where setting errno would change the parent's.
 */
#ifndef CHAOS_SYS_H
#define CHAOS_SYS_H

#include <sys/syscall.h>

#ifndef __x86_64__
#error "chaos needs the system calls and VM types of x86-64."
#endif

static inline long sys6(long nr, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret;

	__asm__ volatile("syscall" : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

#define sys(nr, a, b, c, d) sys6(nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

static inline long sys_ioctl(int fd, unsigned long request, const void *arg)
{
	return sys(SYS_ioctl, fd, request, arg, 0);
}

static inline long sys_close(int fd)
{
	return sys(SYS_close, fd, 0, 0, 0);
}

/* Returns the address, or -errno. */
static inline long sys_mmap(unsigned long bytes, int prot, int flags, int fd)
{
	return sys6(SYS_mmap, 0, (long)bytes, prot, flags, fd, 0);
}

#endif
