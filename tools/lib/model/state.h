/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a stream of records has told so far, as a few records that tell the same: with
 * them a recording can begin in the middle.
 */
#ifndef GMEM_STATE_H
#define GMEM_STATE_H

#include "abi/kinds.h"
#include "model/model.h"

struct gmem_state {
	struct gmem_model *model;
	struct gmem_probes_rec probes;	/* as last told; size 0: not yet */
	struct gmem_clock_rec clock;
};

/* 0 or -ENOMEM. */
int gmem_state_init(struct gmem_state *s);
void gmem_state_free(struct gmem_state *s);

/* Takes a record into it; VMs that have ended are forgotten with the next GMEM_SYNC. 0 or -ENOMEM. */
int gmem_state_learn(struct gmem_state *s, const struct gmem_hdr *rec);

/*
 * Records for a new model, which then is like this one, but for what has its history: trends,
 * hottest ranges. What fn returns, if that is not 0, ends it.
 */
int gmem_state_tell(const struct gmem_state *s, gmem_record_fn fn, void *ctx);

#endif /* GMEM_STATE_H */
