/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Live source: records from the running kernel. */
#ifndef GMEM_LIVE_H
#define GMEM_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/source.h"
#include "live/providers.h"

struct gmem_live_opts {
	uint64_t ringbuf_bytes;		/* 0: 1 MiB per CPU, at least 16 MiB; rounded up to 2^n */
	unsigned int groups;		/* enum gmem_probe_group, in addition to the base */
	unsigned int later;		/* further groups that gmem_source_enable() may enable */
	enum gmem_probe_set set;	/* TRACEPOINTS, STOCK, or ANY for the best provider of each event */
	bool inventory;			/* scan state from before attach, and state that became stale */
	bool wait;			/* wait for KVM if there is none; else that is an error */
	uint64_t backing_ns;		/* interval between scans of populated pages; 0: none */
	bool inflight;			/* emit operations in flight in every snapshot, even if their begins were emitted */
	uint64_t keep_caps;		/* GMEM_CAPS_* that the caller will raise again */
	bool keep_privileges;		/* keep all capabilities; else those no longer needed are dropped: privileges.h */
	int verbose;			/* 1: print libbpf's messages to stderr */
};

/* Loads and attaches the BPF programs. On failure *e has the reason and the remedy. The caller closes *out. */
enum gmem_status gmem_live_open(struct gmem_source **out, const struct gmem_live_opts *opts,
				struct gmem_error *e);

#endif /* GMEM_LIVE_H */
