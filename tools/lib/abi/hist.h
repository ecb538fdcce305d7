/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Reading of the histograms that bpf/gmem_hist.h fills. Nanoseconds throughout. */
#ifndef GMEM_LIB_HIST_H
#define GMEM_LIB_HIST_H

#include <stdint.h>

#include "bpf/gmem_abi.h"

/* Least value of a slot; that of slot + 1 is where it ends. */
uint64_t gmem_hist_low(unsigned int slot);

/* log2 of its values, as slots of phases count them: the last takes all that is longer. */
unsigned int gmem_hist_magnitude(unsigned int slot);

uint64_t gmem_hist_total(const __u64 *slots);

/*
 * The value that a fraction q (0 to 1) of all values does not exceed: the upper
 * end of its slot, so at most 1/8 too high. 0 if there are no values.
 */
uint64_t gmem_hist_quantile(const __u64 *slots, double q);

#endif /* GMEM_LIB_HIST_H */
