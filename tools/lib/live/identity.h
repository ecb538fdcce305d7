/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Owns: the record that tells what a VM is called. Must not know what a VMM is. */
#ifndef GMEM_IDENTITY_H
#define GMEM_IDENTITY_H

#include "base/source.h"

/*
 * GMEM_NAME of a VM that has just been told of. None if its process is gone, or is not
 * the one that it was: a process in another pid namespace has another pid there, which
 * may be somebody else's here. 0 or what fn returned.
 */
int gmem_identity_tell(const struct gmem_vm_rec *vm, gmem_record_fn fn, void *ctx);

/* Is that still the process that started then (CLOCK_BOOTTIME)? */
bool gmem_is_process(uint32_t pid, uint64_t start_ns);

#endif /* GMEM_IDENTITY_H */
