/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The help of a view: its keys and those of all views from their tables, then what it adds. */
#ifndef GMEMTOP_HELP_H
#define GMEMTOP_HELP_H

#include <stdbool.h>

#include "terminal/canvas.h"
#include "ui/ui.h"
#include "ui/view.h"

/* For view->help(): a heading, then what things are and mean. Texts are ASCII. */
void help_heading(struct help_page *p, const char *text);
void help_entry(struct help_page *p, const char *name, enum canvas_attr attr, const char *text);
bool help_ascii(const struct help_page *p);

/* Lines that it has at that width. */
int help_lines(const struct view *view, int width);

/* Draws lines y to y + height - 1, from line ui->help_top on. */
void help_draw(struct canvas *c, const struct ui *ui, int y, int height);

#endif /* GMEMTOP_HELP_H */
