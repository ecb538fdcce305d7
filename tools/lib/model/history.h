/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Latency histograms over time: one period from each refresh (GMEM_SYNC) to the next. Kept for
 * all VMs together, and for each of the VMs that convert most, in bounded memory.
 */
#ifndef GMEM_HISTORY_H
#define GMEM_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"

/* Latencies: conversions, stalls, and the phases of conversions. */
enum gmem_latency {
	GMEM_LATENCY_CONVERSION,
	GMEM_LATENCY_STALL,
	GMEM_LATENCY_PHASE,	/* + enum gmem_conversion_phase */
	GMEM_LATENCIES = GMEM_LATENCY_PHASE + GMEM_PHASES
};

/* Slot k counts [2^k, 2^(k+1)) ns; the last has no upper end. */
struct gmem_period {
	uint64_t begin_ns;	/* 0: unknown */
	uint64_t end_ns;
	uint32_t counts[GMEM_LATENCIES][GMEM_DIRECTIONS][GMEM_PHASE_SLOTS];
};

#define GMEM_HISTORY_PERIODS	512	/* kept for all VMs together */
#define GMEM_HISTORY_VM_PERIODS	128	/* kept for one VM */
#define GMEM_HISTORY_VMS	32	/* VMs with a history of their own; 330 KiB each */

struct gmem_history;
struct gmem_histories;

/* Returns NULL if out of memory. Histories are allocated with the first operation of a VM. */
struct gmem_histories *gmem_histories_new(void);
struct gmem_histories *gmem_histories_copy(const struct gmem_histories *hs);
void gmem_histories_free(struct gmem_histories *hs);

/* Adds what the counters of a VM grew from @before to @now to the open period. Returns 0 or -ENOMEM. */
int gmem_histories_add(struct gmem_histories *hs, uint64_t vm, const struct gmem_counters *before,
		       const struct gmem_counters *now);

/* Ends the open period and begins the next. */
void gmem_histories_sync(struct gmem_histories *hs, uint64_t ts_ns);

void gmem_histories_forget(struct gmem_histories *hs, uint64_t vm);

/* Returns the history of a VM, or of all together (@vm 0); NULL if there is none. */
const struct gmem_history *gmem_histories_of(const struct gmem_histories *hs, uint64_t vm);

/* Returns the period @i before the latest that has ended (0: that one), or NULL if it is not kept. */
const struct gmem_period *gmem_history_at(const struct gmem_history *h, size_t i);

#endif /* GMEM_HISTORY_H */
