/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Owns: telling again what is in flight, after the records of ends may have been lost.
 * An operation that is stuck is still shown, one that is over no longer. Must not know
 * when that is needed.
 */
#ifndef GMEM_INFLIGHT_H
#define GMEM_INFLIGHT_H

#include "source.h"

struct gmem_bpf;

/* GMEM_INFLIGHT at ts_ns (CLOCK_MONOTONIC) and a _BEGIN for each. 0, -errno, or what fn returned. */
int inflight_tell(struct gmem_bpf *skel, uint64_t ts_ns, gmem_record_fn fn, void *ctx);

#endif /* GMEM_INFLIGHT_H */
