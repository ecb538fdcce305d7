/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Slots of the histograms in gmem_abi.h: one definition for BPF and user space. */
#ifndef GMEM_HIST_H
#define GMEM_HIST_H

#include "gmem_abi.h"

#ifdef __bpf__
#define LOG2_OF_2(n)	n, n
#define LOG2_OF_4(n)	LOG2_OF_2(n), LOG2_OF_2(n)
#define LOG2_OF_8(n)	LOG2_OF_4(n), LOG2_OF_4(n)
#define LOG2_OF_16(n)	LOG2_OF_8(n), LOG2_OF_8(n)
#define LOG2_OF_32(n)	LOG2_OF_16(n), LOG2_OF_16(n)
#define LOG2_OF_64(n)	LOG2_OF_32(n), LOG2_OF_32(n)

static const __u8 gmem_log2_of_byte[256] = {
	0, 0, LOG2_OF_2(1), LOG2_OF_4(2), LOG2_OF_8(3), LOG2_OF_16(4), LOG2_OF_32(5), LOG2_OF_64(6),
	LOG2_OF_64(7), LOG2_OF_64(7),
};

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
	return r + gmem_log2_of_byte[v & 0xff];
}
#else
static inline __u32 gmem_log2(__u64 v)
{
	return 63 - __builtin_clzll(v);
}
#endif

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
