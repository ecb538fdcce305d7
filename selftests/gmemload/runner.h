/* SPDX-License-Identifier: GPL-2.0-only */
/* The life of one VM's vCPUs, from the first thread to the sums. */
#ifndef GMEMLOAD_RUNNER_H
#define GMEMLOAD_RUNNER_H

#include "vm.h"

struct vcpu;

struct runner {
	struct vm vm;
	struct vcpu *vcpus;
	unsigned int nr_vcpus;
	struct counters counters;	/* sum over the VM */
	struct failure verification;	/* first page with wrong content */
};

/* Creates the VM. Call runner_destroy() on failure as well. */
int runner_create(struct runner *runner, const struct options *options, unsigned int index,
		  int kvm_fd, struct failure *failure);

/* Runs the vCPUs to the end of their work; the VM stays in its final state. */
int runner_run(struct runner *runner, struct failure *failure);
void runner_destroy(struct runner *runner);

#endif
