/* SPDX-License-Identifier: GPL-2.0-only */
/* A vCPU: its thread, its exits, and the rate of its conversions. */
#ifndef GMEMLOAD_VCPU_H
#define GMEMLOAD_VCPU_H

#include <pthread.h>
#include <stdatomic.h>

#include "feed.h"

struct kvm_run;

/* Limits shared by the vCPUs of a VM. */
struct run_limits {
	uint64_t start_ns;
	uint64_t deadline_ns;		/* UINT64_MAX: no deadline */
	atomic_bool failed;		/* a vCPU failed: all of them end */
};

struct vcpu {
	struct vm *vm;
	unsigned int index;
	int fd;
	struct kvm_run *run;
	size_t run_size;
	struct run_limits *limits;
	struct feed feed;
	bool converting;		/* feed.next is in the guest's list */
	uint64_t due_ns;		/* with --rate: earliest start of the next conversion */
	struct counters counters;
	struct failure failure;
	bool failed;			/* a failure other than wrong content */
	pthread_t thread;
};

int vcpu_create(struct vcpu *vcpu, struct vm *vm, unsigned int index, struct run_limits *limits,
		struct failure *failure);
void vcpu_destroy(struct vcpu *vcpu);

/* Thread function of the vCPU @vcpu: all conversions, then a check of all pages. */
void *vcpu_main(void *vcpu);

#endif
