/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Readers of the histograms that bpf/gmem_hist.h fills. All values are in nanoseconds. */
#ifndef GMEM_LIB_HIST_H
#define GMEM_LIB_HIST_H

#include <stdint.h>

#include "bpf/gmem_abi.h"

/* Returns the lowest value of a slot; the slot ends below the lowest value of the next. */
uint64_t gmem_hist_low(unsigned int slot);

/* Returns the slot of a phase histogram (log2) that contains a slot; the last has no upper end. */
unsigned int gmem_hist_magnitude(unsigned int slot);

uint64_t gmem_hist_total(const __u64 *slots);

/*
 * Returns the quantile @q (0 to 1): the upper end of its slot, so at most 1/8 too high;
 * 0 if the histogram is empty.
 */
uint64_t gmem_hist_quantile(const __u64 *slots, double q);

#endif /* GMEM_LIB_HIST_H */
