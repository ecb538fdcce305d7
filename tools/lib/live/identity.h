/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* GMEM_NAME record of a VM: its name and cgroup, by the process of its VMM. */
#ifndef GMEM_IDENTITY_H
#define GMEM_IDENTITY_H

#include "base/source.h"

/*
 * Emits GMEM_NAME of the VM. Emits nothing if the VMM's process is gone, or the PID belongs to another
 * process: records have PIDs of the initial pid namespace, which may differ from this one.
 * Returns 0, or what fn returned.
 */
int gmem_identity_emit(const struct gmem_vm_rec *vm, gmem_record_fn fn, void *ctx);

/* Returns true if @pid is the process that started at @start_ns (CLOCK_BOOTTIME). */
bool gmem_is_process(uint32_t pid, uint64_t start_ns);

#endif /* GMEM_IDENTITY_H */
