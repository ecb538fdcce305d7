/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Guest physical memory as a grid of cells: the gmem slots of a VM in the order of gfns,
 * each from its first gfn on, a cell for every aligned block of 2^order pages, and a cell
 * between slots. Pure arithmetic on the model; draws nothing.
 */
#ifndef GMEMTOP_VMMAP_H
#define GMEMTOP_VMMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

#define VMMAP_ORDER_MAX 52

/* What of the slots a cell shows. */
struct vmmap_cell {
	bool gap;		/* between slots: the next one does not go on where this one ends */
	bool edge;		/* .. it does: only a border */
	const struct gmem_slot *slot;	/* of which it is, or the one before a gap */
	uint64_t start;		/* gfns [start, end) */
	uint64_t end;
};

/* Cells at that order. May be more than fit into 64 bits are: then it is UINT64_MAX. */
uint64_t vmmap_cells(const struct gmem_vm *vm, unsigned int order);

/* The least order with which all fits into so many cells; the largest there is if none does. */
unsigned int vmmap_order(const struct gmem_vm *vm, uint64_t cells);

/* Cell number i; false beyond the last. */
bool vmmap_at(const struct gmem_vm *vm, unsigned int order, uint64_t i, struct vmmap_cell *cell);

/* Number of the cell that has the gfn in slots[slot]. */
uint64_t vmmap_find(const struct gmem_vm *vm, unsigned int order, size_t slot, uint64_t gfn);

/* What is known of gfns of a slot, in pages. */
struct vmmap_pages {
	uint64_t all;
	uint64_t private;
	uint64_t populated;	/* of the guest_memfd; as far as that is read */
	uint64_t shared_populated;
	bool populated_known;
	bool shared_known;
	uint64_t doubled;	/* populated on the side that is not in use, when pages were read */
	uint64_t blocks;	/* of 2 MiB, that lie in it as a whole */
	uint64_t mixed;		/* of these, private in part */
};

struct vmmap_pages vmmap_count(const struct gmem_vm *vm, const struct vmmap_cell *cell);

#endif /* GMEMTOP_VMMAP_H */
