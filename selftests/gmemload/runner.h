/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns: the life of one VM's vCPUs, from the first thread to the sums. Must not know other VMs. */
#ifndef GMEMLOAD_RUNNER_H
#define GMEMLOAD_RUNNER_H

#include "vm.h"

struct vcpu;

struct runner {
	struct vm vm;
	struct vcpu *vcpus;
	unsigned int nr_vcpus;
	struct counters counters;	/* of the whole VM */
	struct failure verification;	/* the first page with wrong content */
};

/* Makes the VM; on failure, too, the runner must be destroyed. */
int runner_create(struct runner *runner, const struct options *options, unsigned int index,
		  int kvm_fd, struct failure *failure);

/* Runs it to the end of its work. The VM stays as it is then. */
int runner_run(struct runner *runner, struct failure *failure);
void runner_destroy(struct runner *runner);

#endif
