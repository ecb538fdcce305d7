/* SPDX-License-Identifier: GPL-2.0-only */
/* The two kinds of fleets, for fleet.c only. */
#ifndef GMEMLOAD_FLEET_KINDS_H
#define GMEMLOAD_FLEET_KINDS_H

#include "fleet.h"

struct member;
struct vm_thread;

/* Fleet with one process per VM. */
struct process_fleet {
	struct member *members;
	unsigned int nr;
};

/* Fleet with one thread per VM, besides its vCPUs' threads. */
struct thread_fleet {
	struct vm_thread *vms;
	unsigned int nr;
};

/* Return 0, or -1 with *failure set; call _end() in both cases. */
int process_fleet_run(struct process_fleet *fleet, const struct options *options, int kvm_fd,
		      struct result *results, struct failure *failure);
void process_fleet_end(struct process_fleet *fleet);

int thread_fleet_run(struct thread_fleet *fleet, const struct options *options, int kvm_fd,
		     struct result *results, struct failure *failure);
void thread_fleet_end(struct thread_fleet *fleet);

#endif
