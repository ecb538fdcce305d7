/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Sums and differences of the per-VM counters of the kernel. */
#ifndef GMEM_COUNTERS_H
#define GMEM_COUNTERS_H

#include "bpf/gmem_abi.h"

/* Adds @c to @to. max_ns becomes the larger of both; ended_ns and order of @to stay. */
void gmem_counters_add(struct gmem_counters *to, const struct gmem_counters *c);

/* Subtracts @then from @now. max_ns stays: it is the longest since the VM was first seen. */
void gmem_counters_sub(struct gmem_counters *now, const struct gmem_counters *then);

/*
 * Subtracts @then from @now, and sets max_ns to the longest time since @then: exact if it is
 * longer than all before, else the upper end of the highest histogram slot that grew, or 0 if
 * the operation has no histogram.
 */
void gmem_counters_since(struct gmem_counters *now, const struct gmem_counters *then);

#endif /* GMEM_COUNTERS_H */
