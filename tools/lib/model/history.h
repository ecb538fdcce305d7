/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Latencies over time: how many there were of each magnitude from one refresh
 * (GMEM_SYNC) to the next. Of all VMs together always, and each for itself of those that
 * convert most, in bounded memory.
 */
#ifndef GMEM_HISTORY_H
#define GMEM_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"

/* What takes time: conversions, what the guest feels of them, and their phases. */
enum gmem_latency {
	GMEM_LATENCY_CONVERSION,
	GMEM_LATENCY_STALL,
	GMEM_LATENCY_PHASE,	/* + enum gmem_conversion_phase */
	GMEM_LATENCIES = GMEM_LATENCY_PHASE + GMEM_PHASES
};

/* slot k counts [2^k, 2^(k+1)) ns, the last all that is longer. */
struct gmem_period {
	uint64_t begin_ns;	/* 0: not known */
	uint64_t end_ns;
	uint32_t counts[GMEM_LATENCIES][GMEM_DIRECTIONS][GMEM_PHASE_SLOTS];
};

#define GMEM_HISTORY_PERIODS	512	/* kept of all VMs together */
#define GMEM_HISTORY_VM_PERIODS	128	/* of one */
#define GMEM_HISTORY_VMS	32	/* that are kept; 330 KiB each */

struct gmem_history;
struct gmem_histories;

/* NULL if there is no memory. What is kept is allocated when there is something to keep. */
struct gmem_histories *gmem_histories_new(void);
struct gmem_histories *gmem_histories_copy(const struct gmem_histories *hs);
void gmem_histories_free(struct gmem_histories *hs);

/* The counters of a VM went on from before to now. 0 or -ENOMEM. */
int gmem_histories_add(struct gmem_histories *hs, uint64_t vm, const struct gmem_counters *before,
		       const struct gmem_counters *now);

/* A period ends, and the next one begins. */
void gmem_histories_sync(struct gmem_histories *hs, uint64_t ts_ns);

void gmem_histories_forget(struct gmem_histories *hs, uint64_t vm);

/* vm 0: of all. NULL: nothing is kept of it. */
const struct gmem_history *gmem_histories_of(const struct gmem_histories *hs, uint64_t vm);

/* Period number i from the latest that is over, which is 0; NULL: no more are kept. */
const struct gmem_period *gmem_history_at(const struct gmem_history *h, size_t i);

#endif /* GMEM_HISTORY_H */
