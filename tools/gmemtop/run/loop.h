/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Main loop of the interactive program: applies records to the model and keys to the state of
 * the user interface, and shows both. Must not depend on the kind of screen.
 */
#ifndef GMEMTOP_LOOP_H
#define GMEMTOP_LOOP_H

#include "base/error.h"
#include "base/source.h"
#include "run/options.h"
#include "terminal/display.h"
#include "ui/ui.h"

/*
 * Runs until the user quits, o->count refreshes were shown, gmem_stopped(), or the source fails.
 * When a source ends, its last state stays on the screen.
 */
enum gmem_status loop_run(struct gmem_source *source, const struct gmemtop_options *o,
			  const struct display *screen, struct gmem_error *e);

#endif /* GMEMTOP_LOOP_H */
