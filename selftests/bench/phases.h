/* SPDX-License-Identifier: GPL-2.0-only */
/* Phases of one conversion, from the kernel's tracepoints. */
#ifndef GMEM_BENCH_PHASES_H
#define GMEM_BENCH_PHASES_H

#include <stdint.h>

/* In the order of enum kvm_mem_attributes_phase. */
enum phase { PHASE_CHECK, PHASE_RESERVE, PHASE_ZAP, PHASE_STORE, PHASE_MIXED, PHASES };

extern const char *const phase_names[PHASES];

struct phases {
	uint64_t start[PHASES + 1];	/* of each phase that ran, then the end; else 0 */
};

/*
 * Start and stop tracing; one conversion is expected in between. Time is that of the TSC, which
 * counts instructions under --icount. Return 0 or -errno; -ENOENT: the kernel has no such events.
 */
int phases_start(void);
int phases_stop(struct phases *p);

/* Returns the time of a phase, or 0 if it did not run. */
uint64_t phases_time(const struct phases *p, enum phase phase);

/*
 * Returns the time for which faults in the range are held off, or 0. Slightly more: the window is
 * open after "zap" has begun, and closed before the end.
 */
uint64_t phases_window(const struct phases *p);

#endif
