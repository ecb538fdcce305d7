/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Heat map of times: a column for each refresh, a row for each magnitude. */
#ifndef GMEMTOP_HEAT_H
#define GMEMTOP_HEAT_H

#include "views/latency.h"
#include "widgets/panel.h"

/* Draws history h; NULL: none is kept, and only the histograms of sums are drawn. */
void heat_draw(struct panel *p, const struct latency_state *s, const struct gmem_history *h);

#endif /* GMEMTOP_HEAT_H */
