/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Help of a view: the keys of all views and its own, from the binding tables, then its own text. */
#ifndef GMEMTOP_HELP_H
#define GMEMTOP_HELP_H

#include <stdbool.h>

#include "terminal/canvas.h"
#include "ui/ui.h"
#include "ui/view.h"

/* For view->help(): a heading, then entries of a name and its meaning. Texts are ASCII. */
void help_heading(struct help_page *p, const char *text);
void help_entry(struct help_page *p, const char *name, enum canvas_attr attr, const char *text);
bool help_ascii(const struct help_page *p);

/* Returns the number of lines of the help at that width. */
int help_lines(const struct view *view, int width);

/* Draws the help from its line ui->help_at.top on, on lines y to y + height - 1. */
void help_draw(struct canvas *c, const struct ui *ui, int y, int height);

#endif /* GMEMTOP_HELP_H */
