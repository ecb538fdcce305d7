/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where records go, live or from a recording: into the model, and at each GMEM_SYNC, when
 * the picture is consistent, to what collects over time. The same for both, so that a replay
 * shows what was shown.
 */
#ifndef GMEMTOP_PICTURE_H
#define GMEMTOP_PICTURE_H

#include "model/model.h"
#include "ui/ui.h"

/* A VM that ended is shown this long, so that its last counts are seen. */
#define PICTURE_LINGER_NS	10000000000ULL

struct picture {
	struct gmem_model *model;
	struct ui *ui;		/* whose views collect; NULL: nobody does */
	unsigned long syncs;	/* pictures that were complete */
};

/* 0, or the -errno that ends it: records that are too short for their kind are passed over. */
int picture_take(struct picture *p, const struct gmem_hdr *rec);

#endif /* GMEMTOP_PICTURE_H */
