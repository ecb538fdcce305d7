/* SPDX-License-Identifier: GPL-2.0-only */
/* Owns: the two kinds of fleets, as fleet.c sees them. Must not know more than fleet.h. */
#ifndef GMEMLOAD_FLEET_KINDS_H
#define GMEMLOAD_FLEET_KINDS_H

#include "fleet.h"

struct member;
struct vm_thread;

/* A process for each VM. */
struct process_fleet {
	struct member *members;
	unsigned int nr;
};

/* A thread for each VM (besides those of its vCPUs). */
struct thread_fleet {
	struct vm_thread *vms;
	unsigned int nr;
};

/* 0 or -1 with *failure. _end() is due in both cases. */
int process_fleet_run(struct process_fleet *fleet, const struct options *options, int kvm_fd,
		      struct result *results, struct failure *failure);
void process_fleet_end(struct process_fleet *fleet);

int thread_fleet_run(struct thread_fleet *fleet, const struct options *options, int kvm_fd,
		     struct result *results, struct failure *failure);
void thread_fleet_end(struct thread_fleet *fleet);

#endif
