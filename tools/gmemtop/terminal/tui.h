/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * gmemtop on a terminal. tui.c is the only file that knows curses; it knows
 * nothing of guest memory.
 */
#ifndef GMEMTOP_TUI_H
#define GMEMTOP_TUI_H

#include "base/error.h"
#include "base/source.h"
#include "run/options.h"

/*
 * Shows the source until the user has enough; see loop_run(). The terminal is put
 * back however this ends. Uses LC_CTYPE of the environment, NO_COLOR and TERM.
 */
enum gmem_status tui_run(struct gmem_source *source, const struct gmemtop_options *o,
			 struct gmem_error *e);

#endif /* GMEMTOP_TUI_H */
