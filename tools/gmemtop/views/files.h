/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* View of files: its state, for its keys and its drawing. */
#ifndef GMEMTOP_VIEW_FILES_H
#define GMEMTOP_VIEW_FILES_H

#include "ui/ui.h"

#define FILES_NARROW	72	/* narrower screens have holders on a line of their own */

enum files_sort {
	FILES_BY_UNUSED,	/* files that no VM can use first, by populated bytes */
	FILES_BY_POPULATED,
	FILES_BY_SIZE,
	FILES_BY_VM,
	FILES_BY_INO,
	FILES_SORTS
};

/* File as of the last refresh. */
struct files_row {
	uint64_t vm;
	uint64_t ino;
	uint64_t size;		/* pages */
	struct gmem_sum populated;
	bool unused;
};

struct files_totals {
	size_t files;
	size_t unused;
	uint64_t size;		/* pages */
	struct gmem_value populated;
	struct gmem_value unused_bytes;
};

struct files_state {
	struct files_row *rows;	/* in the order of the screen */
	size_t nr;
	size_t max;
	struct ui_scroll at;
	int lines;		/* of each file: 2 on narrow screens, where holders have a line of their own */
	enum files_sort sort;
	bool only_unused;
	uint64_t vm;		/* VM and inode of the selected file */
	uint64_t ino;
	struct files_totals all;
};

void files_draw(struct canvas *c, const struct ui *ui, const struct gmem_model *m,
		const struct view_area *area);

extern const struct view view_files;

#endif /* GMEMTOP_VIEW_FILES_H */
