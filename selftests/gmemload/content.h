/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Content of a written page, computed alike by guest and host. Compiled into the freestanding
 * guest, too, so no constants in memory.
 */
#ifndef GMEMLOAD_CONTENT_H
#define GMEMLOAD_CONTENT_H

#include <stdint.h>

#define GM_PAGE_SHIFT 12
#define GM_BLOCK_PAGES 512ULL		/* of a huge page */
#define GM_PAGE_SIZE (1ULL << GM_PAGE_SHIFT)

/* Words checked per page, evenly spaced. */
#define GM_PAGE_WORDS 8
#define GM_WORD_STRIDE (GM_PAGE_SIZE / GM_PAGE_WORDS)

/* Returns @x mixed by splitmix64's finalizer. */
static inline uint64_t gm_mix64(uint64_t x)
{
	x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

/*
 * Returns word @word of page @gfn after write number @seq. @seq 0 is a page that was never written
 * since it was allocated: all zeros. A gfn fits in 27 bits here, so the argument of the mixing
 * differs for every page and write, and @salt makes it differ for every VM.
 */
static inline uint64_t gm_content(uint64_t salt, uint64_t gfn, uint32_t seq, unsigned int word)
{
	return seq ? gm_mix64(salt ^ (gfn << 32 | seq)) + word : 0;
}

#endif
