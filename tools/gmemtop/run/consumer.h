/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Consumer of records, live or from a recording: applies them to the model, and at each
 * GMEM_SYNC, when the snapshot is consistent, lets views collect. One path for both, so that a
 * replay shows the same as the live screen.
 */
#ifndef GMEMTOP_CONSUMER_H
#define GMEMTOP_CONSUMER_H

#include "model/model.h"
#include "ui/ui.h"

/* Time for which an ended VM stays on the screen, with its last counts. */
#define CONSUMER_LINGER_NS	10000000000ULL

struct consumer {
	struct gmem_model *model;
	struct ui *ui;		/* its views collect at each snapshot; NULL: none */
	unsigned long syncs;	/* complete snapshots */
};

/* Applies a record. Skips records that are too short for their kind. Returns 0 or -errno. */
int consumer_apply(struct consumer *p, const struct gmem_hdr *rec);

#endif /* GMEMTOP_CONSUMER_H */
