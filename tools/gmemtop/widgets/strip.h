/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Map of a VM in one line: cells that each show an equal share of its gmem slots in gfn order. */
#ifndef GMEMTOP_STRIP_H
#define GMEMTOP_STRIP_H

#include <stdbool.h>
#include <stdint.h>

#include "model/model.h"
#include "terminal/glyphs.h"

#define STRIP_CELLS	1024	/* more than a screen has columns */

struct strip_cell {
	uint8_t level;
	bool empty;	/* all private, less than half populated; only if pages were scanned */
	bool double_backed;	/* partly double-backed, or populated on the wrong side */
};

/* Fills n cells. If the VM has no slots, writes nothing and returns false. backing: pages were scanned. */
bool strip_make(const struct gmem_vm *vm, bool backing, struct strip_cell *cells, int n);

#endif /* GMEMTOP_STRIP_H */
