// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>

/* include/uapi/linux/fs.h since 6.7: newer than the headers of some distributions. */
struct scan_arg {
	uint64_t size;
	uint64_t flags;
	uint64_t start;
	uint64_t end;
	uint64_t walk_end;
	uint64_t vec;
	uint64_t vec_len;
	uint64_t max_pages;
	uint64_t category_inverted;
	uint64_t category_mask;
	uint64_t category_anyof_mask;
	uint64_t return_mask;
};

#define SCAN		_IOWR('f', 16, struct scan_arg)
#define IS_PRESENT	(1 << 3)
#define IS_SWAPPED	(1 << 4)
#define IS_ZERO_PAGE	(1 << 5)

int pagemap_open(uint32_t pid)
{
	char path[40];
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/pagemap", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

long pagemap_populated(int fd, uint64_t *start, uint64_t end, struct pagemap_region *regions, size_t n)
{
	struct scan_arg arg = {
		.size = sizeof(arg),
		.start = *start,
		.end = end,
		.vec = (uint64_t)(uintptr_t)regions,
		.vec_len = n,
		.category_inverted = IS_ZERO_PAGE,
		.category_mask = IS_ZERO_PAGE,
		.category_anyof_mask = IS_PRESENT | IS_SWAPPED,
		.return_mask = IS_PRESENT | IS_SWAPPED,
	};
	int found = ioctl(fd, SCAN, &arg);

	if (found < 0)
		return -errno;
	*start = arg.walk_end;
	return found;
}
