/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Last line of the screen: keys, position in the list, meaning of the map's signs. */
#ifndef GMEMTOP_FOOTER_H
#define GMEMTOP_FOOTER_H

#include "terminal/canvas.h"
#include "ui/ui.h"

void footer_draw(struct canvas *c, int y, const struct ui *ui);

#endif /* GMEMTOP_FOOTER_H */
