/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps of the programs in this process's memory: operations in flight, and active VMs. */
#ifndef GMEM_INFLIGHT_H
#define GMEM_INFLIGHT_H

#include "base/source.h"
#include "bpf/gmem_maps.h"

struct gmem_bpf;
struct inventory;

/*
 * Operations in flight are emitted where the begins had no records, or ends may have been lost: a view then
 * shows operations that hang, and drops those that ended.
 */
struct inflight {
	struct gmem_bpf *skel;		/* owned by the caller */
	const struct gmem_op *ops;	/* map ops of the programs */
};

/* Maps the programs' memory. @skel: loaded. Returns 0 or -errno. */
int inflight_open(struct inflight *f, struct gmem_bpf *skel);
void inflight_close(struct inflight *f);

/*
 * Emits GMEM_INFLIGHT at @ts_ns (CLOCK_MONOTONIC), then a _BEGIN for each operation in flight, with
 * GMEM_PHASE for a conversion that is past its first phase. Returns 0, -errno, or what fn returned.
 */
int inflight_emit(const struct inflight *f, uint64_t ts_ns, gmem_record_fn fn, void *ctx);

/* Emits only GMEM_PHASE, for conversions that have their place in map ops. Returns 0, or what fn returned. */
int inflight_emit_phases(const struct inflight *f, uint64_t ts_ns, gmem_record_fn fn, void *ctx);

/*
 * Calls fn for the VM of each conversion in flight whose age reached a power of two of seconds (1, 2, 4..)
 * between the two times: its end may have been skipped.
 */
void inflight_find_long(const struct inflight *f, uint64_t before_ns, uint64_t now_ns,
			void (*fn)(struct inventory *inv, uint64_t vm), struct inventory *inv);

/*
 * Active VMs: the programs set a byte for each VM whose state may change, so that the counters of
 * other VMs need not be read.
 */
struct active {
	uint8_t *bytes;		/* array active of the programs */
	uint8_t now[ACTIVE_VMS];	/* set before the last active_begin() */
	uint8_t before[ACTIVE_VMS];	/* set before the one before it */
	bool all;		/* treat every VM as active */
};

/* @bytes: array active of the programs */
void active_open(struct active *c, uint8_t *bytes);

/* Takes and clears the bytes set since the last call. @all: treat every VM as active. */
void active_begin(struct active *c, bool all);

/*
 * Returns true if the VM, or another one with the same byte, was active in one of the last two intervals
 * between calls of active_begin(). Two, because programs set the byte before they update counters. True
 * for all VMs in the first interval.
 */
bool active_has(const struct active *c, uint64_t vm);

#endif /* GMEM_INFLIGHT_H */
