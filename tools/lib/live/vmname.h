/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Who a VM is, by its VMM's process: what people call it, its cgroup, since when it
 * runs. All of this is written by others: any byte but NUL may be in any text.
 */
#ifndef GMEM_VMNAME_H
#define GMEM_VMNAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "bpf/gmem_abi.h"

#define GMEM_VM_NAME_SIZE	GMEM_NAME_LEN
#define GMEM_CGROUP_SIZE	GMEM_CGROUP_LEN
#define GMEM_EXE_SIZE		64

struct gmem_vm_process {
	char name[GMEM_VM_NAME_SIZE];	/* "": its command line has none, use comm */
	char cgroup[GMEM_CGROUP_SIZE];	/* path in the unified hierarchy, else in the first one */
	char exe[GMEM_EXE_SIZE];	/* last part of the path */
	uint64_t start_ns;		/* CLOCK_BOOTTIME */
};

/*
 * The VM's name from a VMM's command line, as /proc/PID/cmdline has it: arguments that
 * end with NUL, the last one possibly without. False, and "", if there is none. What
 * does not fit is cut.
 */
bool gmem_vm_name(const char *cmdline, size_t len, char *name, size_t size);

/*
 * All that can be known of a process; what cannot is "" or 0. -ESRCH if there is no
 * such process, or no more when it was read: never parts of two processes.
 */
int gmem_vm_process_read(pid_t pid, struct gmem_vm_process *p);

/* The same, of a folder that is like /proc. */
int gmem_vm_process_read_at(const char *proc, pid_t pid, struct gmem_vm_process *p);

#endif /* GMEM_VMNAME_H */
