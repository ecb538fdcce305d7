/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The BPF programs, loaded and attached to KVM as it is now. */
#ifndef GMEM_ATTACH_H
#define GMEM_ATTACH_H

#include <bpf/libbpf.h>
#include <stdbool.h>

#include "base/error.h"
#include "bpf/gmem_abi.h"
#include "live/changed.h"
#include "live/inflight.h"
#include "live/inventory.h"
#include "live/live.h"
#include "live/verify.h"

struct attachment {
	struct gmem_bpf *skel;
	struct ring_buffer *rb;
	struct inventory *inv;		/* NULL: not wanted */
	struct inflight inflight;
	struct changed changed;
	struct gmem_probes_rec probes;	/* what it sees */
	enum gmem_probe_set set;
	int order_argument;		/* as of struct gmem_probe_choice */
	struct bpf_link **links;	/* one per probe; NULL: not attached */
	struct bpf_link **keepers;	/* of kretprobes: what keeps the arguments; else NULL */
	uint32_t *prog_ids;		/* of links */
	struct verifier verifier;
	unsigned int loaded;		/* groups that can be attached */
	unsigned int groups;		/* that are attached */
	bool module;			/* KVM can be unloaded, if we let go of it */
	bool perf;			/* attaching groups takes CAP_PERFMON: some are on kprobes */
};

/*
 * Attaches, and verifies that programs run: on a function where one does not, the next way to
 * attach is tried. Records go to fn, as ring_buffer__new() has it. On failure *e says what and
 * what to do, and nothing is left attached.
 */
enum gmem_status attach(struct attachment *a, const struct gmem_live_opts *opts,
			ring_buffer_sample_fn fn, void *ctx, struct gmem_error *e);

/*
 * Attaches these groups beside the base, as far as they are loaded, and no others. What takes
 * capabilities was done by attach(), but for CAP_PERFMON if perf is set. 0 or -errno: then what
 * was attached is.
 */
int attach_groups(struct attachment *a, unsigned int groups);

/* Verifies again, at a refresh. Returns true if probes has changed: a function turned blind. */
bool attach_verify(struct attachment *a);

/* Has programs neither count nor emit: none that has counted is still about to emit. */
void attach_stop(struct attachment *a);

/* Leaves nothing attached, and holds no module. */
void detach(struct attachment *a);

#endif /* GMEM_ATTACH_H */
