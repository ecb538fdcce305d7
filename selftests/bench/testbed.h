/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VM under measurement: one slot on one guest_memfd, no vCPU, no page populated. Independent of
 * the operations and of time measurement.
 */
#ifndef GMEM_BENCH_TESTBED_H
#define GMEM_BENCH_TESTBED_H

#include <stdbool.h>
#include <stdint.h>

#include "../gmemload/fail.h"

#define TESTBED_PAGE 4096ULL
#define TESTBED_BLOCK (2ULL << 20)
#define TESTBED_SLOT (1ULL << 30)

struct testbed {
	int kvm_fd;
	int vm_fd;
	int gmem_fd;
	void *shared;		/* shared side of all slots; never touched */
};

/* Creates the VM with all memory shared. On failure there is nothing to close. */
int testbed_open(struct testbed *t, struct failure *failure);
void testbed_close(struct testbed *t);

/*
 * Convert or punch a range; offset and size in bytes, from the start of the slot. Return 0 or
 * -errno.
 */
int testbed_set_private(const struct testbed *t, uint64_t offset, uint64_t size, bool private);
int testbed_punch(const struct testbed *t, uint64_t offset, uint64_t size);

/*
 * Creates a file, binds it to a second slot of one block, unbinds and releases it. Returns 0 or
 * -errno.
 */
int testbed_bind(const struct testbed *t);

#endif
