/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * State of the user interface, and the keys that change it. Must not depend on curses or on
 * how views are drawn.
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
#include "ui/since.h"
#include "ui/view.h"

/* Actions that a key asks for, as bits. */
enum ui_action {
	UI_NOTHING	= 0,
	UI_DRAW		= 1,
	UI_ORDER	= 2,	/* sort the list again, then draw */
	UI_REFRESH	= 4,	/* read counters now, then draw */
	UI_DELAY	= 8,	/* delay_s has changed */
	UI_PAUSE	= 16,	/* paused has changed */
	UI_QUIT		= 32,
	UI_VIEW		= 64,	/* another view: it may need other probes */
	UI_LOOK		= 128,	/* look has changed */
	UI_SEEK		= 256,	/* replay: seek by seek_s */
	UI_STEP		= 512,	/* replay: show the next snapshot */
	UI_SPEED	= 1024,	/* replay_speed has changed */
};

#define UI_KEYS 5

/* Choice of a metric as a column; whether it fits on the screen is decided by layout.c. */
enum ui_column {
	UI_COLUMN_AUTO,
	UI_COLUMN_ON,
	UI_COLUMN_OFF,
};

#define UI_METRICS 192	/* upper limit of gmem_nr_metrics */

struct ui_binding {
	int keys[UI_KEYS];	/* ends at the first 0 */
	const char *label;	/* names of the keys in the help; NULL: described with the previous binding */
	const char *help;
	const char *hint;	/* in the last line of the screen, or NULL */
	enum ui_action (*run)(struct ui *ui, int arg);	/* NULL: arg is the action */
	int arg;
};

/* Bindings of all views; a view's own come first. */
extern const struct ui_binding ui_bindings[];
extern const size_t ui_nr_bindings;

/* Position in a list that scrolls. */
struct ui_scroll {
	size_t nr;		/* rows of the list */
	size_t top;		/* first row on the screen */
	size_t rows;		/* rows that fit on the screen */
	bool selecting;
	size_t cursor;		/* index of the selected row, if selecting */
};

struct ui {
	enum view_id view;
	void *state[VIEWS];	/* each view's own state; NULL if it has none */
	const struct gmem_model *model;	/* the model on the screen; set before ui_key() */
	struct view_area area;	/* of the view, set by its last fit() */
	struct ui_mouse mouse;	/* position of the last mouse key */
	enum ui_look look;

	bool recorded;		/* the model is that of a recording: no option adds what it lacks */
	bool replaying;		/* a recording is shown, at its pace, with: */
	double replay_speed;	/* 1: speed of the recording */
	double seek_s;		/* seconds forward, back if negative; infinite: to the end or begin */
	uint64_t replay_begin_ns;	/* first time in the recording .. */
	uint64_t replay_end_ns;	/* .. and the last; 0: unknown */

	const struct gmem_metric *sort;
	bool reverse;		/* least first */
	bool paused;
	bool help;
	double delay_s;
	uint32_t pid;		/* only the VMs of this process; 0: all */

	enum order_tree tree;
	struct filter filter;
	uint8_t columns[UI_METRICS];	/* enum ui_column, by index into gmem_metrics[] */
	struct since since;	/* when counters were reset */
	struct prompt prompt;
	const struct view *overlay;	/* replaces the view until it is left; or NULL */

	struct ui_scroll help_at;	/* position in the help */

	struct order list;
	struct ui_scroll at;	/* position in the list */
	uint64_t selected;	/* id of the selected row, which the cursor follows when the order changes */
	bool selected_group;	/* the selected row is a group */
};

/* Returns false if out of memory; call ui_free() in either case. */
bool ui_init(struct ui *ui, const struct gmem_metric *sort, bool reverse, double delay_s,
	     uint32_t pid);
void ui_free(struct ui *ui);

/* Returns the overlay or view that is shown and handles keys. */
static inline const struct view *ui_view(const struct ui *ui)
{
	return ui->overlay ? ui->overlay : view_table[ui->view];
}

/*
 * Returns why the model lacks @feature (enum gmem_feature): @live, or what a recording was made without.
 */
const char *ui_lacks(const struct ui *ui, uint64_t feature, const char *live);

/* Drops what views have collected: the replay went back in time. */
void ui_forget(struct ui *ui);

/* Lets views collect from the live model, at every refresh. Returns false if out of memory. */
bool ui_collect(struct ui *ui, const struct gmem_model *m);

/* Sorts the list, ended VMs last, and the view's own. Returns false if out of memory. */
bool ui_order(struct ui *ui, const struct gmem_model *m);

/*
 * Returns the VM for views of one VM: the selected one, else the first; 0 if the list is empty.
 * While such a view is shown the VM stays the same, even after it has left the model.
 */
uint64_t ui_vm(const struct ui *ui);

/* Selects row i of the list. */
void ui_select(struct ui *ui, size_t i);

/* Selects the next VM after that of ui_vm() (by 1) or the previous one (by -1); skips groups. */
void ui_step_vm(struct ui *ui, int by);

/* Sorts by a metric; again: in reverse. */
enum ui_action ui_sort(struct ui *ui, const struct gmem_metric *metric);

/* Shows a view; for bindings. */
enum ui_action ui_show_view(struct ui *ui, int view);

/* Sets the rows that fit, and scrolls so that the selected one is visible and no room is wasted. */
void ui_scroll_fit(struct ui_scroll *s, size_t nr, size_t rows);

enum ui_motion { UI_LINE_UP, UI_LINE_DOWN, UI_PAGE_UP, UI_PAGE_DOWN, UI_FIRST, UI_LAST };

/* Bindings of motions that all lists have. */
#define UI_MOTIONS(move, screen, what)								\
	{ { UI_KEY_PAGE_UP }, "PgUp", "a screen" screen " up", NULL, move, UI_PAGE_UP },	\
	{ { UI_KEY_PAGE_DOWN }, "PgDn", "a screen" screen " down", NULL, move, UI_PAGE_DOWN },	\
	{ { UI_KEY_HOME, 'g' }, "Home g", "first " what, NULL, move, UI_FIRST },		\
	{ { UI_KEY_END, 'G' }, "End G", "last " what, NULL, move, UI_LAST }

/*
 * Moves the cursor. The first key only shows it, at the first row on the screen. Returns UI_DRAW, or
 * UI_NOTHING if the list is empty. how: enum ui_motion.
 */
enum ui_action ui_scroll_move(struct ui_scroll *s, int how);

/* Returns the row that a motion leads to from row at. */
size_t ui_scroll_moved(const struct ui_scroll *s, size_t at, int how);

/* Returns the row on a line of the list, whose rows take so many lines; SIZE_MAX: none. */
size_t ui_scroll_row(const struct ui_scroll *s, int line, int lines);

/* Adds the rows on the screen and their total, if they do not all fit. */
void ui_scroll_footer(struct segments *line, const struct ui_scroll *s);

/* Handles a key: an active prompt first, then the help or the view, then the bindings of all views. */
enum ui_action ui_key(struct ui *ui, int key);

#endif /* GMEMTOP_UI_H */
