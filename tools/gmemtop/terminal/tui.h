/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A terminal as a display. tui.c is the only file that knows curses; it knows nothing of guest memory. */
#ifndef GMEMTOP_TUI_H
#define GMEMTOP_TUI_H

#include "base/error.h"
#include "terminal/display.h"

/*
 * Takes this terminal. tui_close() is due then, and whatever ends the program puts the terminal
 * back. Uses LC_CTYPE of the environment, NO_COLOR and TERM.
 */
enum gmem_status tui_open(struct display *d, bool ascii, bool mouse, struct gmem_error *e);
void tui_close(struct display *d);

#endif /* GMEMTOP_TUI_H */
