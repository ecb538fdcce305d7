/* SPDX-License-Identifier: GPL-2.0-only */
/* Kernel memory charged to this process's memory cgroup. */
#ifndef GMEM_BENCH_KERNEL_MEMORY_H
#define GMEM_BENCH_KERNEL_MEMORY_H

#include <stdint.h>

/*
 * Returns the bytes of slab objects that are charged to the cgroup, after RCU callbacks have run,
 * or -errno. The cgroup must have the memory controller, and be mounted on /sys/fs/cgroup.
 */
int64_t kernel_memory_charged(void);

#endif
