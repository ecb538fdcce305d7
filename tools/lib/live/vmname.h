/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Identity of a VM from its VMM's process: name, cgroup, and start. Other programs write these texts:
 * any of them may contain any byte except NUL.
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

struct gmem_vm_process {
	char name[GMEM_VM_NAME_SIZE];	/* "": the command line has none; use comm */
	char cgroup[GMEM_CGROUP_SIZE];	/* path in the unified hierarchy, or else in the first one */
	uint64_t start_ns;		/* CLOCK_BOOTTIME */
};

/*
 * Extracts the VM's name from a VMM's command line in the format of /proc/PID/cmdline: arguments that end
 * with NUL, except perhaps the last. Truncates the name to @size. Returns false, and "", if there is none.
 */
bool gmem_vm_name(const char *cmdline, size_t len, char *name, size_t size);

/*
 * Reads the identity of a process in @proc, a directory with the layout of /proc; unreadable parts are "" or 0.
 * Returns 0, -ESRCH if the process does not exist or ended during the read (parts of two processes are never
 * mixed), or another -errno.
 */
int gmem_vm_process_read_at(const char *proc, pid_t pid, struct gmem_vm_process *p);

/*
 * Reads the process that started at @start_ns (CLOCK_BOOTTIME). Returns false if it is gone, or the PID belongs
 * to another process: records have PIDs of the initial pid namespace, which may differ from this one.
 */
bool gmem_vm_process_find(pid_t pid, uint64_t start_ns, struct gmem_vm_process *p);

#endif /* GMEM_VMNAME_H */
