/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A heat map: a column for each refresh, a row for each magnitude of time. */
#ifndef GMEMTOP_HEAT_H
#define GMEMTOP_HEAT_H

#include "views/latency.h"
#include "widgets/panel.h"

/* h may be NULL: nothing is kept of it, and only the sums are drawn. */
void heat_draw(struct panel *p, const struct latency_state *s, const struct gmem_history *h);

#endif /* GMEMTOP_HEAT_H */
