// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/changed.h"

#include <string.h>

void changed_open(struct changed *c, uint8_t *bytes)
{
	c->bytes = bytes;
	memset(c->now, 1, sizeof(c->now));
}

/* Most of the bytes are 0: looks at eight at once. */
static void take_eight(struct changed *c, unsigned int first)
{
	if (!__atomic_load_n((uint64_t *)&c->bytes[first], __ATOMIC_RELAXED))
		return;
	for (unsigned int i = first; i < first + 8; i++)
		c->now[i] = __atomic_exchange_n(&c->bytes[i], 0, __ATOMIC_SEQ_CST);
}

void changed_begin(struct changed *c, bool all)
{
	c->all = all;
	memcpy(c->before, c->now, sizeof(c->before));
	memset(c->now, 0, sizeof(c->now));
	for (unsigned int i = 0; i < ACTIVE_VMS; i += 8)
		take_eight(c, i);
}

bool changed_has(const struct changed *c, uint64_t vm)
{
	uint64_t i = vm % ACTIVE_VMS;

	return c->all || c->now[i] || c->before[i];
}
