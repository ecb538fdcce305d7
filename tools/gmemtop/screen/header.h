/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Top two lines of the screen: totals of all VMs, and probes, losses and gaps in the data. */
#ifndef GMEMTOP_HEADER_H
#define GMEMTOP_HEADER_H

#include "model/model.h"
#include "screen/draw.h"
#include "terminal/canvas.h"
#include "ui/ui.h"

void header_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		 const struct draw_info *info);

#endif /* GMEMTOP_HEADER_H */
