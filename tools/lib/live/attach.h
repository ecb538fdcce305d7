/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The BPF programs, loaded and attached to KVM as it is now. */
#ifndef GMEM_ATTACH_H
#define GMEM_ATTACH_H

#include <bpf/libbpf.h>
#include <stdbool.h>

#include "changed.h"
#include "error.h"
#include "gmem_abi.h"
#include "inflight.h"
#include "inventory.h"
#include "source.h"

struct attachment {
	struct gmem_bpf *skel;
	struct ring_buffer *rb;
	struct inventory *inv;		/* NULL: not wanted */
	struct inflight inflight;
	struct changed changed;
	struct gmem_probes_rec probes;	/* what it sees */
	enum gmem_probe_set set;
	struct bpf_link **links;	/* one per probe; NULL: not attached */
	unsigned int loaded;		/* groups that can be attached */
	unsigned int groups;		/* that are attached */
	bool module;			/* KVM can be unloaded, if we let go of it */
};

/*
 * Records go to fn, as ring_buffer__new() has it. On failure *e says what and what to
 * do, and nothing is left attached.
 */
enum gmem_status attach(struct attachment *a, const struct gmem_live_opts *opts,
			ring_buffer_sample_fn fn, void *ctx, struct gmem_error *e);

/*
 * Attaches these groups beside the base, as far as they are loaded, and no others. What takes
 * capabilities was done by attach(). 0 or -errno: then what was attached is.
 */
int attach_groups(struct attachment *a, unsigned int groups);

/* Leaves nothing attached, and holds no module. */
void detach(struct attachment *a);

#endif /* GMEM_ATTACH_H */
