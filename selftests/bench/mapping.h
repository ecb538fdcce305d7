/* SPDX-License-Identifier: GPL-2.0-only */
/* Guest memory mapped into the page tables of a vCPU, which never runs. */
#ifndef GMEM_BENCH_MAPPING_H
#define GMEM_BENCH_MAPPING_H

#include <stdint.h>

#include "testbed.h"

/* Creates a vCPU. Returns its descriptor, which the caller closes, or -errno. */
int mapping_create_vcpu(const struct testbed *t);

/*
 * Maps a range, as its attributes are, as if the guest had read each page of it. Returns 0 or
 * -errno.
 */
int mapping_fault(const struct testbed *t, int vcpu, uint64_t offset, uint64_t size);

/* Mappings of the VM by size. */
struct mappings {
	uint64_t pages_4k;
	uint64_t pages_2m;
};

/* Returns 0 or -errno; debugfs must be mounted on /sys/kernel/debug. */
int mapping_count(const struct testbed *t, struct mappings *m);

#endif
