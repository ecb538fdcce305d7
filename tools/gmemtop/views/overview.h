/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* State and parts of the overview; shared by its files, and by the header for its trend. */
#ifndef GMEMTOP_OVERVIEW_H
#define GMEMTOP_OVERVIEW_H

#include "model/trend.h"
#include "ui/ui.h"

struct overview {
	struct gmem_trend trend;
};

static inline struct overview *overview_of(const struct ui *ui)
{
	return ui->state[VIEW_OVERVIEW];
}

void overview_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		   const struct view_area *area);

/* Column chooser, an overlay that replaces the table. */
extern const struct view overview_chooser;

extern const struct view view_overview;

#endif /* GMEMTOP_OVERVIEW_H */
