/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The views that the screen can show: one row each in view_table[]. A view draws below
 * the header and above the last line, from the model and from its own state. It must not
 * know sources, terminals or clocks: its time is that of the records.
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

/* Where a view draws: full lines of the canvas, y to y + height - 1. */
struct view_area {
	int y;
	int width;
	int height;		/* 1 or more */
};

/* Hooks may be NULL. Those that return bool: false if there is no memory. */
struct view {
	const char *name;	/* in settings and options: "latency" */
	const char *title;	/* in the header: "latency of conversions" */
	const char *hint;	/* what its key does, in the help */
	int key;		/* shows it, from wherever one is */
	unsigned int groups;	/* enum gmem_probe_group that it needs beside the base */
	size_t state_size;	/* of ui->state[its id]: zeroed when the program starts */

	/* Frees what the state owns, not the state. It is zeroed then, and may be used again. */
	void (*drop)(void *state);

	/*
	 * At every refresh (GMEM_SYNC), shown or not, paused or not: m is the live model. For what
	 * a view collects over time; it then draws nothing that is later than the now_ns of the
	 * model that it is given to draw.
	 */
	bool (*collect)(struct ui *ui, const struct gmem_model *m);
	/* A replay went back in time: what was collected is void. */
	void (*forget)(void *state);

	/* Of what is shown: makes order and totals again after a refresh, or when it is entered. */
	bool (*order)(struct ui *ui, const struct gmem_model *m);

	/* Before draw(): scrolls so that things are visible; remembers the area for clicks. */
	void (*fit)(struct ui *ui, const struct gmem_model *m, const struct view_area *area);
	void (*draw)(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		     const struct view_area *area);

	/* Its part of the last line, beside the keys: where one is, what signs mean. */
	void (*footer)(struct segments *line, const struct ui *ui, bool ascii);
	/* Its part of the help, after the keys: help_heading(), help_entry(). */
	void (*help)(struct help_page *page);

	/* Keys of its own: looked at before those of all views. run() has ui->model and ui->mouse. */
	const struct ui_binding *bindings;
	size_t nr_bindings;
};

/* In views/table.c. */
extern const struct view *const view_table[VIEWS];

#endif /* GMEMTOP_VIEW_H */
