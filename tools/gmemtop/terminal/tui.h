/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Terminal as a display. tui.c is the only file that uses curses; it must not depend on the model. */
#ifndef GMEMTOP_TUI_H
#define GMEMTOP_TUI_H

#include "base/error.h"
#include "terminal/display.h"

/*
 * Opens the terminal; on success, call tui_close(). However the program ends, the terminal is
 * restored. Uses the environment's LC_CTYPE, NO_COLOR and TERM.
 */
enum gmem_status tui_open(struct display *d, bool ascii, bool mouse, struct gmem_error *e);
void tui_close(struct display *d);

#endif /* GMEMTOP_TUI_H */
