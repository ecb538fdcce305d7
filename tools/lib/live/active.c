// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/active.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

int active_open(struct active *c, int fd)
{
	void *p = mmap(NULL, ACTIVE_VMS, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p == MAP_FAILED)
		return -errno;
	c->bytes = p;
	memset(c->now, 1, sizeof(c->now));
	return 0;
}

void active_close(struct active *c)
{
	if (c->bytes)
		munmap(c->bytes, ACTIVE_VMS);
	c->bytes = NULL;
}

void active_begin(struct active *c, bool all)
{
	c->all = all;
	memcpy(c->before, c->now, sizeof(c->before));
	for (unsigned int i = 0; i < ACTIVE_VMS; i++) {
		c->now[i] = 0;
		if (__atomic_load_n(&c->bytes[i], __ATOMIC_RELAXED))
			c->now[i] = __atomic_exchange_n(&c->bytes[i], 0, __ATOMIC_SEQ_CST);
	}
}

bool active_has(const struct active *c, uint64_t vm)
{
	uint64_t i = vm % ACTIVE_VMS;

	return c->all || c->now[i] || c->before[i];
}
