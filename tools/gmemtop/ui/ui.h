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

#include "model/metrics.h"
#include "model/model.h"
#include "terminal/display.h"
#include "ui/filter.h"
#include "ui/order.h"
#include "ui/prompt.h"
#include "ui/since.h"
#include "ui/view.h"

/* What is to be done after a key: bits. */
enum ui_action {
	UI_NOTHING	= 0,
	UI_DRAW		= 1,
	UI_ORDER	= 2,	/* the order of what is shown is to be made again, then draw */
	UI_REFRESH	= 4,	/* read counters now, then draw */
	UI_DELAY	= 8,	/* delay_s has changed */
	UI_PAUSE	= 16,	/* paused has changed */
	UI_QUIT		= 32,
	UI_VIEW		= 64,	/* another view: it may need other probes */
	UI_LOOK		= 128,	/* look has changed */
	UI_SEEK		= 256,	/* of a replay: by seek_s */
	UI_STEP		= 512,	/* one picture */
	UI_SPEED	= 1024,	/* replay_speed has changed */
};

#define UI_KEYS 5

/* Is a metric a column? What fits on the screen is another matter. */
enum ui_column {
	UI_COLUMN_AUTO,
	UI_COLUMN_ON,
	UI_COLUMN_OFF,
};

#define UI_METRICS 192	/* room for as many */

struct ui_binding {
	int keys[UI_KEYS];	/* ends at the first 0 */
	const char *label;	/* as the help calls them; NULL: with the one before */
	const char *help;
	const char *hint;	/* in the last line of the screen, or NULL */
	enum ui_action (*run)(struct ui *ui, int arg);
	int arg;
};

/* Of all views, and of the overview. */
extern const struct ui_binding ui_bindings[];
extern const size_t ui_nr_bindings;

/* Where one is in a list that scrolls. */
struct ui_scroll {
	size_t cursor;
	size_t top;
	size_t rows;
};

struct ui {
	enum view_id view;
	void *state[VIEWS];	/* of each view, its own; NULL if it wants none */
	const struct gmem_model *model;	/* what is shown; set before keys are handed over */
	struct view_area area;	/* of the view, when it was last fitted */
	struct ui_mouse mouse;	/* where the last key of the mouse was */
	enum ui_look look;

	bool replaying;		/* a recording: what follows is about it */
	double replay_speed;	/* 1: as it was */
	double seek_s;		/* forward, or back if below 0; infinite: to its end, or begin */
	uint64_t replay_begin_ns;	/* first and .. */
	uint64_t replay_end_ns;	/* .. last time in it; 0: not known */

	const struct gmem_metric *sort;
	bool reverse;		/* least first */
	bool paused;
	bool help;
	double delay_s;
	uint32_t pid;		/* only the VMs of this process; 0: all */

	enum order_tree tree;
	struct filter filter;
	uint8_t columns[UI_METRICS];	/* enum ui_column, by place in gmem_metrics[] */
	struct since since;	/* when counters were reset */
	struct prompt prompt;
	const struct view *overlay;	/* shown instead of the view, until it is left; or NULL */

	struct ui_scroll chooser;	/* of columns */

	struct order list;
	size_t top;		/* first on the screen */
	size_t rows;		/* of the list that the screen has room for */
	bool selecting;
	size_t cursor;		/* place of the selected one, if selecting */
	uint64_t selected;	/* its id: it is followed when the order changes */
	bool selected_group;	/* it is a group */

	size_t help_top;
	size_t help_lines;	/* of the help, and of the screen */
	size_t help_rows;
};

/* False if there is no memory; to be freed in any case. */
bool ui_init(struct ui *ui, const struct gmem_metric *sort, bool reverse, double delay_s,
	     uint32_t pid);
void ui_free(struct ui *ui);

/* What is shown and gets the keys: the overlay, or the view. */
static inline const struct view *ui_view(const struct ui *ui)
{
	return ui->overlay ? ui->overlay : view_table[ui->view];
}

/* Since the counters were reset, if they were. */
struct gmem_value ui_value(const struct ui *ui, const struct gmem_metric *metric,
			   const struct gmem_vm *vm, const struct gmem_model *m);

/* Time went back: what views have collected is void. */
void ui_forget(struct ui *ui);

/* At every refresh, with the live model: what views collect over time. False: no memory. */
bool ui_collect(struct ui *ui, const struct gmem_model *m);

/* Puts what is shown into order, VMs that have ended last. False if there is no memory. */
bool ui_order(struct ui *ui, const struct gmem_model *m);

/*
 * The VM that views of one VM are about: the selected one, else the first; 0: there is none.
 * As long as such a view is shown it stays the same, even if it is in the model no more.
 */
uint64_t ui_vm(const struct ui *ui);

/* Selects row i of the list. */
void ui_select(struct ui *ui, size_t i);

/* Selects the VM that comes by rows after the one of ui_vm(), or before; groups are passed over. */
void ui_step_vm(struct ui *ui, int by);

/* For run() of a binding: shows that view. */
enum ui_action ui_show_view(struct ui *ui, int view);

/* Tells what fits: scrolls so that the selected VM is visible and no room is wasted. */
void ui_fit(struct ui *ui, size_t rows);
void ui_fit_help(struct ui *ui, size_t lines, size_t rows);

/* Moves through a list of count as the key says; how: enum ui_motion. */
enum ui_motion { UI_LINE_UP, UI_LINE_DOWN, UI_PAGE_UP, UI_PAGE_DOWN, UI_FIRST, UI_LAST };

size_t ui_moved(size_t at, size_t count, size_t page, enum ui_motion how);

/* Whatever is pressed: the view's own keys first, then those of all views. */
enum ui_action ui_key(struct ui *ui, int key);

#endif /* GMEMTOP_UI_H */
