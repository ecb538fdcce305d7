// SPDX-License-Identifier: GPL-2.0-only
/* Choice between one process for all VMs and one process per VM. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "fleet.h"
#include "fleet_kinds.h"

struct fleet {
	bool one_process;
	union {
		struct process_fleet processes;
		struct thread_fleet threads;
	};
};

struct fleet *fleet_run(const struct options *options, int kvm_fd, struct result *results,
			struct failure *failure)
{
	struct fleet *fleet = calloc(1, sizeof(*fleet));
	int r;

	if (!fleet) {
		fail(failure, EXIT_FAILED, "Free some memory.", "cannot allocate the VMs: %s",
		     strerror(ENOMEM));
		return NULL;
	}
	fleet->one_process = options->one_process;
	r = options->one_process ?
	    thread_fleet_run(&fleet->threads, options, kvm_fd, results, failure) :
	    process_fleet_run(&fleet->processes, options, kvm_fd, results, failure);
	if (!r)
		return fleet;
	fleet_end(fleet);
	return NULL;
}

void fleet_end(struct fleet *fleet)
{
	if (fleet->one_process)
		thread_fleet_end(&fleet->threads);
	else
		process_fleet_end(&fleet->processes);
	free(fleet);
}
