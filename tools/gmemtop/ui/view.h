/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Views of the screen, one entry each in view_table[]. A view draws below the header and above
 * the last line, from the model and its own state. It must not depend on sources, terminals or
 * clocks: its time is that of the records.
 */
#ifndef GMEMTOP_VIEW_H
#define GMEMTOP_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "terminal/canvas.h"

enum view_id {
	VIEW_OVERVIEW,
	VIEW_VM,
	VIEW_LATENCY,
	VIEW_FILES,
	VIEWS
};

struct help_page;
struct segments;
struct ui;
struct ui_binding;

/* Area of a view: full lines of the canvas, y to y + height - 1. */
struct view_area {
	int y;
	int width;
	int height;		/* 1 or more */
};

/* View, with hooks that may be NULL. Those that return bool return false if out of memory. */
struct view {
	const char *name;	/* in settings and options: "latency" */
	const char *title;	/* in the header: "latency of conversions" */
	const char *hint;	/* description of its key in the help */
	int key;		/* switches to it from any view */
	unsigned int groups;	/* enum gmem_probe_group bits that it needs beyond the base */
	size_t state_size;	/* size of ui->state[id], which is zeroed at start */

	/* Frees what the state owns, but not the state itself. */
	void (*drop)(void *state);

	/*
	 * Collects over time from the live model: called at every refresh (GMEM_SYNC), also if
	 * another view is shown or the screen is paused. The view must not draw what it collected
	 * after the now_ns of the model that draw() gets.
	 */
	bool (*collect)(struct ui *ui, const struct gmem_model *m);
	/* Drops what was collected: a replay went back in time. */
	void (*forget)(void *state);

	/* Updates order and totals, after a refresh and when the view is entered. */
	bool (*order)(struct ui *ui, const struct gmem_model *m);

	/* Scrolls so that the selection is visible in ui->area, before draw(); keeps the layout for clicks. */
	void (*fit)(struct ui *ui, const struct gmem_model *m);
	void (*draw)(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		     const struct view_area *area);

	/* Adds position and legend to the last line, after the keys. */
	void (*footer)(struct segments *line, const struct ui *ui, bool ascii);
	/* Writes its part of the help, after the keys, with help_heading() and help_entry(). */
	void (*help)(struct help_page *page);

	/* Bindings that override those of all views. run() may use ui->model and ui->mouse. */
	const struct ui_binding *bindings;
	size_t nr_bindings;
};

/* For view->help(): a heading, then entries of a name and its meaning. Texts are ASCII. */
void help_heading(struct help_page *p, const char *text);
void help_entry(struct help_page *p, const char *name, enum canvas_attr attr, const char *text);
bool help_ascii(const struct help_page *p);

/* Returns the number of lines of the help of a view: keys, from the binding tables, then its own text. */
int help_lines(const struct view *view, int width);

/* Draws the help from its line ui->help_at.top on, on lines y to y + height - 1. */
void help_draw(struct canvas *c, const struct ui *ui, int y, int height);

/* In screen/draw.c. */
extern const struct view *const view_table[VIEWS];

#endif /* GMEMTOP_VIEW_H */
