/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Capabilities of this process: held only while they are needed. docs/privileges.md has
 * what needs which. For programs with one thread: another one would keep all it has.
 */
#ifndef GMEM_PRIVILEGES_H
#define GMEM_PRIVILEGES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/capability.h>

#ifndef CAP_PERFMON
#define CAP_PERFMON 38
#endif
#ifndef CAP_BPF
#define CAP_BPF 39
#endif

#define GMEM_CAP(number)	(1ULL << (number))

/* What loading takes; once loaded, maps, iterators and links take nothing (Linux 5.19). */
#define GMEM_CAPS_LOAD		(GMEM_CAP(CAP_BPF) | GMEM_CAP(CAP_PERFMON))
/* Looking for types of modules, as libbpf does where KVM is one: all of them, by number. */
#define GMEM_CAPS_MODULE_TYPES	GMEM_CAP(CAP_SYS_ADMIN)
/* Page tables and links of processes of other users. */
#define GMEM_CAPS_PROCESSES	GMEM_CAP(CAP_SYS_PTRACE)
/* Making files in folders of other users, as of who called sudo. */
#define GMEM_CAPS_FILES		GMEM_CAP(CAP_DAC_OVERRIDE)

struct gmem_privileges {
	uint64_t effective;	/* bit n: capability n */
	uint64_t permitted;
};

/* 0 or -errno. */
int gmem_privileges_get(struct gmem_privileges *p);

/* True if held has it, or CAP_SYS_ADMIN, which BPF and PERFMON were split from. */
bool gmem_privileges_suffice(uint64_t held, uint64_t needed);

/*
 * From now on nothing is held. What is in keep, and was permitted, may be raised again;
 * the rest is gone for good, also for what this process executes, and for root: its uid
 * stays, but no longer means all capabilities. 0 or -errno: then do not go on.
 */
int gmem_privileges_drop(uint64_t keep);

/* Holds mask, too: -EPERM, and nothing raised, if not all of it is permitted. */
int gmem_privileges_raise(uint64_t mask);

/* Holds mask no more; it stays permitted. */
int gmem_privileges_lower(uint64_t mask);

#endif /* GMEM_PRIVILEGES_H */
