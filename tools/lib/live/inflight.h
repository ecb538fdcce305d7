/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Operations in flight, read from the programs' maps. They are emitted where the begins had no records,
 * or ends may have been lost: a view then shows operations that hang, and drops those that ended.
 */
#ifndef GMEM_INFLIGHT_H
#define GMEM_INFLIGHT_H

#include "base/source.h"

struct gmem_bpf;
struct gmem_op;

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
			void (*fn)(void *ctx, uint64_t vm), void *ctx);

#endif /* GMEM_INFLIGHT_H */
