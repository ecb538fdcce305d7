/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The running kernel as a source of records. */
#ifndef GMEM_LIVE_H
#define GMEM_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/source.h"
#include "live/probes.h"

struct gmem_live_opts {
	uint64_t ringbuf_bytes;		/* 0: 1 MiB per CPU, at least 16 MiB; rounded up to 2^n */
	unsigned int groups;		/* of enum gmem_probe_group, beside the base */
	unsigned int later;		/* groups that gmem_source_want() may ask for, too */
	enum gmem_probe_set set;	/* wish */
	bool inventory;			/* read what was there before, and what was lost */
	bool wait;			/* no KVM is no error: there may be one later */
	uint64_t backing_ns;		/* how often pages are read; 0: never */
	bool inflight;			/* every picture tells what is in flight, begins seen or not */
	uint64_t keep_caps;		/* GMEM_CAPS_* that the caller will raise again */
	bool keep_privileges;		/* else what is not needed any more is given up: privileges.h */
	int verbose;			/* 1: messages of libbpf go to stderr */
};

/* Loads and attaches the BPF programs. On failure *e says what and what to do. */
enum gmem_status gmem_live_open(struct gmem_source **out, const struct gmem_live_opts *opts,
				struct gmem_error *e);

#endif /* GMEM_LIVE_H */
