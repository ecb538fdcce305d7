/* SPDX-License-Identifier: GPL-2.0-only */
/* All VMs of a run, in one process each or all in this one. Prints nothing. */
#ifndef GMEMLOAD_FLEET_H
#define GMEMLOAD_FLEET_H

#include <json-c/json_types.h>

#include "counters.h"
#include "fail.h"
#include "options.h"

/* Result of a VM whose work is done. */
struct result {
	struct counters counters;
	uint64_t elapsed_ns;
	struct failure verification;	/* the first page with wrong content */
	struct json_object *ledger;	/* the VM's part; owned by whoever takes it */
};

struct fleet;

/*
 * Runs all VMs to the end of their work and fills in results[options->vms]. The VMs stay until
 * fleet_end(). Returns NULL with *failure set if a VM failed; all VMs have ended by then.
 */
struct fleet *fleet_run(const struct options *options, int kvm_fd, struct result *results,
			struct failure *failure);
void fleet_end(struct fleet *fleet);

#endif
