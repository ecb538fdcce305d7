/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * State of a stream of records, which can be emitted as a few records. A recording that begins
 * in the middle of a stream starts with them.
 */
#ifndef GMEM_STATE_H
#define GMEM_STATE_H

#include "abi/kinds.h"
#include "model/model.h"

struct gmem_state {
	struct gmem_model *model;
	struct gmem_probes_rec probes;	/* last record; size 0: none yet */
	struct gmem_clock_rec clock;
};

/* Returns 0 or -ENOMEM. */
int gmem_state_init(struct gmem_state *s);
void gmem_state_free(struct gmem_state *s);

/* Applies a record; the next GMEM_SYNC removes VMs that have ended. Returns 0 or -ENOMEM. */
int gmem_state_learn(struct gmem_state *s, const struct gmem_hdr *rec);

/*
 * Emits records that bring a new model into the same state, without what needs history: trends,
 * hottest ranges. Ends with the first value other than 0 that @fn returns, and returns it.
 */
int gmem_state_emit(const struct gmem_state *s, gmem_record_fn fn, void *ctx);

#endif /* GMEM_STATE_H */
