/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What the user has chosen on the screen, and the keys that change it. Must not
 * know terminals, nor how anything is drawn.
 */
#ifndef GMEMTOP_UI_H
#define GMEMTOP_UI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "metrics.h"
#include "model.h"

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
	UI_KEY_RESIZE,		/* the screen has another size, or must be shown again */
	UI_KEY_GONE,		/* nobody is there to press keys */
};

/* What is to be done after a key: bits. */
enum ui_action {
	UI_NOTHING	= 0,
	UI_DRAW		= 1,
	UI_ORDER	= 2,	/* the order of the VMs is to be made again, then draw */
	UI_REFRESH	= 4,	/* read counters now, then draw */
	UI_DELAY	= 8,	/* delay_s has changed */
	UI_PAUSE	= 16,	/* paused has changed */
	UI_QUIT		= 32,
};

#define UI_KEYS 5

struct ui;

struct ui_binding {
	int keys[UI_KEYS];	/* ends at the first 0 */
	const char *label;	/* as the help calls them */
	const char *help;
	const char *hint;	/* in the last line of the screen, or NULL */
	enum ui_action (*run)(struct ui *ui, int arg);
	int arg;
};

extern const struct ui_binding ui_bindings[];
extern const size_t ui_nr_bindings;

struct ui {
	const struct gmem_metric *sort;
	bool reverse;		/* least first */
	bool paused;
	bool help;
	double delay_s;
	uint32_t pid;		/* only the VMs of this process; 0: all */

	uint64_t *ids;		/* of the VMs, in the order of the screen */
	size_t nr;
	size_t max;
	size_t top;		/* first on the screen */
	size_t rows;		/* VMs that the screen has room for */
	bool selecting;
	size_t cursor;		/* place of the selected one, if selecting */
	uint64_t selected;	/* its id: it is followed when the order changes */

	size_t help_top;
	size_t help_lines;	/* of the help, and of the screen */
	size_t help_rows;
};

void ui_init(struct ui *ui, const struct gmem_metric *sort, bool reverse, double delay_s,
	     uint32_t pid);
void ui_free(struct ui *ui);

/* The VMs of the model in order, ended ones last. False if there is no memory. */
bool ui_order(struct ui *ui, const struct gmem_model *m);

/* Tells what fits: scrolls so that the selected VM is visible and no room is wasted. */
void ui_fit(struct ui *ui, size_t rows);
void ui_fit_help(struct ui *ui, size_t lines, size_t rows);

enum ui_action ui_key(struct ui *ui, int key);

#endif /* GMEMTOP_UI_H */
