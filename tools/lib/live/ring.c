// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/ring.h"

#include <errno.h>
#include <poll.h>
#include <sys/mman.h>
#include <unistd.h>

static size_t page_size(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

/* Maps the page with the reader's position, which only it writes, and what the programs write. */
int ring_open(struct ring *r, int fd, size_t size)
{
	size_t page = page_size();
	void *p = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	*r = (struct ring){ .fd = fd, .size = size };
	if (p == MAP_FAILED)
		return -errno;
	r->consumed = p;
	p = mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, fd, (off_t)page);
	if (p == MAP_FAILED) {
		int err = -errno;

		ring_close(r);
		return err;
	}
	r->produced = p;
	r->data = (const uint8_t *)p + page;
	return 0;
}

void ring_close(struct ring *r)
{
	if (r->produced)
		munmap((void *)(uintptr_t)r->produced, page_size() + 2 * r->size);
	if (r->consumed)
		munmap(r->consumed, page_size());
	*r = (struct ring){ .fd = -1 };
}

int ring_wait(const struct ring *r, int timeout_ms)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };

	return poll(&p, 1, timeout_ms) < 0 ? -errno : 0;
}
