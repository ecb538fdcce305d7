/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A screen of any kind: keys come from it, cells go to it. */
#ifndef GMEMTOP_DISPLAY_H
#define GMEMTOP_DISPLAY_H

#include <stdbool.h>

#include "terminal/canvas.h"
#include "terminal/looks.h"

/* Keys that are no character; the others are their code. */
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
	/* Of the mouse; where, is in ui->mouse. */
	UI_KEY_CLICK,
	UI_KEY_DOUBLE_CLICK,	/* comes after the click that was its first half */
	UI_KEY_WHEEL_UP,
	UI_KEY_WHEEL_DOWN,
	UI_KEY_RESIZE,		/* the screen has another size, or must be shown again */
	UI_KEY_GONE,		/* nobody is there to press keys */
};

/* A cell of the canvas. */
struct ui_mouse {
	int y;
	int x;
};

struct display {
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

#endif /* GMEMTOP_DISPLAY_H */
