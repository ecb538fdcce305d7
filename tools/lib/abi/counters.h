/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sums and differences of the counters that the kernel keeps of a VM. */
#ifndef GMEM_COUNTERS_H
#define GMEM_COUNTERS_H

#include "bpf/gmem_abi.h"

/* Of max_ns the larger is kept; ended_ns and order, which cannot be added, are those of *to. */
void gmem_counters_add(struct gmem_counters *to, const struct gmem_counters *c);

/* What came since *then. max_ns stays: it is that since the VM was first seen. */
void gmem_counters_sub(struct gmem_counters *now, const struct gmem_counters *then);

/*
 * The same, and the longest time since then: exact where it is longer than all before; else
 * the upper end of the highest slot of the histogram that grew, where there is one, and 0
 * where there is none.
 */
void gmem_counters_since(struct gmem_counters *now, const struct gmem_counters *then);

#endif /* GMEM_COUNTERS_H */
