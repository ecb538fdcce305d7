/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Maps of guest physical memory: the gmem slots of a VM in gfn order, as a grid or as a strip. Pure arithmetic
 * on the model; draws nothing.
 */
#ifndef GMEMTOP_VMMAP_H
#define GMEMTOP_VMMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"
#include "terminal/glyphs.h"

/* Returns the guest_memfd with that inode, or NULL. */
const struct gmem_file *vmmap_file(const struct gmem_vm *vm, uint64_t ino);

/* Returns how much of all is private: LEVEL_SHARED to LEVEL_PRIVATE, which mean none and all of it. */
int vmmap_level(unsigned __int128 private, unsigned __int128 all);

/* Grid: a cell for each aligned block of 2^order pages and a cell between slots. */
#define VMMAP_ORDER_MAX 52

/* Range of guest memory that a cell shows. */
struct vmmap_cell {
	bool gap;		/* between slots with a hole between them .. */
	bool edge;		/* .. or without a hole */
	const struct gmem_slot *slot;	/* slot of the cell; between slots, the one before */
	uint64_t start;		/* gfns [start, end) */
	uint64_t end;
};

/* Returns the number of cells at that order; UINT64_MAX if it exceeds 64 bits. */
uint64_t vmmap_cells(const struct gmem_vm *vm, unsigned int order);

/* Returns the least order at which the VM fits into cells, or VMMAP_ORDER_MAX if none does. */
unsigned int vmmap_order(const struct gmem_vm *vm, uint64_t cells);

/* Describes cell number i; returns false beyond the last one. */
bool vmmap_at(const struct gmem_vm *vm, unsigned int order, uint64_t i, struct vmmap_cell *cell);

/* Returns the number of the cell that has the gfn in slots[slot]. */
uint64_t vmmap_find(const struct gmem_vm *vm, unsigned int order, size_t slot, uint64_t gfn);

/* Page counts of a cell. */
struct vmmap_pages {
	uint64_t all;
	uint64_t private;
	uint64_t populated;	/* in the guest_memfd; exact only if populated_known */
	uint64_t shared_populated;
	bool populated_known;
	bool shared_known;
	uint64_t double_backed;	/* populated on the side not in use, at the last scan */
	uint64_t blocks;	/* whole 2 MiB blocks in the cell */
	uint64_t mixed;		/* blocks that are partly private */
};

struct vmmap_pages vmmap_count(const struct gmem_vm *vm, const struct vmmap_cell *cell);

/* Strip: a line of cells that each show an equal share of the slots. */
#define STRIP_CELLS	1024	/* more than a screen has columns */

struct strip_cell {
	uint8_t level;
	bool empty;	/* all private, less than half populated; only if pages were scanned */
	bool double_backed;	/* partly double-backed, or populated on the wrong side */
};

/* Fills n cells. If the VM has no slots, writes nothing and returns false. backing: pages were scanned. */
bool strip_make(const struct gmem_vm *vm, bool backing, struct strip_cell *cells, int n);

#endif /* GMEMTOP_VMMAP_H */
