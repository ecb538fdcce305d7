/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Owns: proof that attached programs run. A program may attach without an error and never run: an
 * fentry is patched into a dead entry of ftrace behind the function (Debian's 6.12.117 and 6.18.15),
 * somebody sets kernel.ftrace_enabled to 0, or closes the link. Results are in gmem_probes[].proof.
 */
#ifndef GMEM_VERIFY_H
#define GMEM_VERIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct attachment;
struct bpf_link;

struct verifier {
	int vm;				/* a VM of this process; -1: none */
	uint64_t beats[2];		/* seen so far, at entry and at exit */
	uint64_t contradictions;	/* seen so far */
	uint64_t skipped;		/* runs of programs that the kernel skipped */
	uint64_t detached;		/* of these, on links that are gone */
	uint64_t skipped_then;		/* at the last verification: what was skipped is not blind */
};

/*
 * Draws the flags of a request that KVM refuses and no other process makes: programs count it
 * instead of dropping it. For the constant beat_flags, before the programs are loaded.
 */
uint64_t verify_flags(void);

/* Returns true if kernel.ftrace_enabled is 0: no program on a function runs, in whatever way it is attached. */
bool verify_is_switched_off(void);

void verify_open(struct verifier *v);
void verify_close(struct verifier *v);

/* Returns the id of the program behind a link, 0 if the kernel does not report it. */
uint32_t verify_prog_id(const struct bpf_link *link);

/*
 * After attaching: a request to a VM of this process, and ftrace's list of patched functions as
 * far as it can be read. Returns how many programs are blind.
 */
size_t verify_attached(struct attachment *a);

/*
 * At a refresh, cheap: once more, but for ftrace's list; links; the switch; contradictions, such as
 * a check of attributes inside a conversion that was not seen to begin. Returns true if a function
 * turned blind. One that is blind stays so.
 */
bool verify_again(struct attachment *a);

/*
 * Returns how many runs of programs the kernel has skipped since they were attached: their events
 * are missing. It skips an fentry whose program was preempted on this CPU in another task (prog->active
 * in kernel/bpf/trampoline.c), and a kretprobe that has no instance left (from Linux 6.7 on it reports
 * that); it does not count the ends of calls whose trampoline was replaced, which programs find.
 */
uint64_t verify_skipped(struct attachment *a);

/* The part of them that the links of probe @i report: before they are detached. */
uint64_t verify_missed(const struct attachment *a, size_t i);

#endif /* GMEM_VERIFY_H */
