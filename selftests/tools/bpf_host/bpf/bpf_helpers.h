/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers of libbpf's header of the same name, for BPF code that a unit test compiles as a program of the host. */
#ifndef HOST_BPF_HELPERS_H
#define HOST_BPF_HELPERS_H

#include <string.h>

#undef __always_inline
#define __always_inline	inline __attribute__((always_inline))
#define __noinline	__attribute__((noinline))

/* Called before each read: the test changes memory as the kernel would. */
extern void (*host_before_read)(const void *from);

static inline long bpf_probe_read_kernel(void *to, unsigned int size, const void *from)
{
	if (host_before_read)
		host_before_read(from);
	memcpy(to, from, size);
	return 0;
}

/* A macro, as the callbacks of programs have contexts of their own types. */
#define bpf_loop(nr, callback, ctx, flags)				\
	({								\
		unsigned int host_n = 0;				\
		while (host_n < (nr) && !(callback)(host_n++, ctx))	\
			;						\
		(long)host_n;						\
	})

#endif /* HOST_BPF_HELPERS_H */
