/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Display of any kind: a source of keys, and a sink of cells. */
#ifndef GMEMTOP_DISPLAY_H
#define GMEMTOP_DISPLAY_H

#include <stdbool.h>

#include "terminal/canvas.h"
#include "terminal/looks.h"

/* Codes of keys that are not characters; a character is its own code. */
enum ui_key {
	UI_KEY_NONE = 0,
	UI_KEY_ESC = 27,
	UI_KEY_UP = 0x110000,	/* above Unicode */
	UI_KEY_DOWN,
	UI_KEY_LEFT,
	UI_KEY_RIGHT,
	UI_KEY_PAGE_UP,
	UI_KEY_PAGE_DOWN,
	UI_KEY_HOME,
	UI_KEY_END,
	UI_KEY_ENTER,
	UI_KEY_BACKSPACE,
	UI_KEY_TAB,
	UI_KEY_BACK_TAB,
	UI_KEY_F1,		/* F2 is UI_KEY_F1 + 1, up to F12 */
	UI_KEY_F12 = UI_KEY_F1 + 11,
	/* Mouse keys; the position is in ui->mouse. */
	UI_KEY_CLICK,
	UI_KEY_DOUBLE_CLICK,	/* comes after the click that was its first half */
	UI_KEY_WHEEL_UP,
	UI_KEY_WHEEL_DOWN,
	UI_KEY_RESIZE,		/* the screen has a new size, or must be redrawn */
	UI_KEY_GONE,		/* input is closed */
};

/* Position of the mouse: a cell of the canvas. */
struct ui_mouse {
	int y;
	int x;
};

struct display {
	void *ctx;
	bool ascii;
	void (*size)(void *ctx, int *width, int *height);
	/*
	 * Waits for a key up to timeout_ms; returns UI_KEY_NONE on timeout or on a signal. Sets
	 * *mouse only for mouse keys.
	 */
	int (*key)(void *ctx, int timeout_ms, struct ui_mouse *mouse);
	void (*show)(void *ctx, const struct canvas *c);
	/* Sets the colours from the next show() on; may be NULL. */
	void (*look)(void *ctx, enum ui_look look);
};

#endif /* GMEMTOP_DISPLAY_H */
