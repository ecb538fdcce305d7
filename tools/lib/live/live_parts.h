/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the live source is made of: live.c is its face, live_records.c reads the ring buffer,
 * live_sync.c takes the picture at a refresh, live_kvm.c follows a KVM that comes and goes. Not for others.
 * What returns int returns 0 or -errno, or what the function for records returned.
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
	uint64_t looked_ns;	/* when we looked for one last */
	struct backing *backing;	/* NULL: not wanted */
	bool probes_told;
	uint64_t verified_ns;	/* when probes were verified last */
	uint64_t refreshed_ns;	/* when pages were counted last */
	uint64_t holders_ns;	/* when we began to look for holders, all of whom are in the ring buffer; or 0 */
	uint64_t holders_due_ns;
	gmem_record_fn fn;	/* of the call that is under way */
	void *ctx;
	int nr_cpus;
	int nr_records;		/* handed over by the call that is under way */
	uint64_t until_ns;	/* what is told later can wait */
	uint64_t *lost;		/* one per CPU, to read a per-CPU map into */
	uint64_t lost_then;	/* records, at the last picture */
	bool doubtful;		/* what is in flight: more had been lost than at the picture before */
	struct gmem_lost_rec before;	/* lost while attached to a KVM that was unloaded */
};

/* Ends a look at the ring buffer, of which nothing is lost. */
#define LIVE_LATER (-ECANCELED)

/* Of the ring buffer: hands one over. */
int live_on_record(void *ctx, void *data, size_t size);

/* What is there by now: where more comes than we can read, there is no end to it. */
int live_consume(struct live *l);

/* Blocks that were marked as changed, for so long; the others the next time. */
int live_read_changed(struct live *l, uint64_t budget_ns);

/* Reads what is to be read for so long. What it yields is in the ring buffer, and goes on. */
int live_take_inventory(struct live *l, uint64_t budget_ns);

/*
 * Of VMs that something happened to since the last time or the time before: a rate becomes 0
 * when nothing did in between, and what was counted while we read is seen at the second time.
 */
int live_sync_counters(struct live *l, bool all);

/* Added to what is there. */
int live_sum_losses(struct live *l, struct gmem_lost_rec *r);

/* The picture, but for the record that ends it. */
int live_sync_all(struct live *l);

/* Verifies that probes are not blind, and hands over what came of it. For each refresh, or each second. */
int live_check_probes(struct live *l);

/* Hands over how all that follows is seen, once after each change. */
int live_emit_probes(struct live *l);

/* Attaches or detaches if KVM came or went. */
int live_follow_kvm(struct live *l);

/* Where KVM can go and come, we shall have to attach again. */
int live_drop_privileges(const struct live *l);

#endif /* GMEM_LIVE_PARTS_H */
