/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: all VMs of a run, in one process each or all in this one. Must not know the command line's
 * output.
 */
#ifndef GMEMLOAD_FLEET_H
#define GMEMLOAD_FLEET_H

#include <json-c/json_types.h>

#include "counters.h"
#include "fail.h"
#include "options.h"

/* What a VM leaves when its work is done. */
struct result {
	struct counters counters;
	uint64_t elapsed_ns;
	struct failure verification;	/* the first page with wrong content */
	struct json_object *ledger;	/* the VM's part; the taker's */
};

struct fleet;

/*
 * Runs all VMs to the end of their work and fills in results[options->vms]. The VMs stay until
 * fleet_end(). NULL with *failure if one failed; all have ended then.
 */
struct fleet *fleet_run(const struct options *options, int kvm_fd, struct result *results,
			struct failure *failure);
void fleet_end(struct fleet *fleet);

#endif
