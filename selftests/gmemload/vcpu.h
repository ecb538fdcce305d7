/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: one vCPU: its thread, its exits, and the pace of its conversions. Must not know other vCPUs
 * or the ledger's format.
 */
#ifndef GMEMLOAD_VCPU_H
#define GMEMLOAD_VCPU_H

#include <pthread.h>
#include <stdatomic.h>

#include "feed.h"

struct kvm_run;

/* Shared by the vCPUs of a VM. */
struct run_limits {
	uint64_t start_ns;
	uint64_t deadline_ns;		/* UINT64_MAX: none */
	atomic_bool failed;		/* one of them did: all end */
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
	uint64_t due_ns;		/* with --rate: when the next conversion may begin */
	struct counters counters;
	struct failure failure;
	bool failed;			/* the failure is not just wrong content */
	pthread_t thread;
};

int vcpu_create(struct vcpu *vcpu, struct vm *vm, unsigned int index, struct run_limits *limits,
		struct failure *failure);
void vcpu_destroy(struct vcpu *vcpu);

/* The thread's body: all conversions, then a look at all pages. The argument is the vcpu. */
void *vcpu_main(void *vcpu);

#endif
