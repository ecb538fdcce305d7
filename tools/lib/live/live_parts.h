/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Internals of the live source: live.c has its interface, live_sync.c reads the ring buffer
 * and takes snapshots. All functions return 0, -errno, or what the function for records returned, unless noted.
 */
#ifndef GMEM_LIVE_PARTS_H
#define GMEM_LIVE_PARTS_H

#include <errno.h>

#include "base/clocks.h"
#include "live/attach.h"
#include "live/backing.h"
#include "live/live.h"

struct live {
	struct gmem_source source;
	struct gmem_live_opts opts;
	struct attachment at;	/* skel is NULL while there is no KVM */
	uint64_t looked_ns;	/* time of the last check whether KVM is loaded */
	struct backing *backing;	/* NULL: not requested */
	bool probes_emitted;	/* GMEM_PROBES was emitted since the last change */
	uint64_t verified_ns;	/* time of the last verification of probes */
	uint64_t refreshed_ns;	/* time of the last count of pages */
	uint64_t holders_ns;	/* start of a pass for holders whose records are all in the ring buffer; or 0 */
	uint64_t holders_due_ns;
	gmem_record_fn fn;	/* callback of the current call */
	void *ctx;
	int nr_cpus;
	int nr_records;		/* records passed on by the current call */
	uint64_t until_ns;	/* the current call ends at a later record */
	uint64_t stopped_ns;	/* events after it are not counted, and dropped; 0: not stopped */
	uint64_t *lost;		/* one per CPU: buffer to read a per-CPU map */
	uint64_t lost_then;	/* lost records at the last snapshot */
	bool doubtful;		/* records were lost before the last snapshot: operations in flight must be emitted again */
	struct gmem_lost_rec before;	/* losses while attached to a KVM that was unloaded since */
};

/*
 * Passes a record on, unless it is an event after the stop: programs that count nothing still emit begins. Programs
 * read the clock before they look whether to stop, so no event that was counted is later.
 */
int live_pass_on(void *live, const struct gmem_hdr *h);

/* Passes on records up to now. Later ones could come without end. */
int live_consume(struct live *l);

/* Takes steps of the inventory and of backing for @budget_ns at most, and passes their records on. */
int live_take_inventory(struct live *l, uint64_t budget_ns);

/*
 * Emits counters of VMs that were active in one of the last two intervals, or of all. Two, so that a rate
 * becomes 0 after the last activity, and counts made during the first read are in the second.
 */
int live_sync_counters(struct live *l, bool all);

/* Adds the losses since attach to *r. */
int live_sum_losses(struct live *l, struct gmem_lost_rec *r);

/* Takes a snapshot, without the record that ends it. */
int live_sync_all(struct live *l);

/* Verifies that probes are not blind, and emits changes. To be called at each refresh, or each second. */
int live_check_probes(struct live *l);

/* Emits GMEM_PROBES once after each change. */
int live_emit_probes(struct live *l);

#endif /* GMEM_LIVE_PARTS_H */
