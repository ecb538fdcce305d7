/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Slots of the histograms in gmem_abi.h: one definition for BPF and user space. */
#ifndef GMEM_HIST_H
#define GMEM_HIST_H

#include "gmem_abi.h"

/* Returns the position of the highest set bit of @v, which is not 0. BPF has no instruction for it. */
static inline __u32 gmem_log2(__u64 v)
{
	__u32 r = 0;

	if (v >> 32) {
		v >>= 32;
		r += 32;
	}
	if (v >> 16) {
		v >>= 16;
		r += 16;
	}
	if (v >> 8) {
		v >>= 8;
		r += 8;
	}
	if (v >> 4) {
		v >>= 4;
		r += 4;
	}
	if (v >> 2) {
		v >>= 2;
		r += 2;
	}
	return r + (v >> 1);
}

static inline __u32 gmem_hist_slot(__u64 ns)
{
	__u32 bits, slot;

	if (ns < GMEM_HIST_SUB)
		return ns;
	bits = gmem_log2(ns);
	slot = (bits - GMEM_HIST_SUB_BITS + 1) * GMEM_HIST_SUB +
	       ((ns >> (bits - GMEM_HIST_SUB_BITS)) & (GMEM_HIST_SUB - 1));
	return slot < GMEM_HIST_SLOTS ? slot : GMEM_HIST_SLOTS - 1;
}

#endif /* GMEM_HIST_H */
