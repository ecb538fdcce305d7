/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The VM under measurement: one slot on one guest_memfd, no page populated. It has no vCPU unless
 * mapping.h makes one. Independent of the operations and of time measurement.
 */
#ifndef GMEM_BENCH_TESTBED_H
#define GMEM_BENCH_TESTBED_H

#include <stdbool.h>
#include <stdint.h>

#include "../gmemload/fail.h"

#define TESTBED_PAGE 4096ULL
#define TESTBED_BLOCK (2ULL << 20)
#define TESTBED_SLOT (1ULL << 30)
#define TESTBED_GPA (4ULL << 30)

/* Where the slot is, and its shared side. */
struct testbed_shape {
	uint64_t gpa;
	uint64_t size;
	bool huge_pages;	/* of its guest_memfd, if the kernel has them */
};

struct testbed {
	int kvm_fd;
	int vm_fd;
	int gmem_fd;
	struct testbed_shape shape;
	void *shared;		/* shared side of all slots; aligned to a block */
};

/* Creates the VM with all memory shared. On failure there is nothing to close. */
int testbed_open(struct testbed *t, struct failure *failure);

/* The same with another slot, which testbed_add_slot() adds. */
int testbed_open_bare(struct testbed *t, const struct testbed_shape *shape,
		      struct failure *failure);
int testbed_add_slot(const struct testbed *t);		/* Returns 0 or -errno. */
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
