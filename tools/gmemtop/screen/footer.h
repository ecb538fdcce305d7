/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The last line: where in the list one is, what keys do, what the map's signs mean. */
#ifndef GMEMTOP_FOOTER_H
#define GMEMTOP_FOOTER_H

#include "terminal/canvas.h"
#include "ui/ui.h"

void footer_draw(struct canvas *c, int y, const struct ui *ui);

#endif /* GMEMTOP_FOOTER_H */
