/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: what a written page holds. Guest and host compute it alike. Must not know anything of
 * either: this is compiled into the freestanding guest, too, so no constants in memory.
 */
#ifndef GMEMLOAD_CONTENT_H
#define GMEMLOAD_CONTENT_H

#include <stdint.h>

#define GM_PAGE_SHIFT 12
#define GM_PAGE_SIZE (1ULL << GM_PAGE_SHIFT)

/* Words checked in each page, spread over it evenly. */
#define GM_PAGE_WORDS 8
#define GM_WORD_STRIDE (GM_PAGE_SIZE / GM_PAGE_WORDS)

/* splitmix64's finalizer */
static inline uint64_t gm_mix64(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/*
 * Word @word of page @gfn as the write number @seq left it. @seq 0 is a page never written since it
 * was made, which is all zeros. A gfn fits in 27 bits here, so the argument of the mixing is
 * different for every page and write, and @salt makes it different for every VM.
 */
static inline uint64_t gm_content(uint64_t salt, uint64_t gfn, uint32_t seq, unsigned int word)
{
	return seq ? gm_mix64(salt ^ (gfn << 32 | seq)) + word : 0;
}

#endif
