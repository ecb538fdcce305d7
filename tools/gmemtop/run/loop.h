/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The interactive program: records go into the model, keys into the state of the
 * user interface, and both on a screen. Must not know what kind of screen it is.
 */
#ifndef GMEMTOP_LOOP_H
#define GMEMTOP_LOOP_H

#include "base/error.h"
#include "base/source.h"
#include "run/options.h"
#include "terminal/display.h"
#include "ui/ui.h"

/*
 * Until the user quits, o->count refreshes were shown, gmem_stopped(), or the
 * source fails. A source that ends stays on the screen.
 */
enum gmem_status loop_run(struct gmem_source *source, const struct gmemtop_options *o,
			  const struct display *screen, struct gmem_error *e);

#endif /* GMEMTOP_LOOP_H */
