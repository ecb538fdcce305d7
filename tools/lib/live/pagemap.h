/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Owns: which pages of another process's memory are populated. Knows no VM. */
#ifndef GMEM_PAGEMAP_H
#define GMEM_PAGEMAP_H

#include <stddef.h>
#include <stdint.h>

/* A range of addresses in which every page is there, in memory or in swap. */
struct pagemap_region {
	uint64_t start;
	uint64_t end;
	uint64_t categories;	/* as <linux/fs.h> has struct page_region */
};

/* Descriptor or -errno: takes CAP_SYS_PTRACE for processes of others. The caller closes it. */
int pagemap_open(uint32_t pid);

/*
 * Regions in [*start, end), at most n of them, in order. *start is where to go on; done
 * when it is end. Pages that only read as zeros are none. Returns how many, or -errno.
 */
long pagemap_populated(int fd, uint64_t *start, uint64_t end, struct pagemap_region *regions, size_t n);

#endif /* GMEM_PAGEMAP_H */
