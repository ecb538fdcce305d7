/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Verification that attached programs run. A program may attach without an error and never run: an
 * fentry is patched into a dead entry of ftrace behind the function (Debian's 6.12.117 and 6.18.15),
 * kernel.ftrace_enabled is set to 0, or the link is closed. Results are in gmem_probes[].proof.
 */
#ifndef GMEM_VERIFY_H
#define GMEM_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attachment;
struct bpf_link;

struct verifier {
	int vm;				/* descriptor of a VM of this process; -1: none */
	uint64_t beats[2];		/* requests counted by the programs so far, at entry and at exit */
	uint64_t contradictions;	/* contradictions counted by the programs so far */
	uint64_t skipped;		/* runs of programs that the kernel skipped */
	uint64_t detached;		/* those of them on links that are detached by now */
	uint64_t skipped_then;		/* skipped at the last verification: a skipped program is not blind */
};

/*
 * Returns random flags for a request that KVM refuses and no other process makes: programs count it
 * instead of ignoring it. For the constant beat_flags, before the programs are loaded.
 */
uint64_t verify_flags(void);

/* Returns true if kernel.ftrace_enabled is 0: then no program on a function runs. */
bool verify_is_switched_off(void);

void verify_open(struct verifier *v);
void verify_close(struct verifier *v);

/* Returns the id of the program behind a link, 0 if the kernel does not report it. */
uint32_t verify_prog_id(const struct bpf_link *link);

/*
 * Verifies after attaching: makes a request to a VM of this process, and reads ftrace's list of patched
 * functions if permitted. Returns how many programs are blind.
 */
size_t verify_attached(struct attachment *a);

/*
 * Verifies again at a refresh, at low cost: the request, links, kernel.ftrace_enabled, and contradictions,
 * such as a check of attributes inside a conversion whose begin was missed. Does not read ftrace's list.
 * Returns true if a function turned blind. A blind function stays blind.
 */
bool verify_again(struct attachment *a);

/*
 * Returns how many runs of programs the kernel has skipped since attach: their events are missing. The
 * kernel skips an fentry whose program was preempted on this CPU in another task (prog->active in
 * kernel/bpf/trampoline.c), and a kretprobe that has no instance left (reported since Linux 6.7). It does not
 * count the ends of calls whose trampoline was replaced: programs count these (skipped_ends).
 */
uint64_t verify_skipped(struct attachment *a);

/* Returns how many of them the links of probe @i report. To be called before they are detached. */
uint64_t verify_missed(const struct attachment *a, size_t i);

#endif /* GMEM_VERIFY_H */
