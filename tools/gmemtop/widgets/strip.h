/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The memory of a VM as a strip of cells, each an equal share of its gmem slots in gfn order. */
#ifndef GMEMTOP_STRIP_H
#define GMEMTOP_STRIP_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"
#include "terminal/glyphs.h"

#define STRIP_CELLS	1024	/* more than a screen has columns */

struct strip_cell {
	uint8_t level;
	bool empty;	/* all private, and less than half of it is there: only if pages are read */
	bool doubled;	/* some of it is there twice, or on the wrong side */
};

/* False, and nothing is written, if the VM has no slots. backing: pages were read. */
bool strip_make(const struct gmem_vm *vm, bool backing, struct strip_cell *cells, int n);

#endif /* GMEMTOP_STRIP_H */
