/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The help: the keys from the table of keys, the columns from the table of metrics. */
#ifndef GMEMTOP_HELP_H
#define GMEMTOP_HELP_H

#include "canvas.h"
#include "ui.h"

/* Lines that it has at that width. */
int help_lines(int width);

/* Draws lines y to y + height - 1, from line ui->help_top on. */
void help_draw(struct canvas *c, const struct ui *ui, int y, int height);

#endif /* GMEMTOP_HELP_H */
