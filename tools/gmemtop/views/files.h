/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* State of the view of files, for its keys and its drawing. */
#ifndef GMEMTOP_VIEW_FILES_H
#define GMEMTOP_VIEW_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/metrics.h"
#include "model/model.h"
#include "ui/view.h"

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
	size_t top;
	size_t fit;		/* files that fit on the screen */
	int lines;		/* lines of each file */
	enum files_sort sort;
	bool only_unused;
	bool selecting;
	size_t cursor;
	uint64_t vm;		/* VM and inode of the selected file */
	uint64_t ino;
	struct files_totals all;
};

extern const struct view view_files;

#endif /* GMEMTOP_VIEW_FILES_H */
