/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Owns: telling what is in flight where nobody told when it began, or its end may have been
 * lost. An operation that is stuck is shown, one that is over no longer. Must not know when
 * that is needed.
 */
#ifndef GMEM_INFLIGHT_H
#define GMEM_INFLIGHT_H

#include "base/source.h"

struct gmem_bpf;
struct gmem_op;

struct inflight {
	struct gmem_bpf *skel;		/* loaded, and the caller's */
	const struct gmem_op *ops;	/* the programs' memory */
};

/* 0 or -errno. */
int inflight_open(struct inflight *f, struct gmem_bpf *skel);
void inflight_close(struct inflight *f);

/*
 * GMEM_INFLIGHT at ts_ns (CLOCK_MONOTONIC) and a _BEGIN for each, with its GMEM_PHASE if that is
 * known. 0, -errno, or what fn returned.
 */
int inflight_tell(const struct inflight *f, uint64_t ts_ns, gmem_record_fn fn, void *ctx);

/* Only GMEM_PHASE, of those that have their place. The same. */
int inflight_tell_phases(const struct inflight *f, uint64_t ts_ns, gmem_record_fn fn, void *ctx);

/*
 * Calls fn for the VM of each conversion that is in flight and whose age, as a power of two of at
 * least a second, grew between the two times: its end may have been skipped.
 */
void inflight_find_long(const struct inflight *f, uint64_t before_ns, uint64_t now_ns,
			void (*fn)(void *ctx, uint64_t vm), void *ctx);

#endif /* GMEM_INFLIGHT_H */
