/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Populated pages of another process's memory. */
#ifndef GMEM_PAGEMAP_H
#define GMEM_PAGEMAP_H

#include <stddef.h>
#include <stdint.h>

/* Range of addresses whose pages are all in memory or swap. Layout: struct page_region, <linux/fs.h>. */
struct pagemap_region {
	uint64_t start;
	uint64_t end;
	uint64_t categories;
};

/* Returns a descriptor for the caller to close, or -errno. Takes CAP_SYS_PTRACE for other users. */
int pagemap_open(uint32_t pid);

/*
 * Finds at most @n populated regions in [*start, end), in order. The shared zero page does not count as
 * populated. Sets *start to the address to resume from; all is done when that is @end. Returns the
 * number of regions, or -errno.
 */
long pagemap_populated(int fd, uint64_t *start, uint64_t end, struct pagemap_region *regions, size_t n);

#endif /* GMEM_PAGEMAP_H */
