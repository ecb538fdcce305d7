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
#include "terminal/canvas.h"
#include "ui/ui.h"

struct loop_screen {
	void *ctx;
	bool ascii;
	void (*size)(void *ctx, int *width, int *height);
	/*
	 * Waits for a key up to timeout_ms; UI_KEY_NONE when the time is over, or on a signal.
	 * Tells where the mouse is only for keys of the mouse.
	 */
	int (*key)(void *ctx, int timeout_ms, struct ui_mouse *mouse);
	void (*show)(void *ctx, const struct canvas *c);
	void (*look)(void *ctx, enum ui_look look);	/* from the next show() on; may be NULL */
};

/*
 * Until the user quits, o->count refreshes were shown, gmem_stopped(), or the
 * source fails. A source that ends stays on the screen.
 */
enum gmem_status loop_run(struct gmem_source *source, const struct gmemtop_options *o,
			  const struct loop_screen *screen, struct gmem_error *e);

#endif /* GMEMTOP_LOOP_H */
