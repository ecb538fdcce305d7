/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Capabilities of this process, held only while they are needed. docs/privileges.md lists what needs
 * which. Functions apply to the calling thread, and to threads that it starts later.
 */
#ifndef GMEM_PRIVILEGES_H
#define GMEM_PRIVILEGES_H

#include <linux/capability.h>
#include <stdint.h>

#define GMEM_CAP(number)	(1ULL << (number))

/* Needed to load programs; once loaded, maps, iterators and links need none (Linux 5.19). */
#define GMEM_CAPS_LOAD		(GMEM_CAP(CAP_BPF) | GMEM_CAP(CAP_PERFMON))
/* Needed to read the BTF of modules, which libbpf enumerates by id if KVM is a module. */
#define GMEM_CAPS_MODULE_TYPES	GMEM_CAP(CAP_SYS_ADMIN)
/* Needed for page tables and links in /proc of processes of other users. */
#define GMEM_CAPS_PROCESSES	GMEM_CAP(CAP_SYS_PTRACE)
/* Needed to create files in directories of other users, such as the caller of sudo. */
#define GMEM_CAPS_FILES		GMEM_CAP(CAP_DAC_OVERRIDE)

struct gmem_privileges {
	uint64_t effective;	/* bit n: capability n */
	uint64_t permitted;
};

/* Reads the capabilities of this process. Returns 0 or -errno. */
int gmem_privileges_get(struct gmem_privileges *p);

/*
 * Clears the effective set. Capabilities in @keep that were permitted can be raised again. All others are
 * gone for good, also for programs that this process executes, and for root, whose uid no longer implies
 * capabilities. Returns 0 or -errno: then the caller must stop.
 */
int gmem_privileges_drop(uint64_t keep);

/* Adds @mask to the effective set. Returns -EPERM, and adds nothing, if not all of it is permitted. */
int gmem_privileges_raise(uint64_t mask);

/* Removes @mask from the effective set; it stays permitted. */
int gmem_privileges_lower(uint64_t mask);

#endif /* GMEM_PRIVILEGES_H */
