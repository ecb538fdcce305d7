// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "widgets/vmmap.h"

#define BLOCK_ORDER 9	/* blocks of 2 MiB */

/* Returns the end of a slot. Slots of a broken recording may overflow: they end at UINT64_MAX. */
static uint64_t slot_end(const struct gmem_slot *s)
{
	return s->gfn + s->npages < s->gfn ? UINT64_MAX : s->gfn + s->npages;
}

static uint64_t cells_of(const struct gmem_slot *s, unsigned int order)
{
	if (!s->npages)
		return 0;
	return ((slot_end(s) - 1) >> order) - (s->gfn >> order) + 1;
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

uint64_t vmmap_cells(const struct gmem_vm *vm, unsigned int order)
{
	uint64_t n = vm->nr_slots ? vm->nr_slots - 1 : 0;

	for (size_t i = 0; i < vm->nr_slots; i++)
		n = sum(n, cells_of(&vm->slots[i], order));
	return n;
}

unsigned int vmmap_order(const struct gmem_vm *vm, uint64_t cells)
{
	unsigned int low = 0, high = VMMAP_ORDER_MAX;

	while (low < high) {
		unsigned int mid = (low + high) / 2;

		if (vmmap_cells(vm, mid) <= cells)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

static void border(const struct gmem_slot *s, struct vmmap_cell *cell)
{
	const struct gmem_slot *next = s + 1;

	*cell = (struct vmmap_cell){ .slot = s, .start = slot_end(s), .end = next->gfn };
	if (next->gfn > cell->start)
		cell->gap = true;
	else
		cell->edge = true;
}

bool vmmap_at(const struct gmem_vm *vm, unsigned int order, uint64_t i, struct vmmap_cell *cell)
{
	for (size_t n = 0; n < vm->nr_slots; n++) {
		const struct gmem_slot *s = &vm->slots[n];
		uint64_t cells = cells_of(s, order), block = (s->gfn >> order) + i;

		if (i < cells) {
			uint64_t start = block << order, end = start + (1ULL << order);

			end = end < start || end > slot_end(s) ? slot_end(s) : end;
			*cell = (struct vmmap_cell){
				.slot = s, .start = start < s->gfn ? s->gfn : start, .end = end,
			};
			return true;
		}
		i -= cells;
		if (!i && n + 1 < vm->nr_slots) {
			border(s, cell);
			return true;
		}
		i--;
	}
	return false;
}

uint64_t vmmap_find(const struct gmem_vm *vm, unsigned int order, size_t slot, uint64_t gfn)
{
	uint64_t n = slot;	/* borders */

	if (slot >= vm->nr_slots)
		return 0;
	for (size_t i = 0; i < slot; i++)
		n = sum(n, cells_of(&vm->slots[i], order));
	gfn = gfn < vm->slots[slot].gfn ? vm->slots[slot].gfn : gfn;
	if (gfn >= slot_end(&vm->slots[slot]))
		gfn = slot_end(&vm->slots[slot]) - 1;
	return sum(n, (gfn >> order) - (vm->slots[slot].gfn >> order));
}

static const struct gmem_file *file_of(const struct gmem_vm *vm, uint64_t ino)
{
	for (size_t i = 0; i < vm->nr_files; i++) {
		if (vm->files[i].ino == ino)
			return &vm->files[i];
	}
	return NULL;
}

/* Counts populated pages: private ones are those of the file. */
static void count_populated(const struct gmem_vm *vm, const struct vmmap_cell *cell,
			    struct vmmap_pages *p)
{
	const struct gmem_file *f = file_of(vm, cell->slot->ino);
	struct gmem_double_backed d = gmem_slot_double_backed(vm, cell->slot, cell->start, cell->end);
	uint64_t from = cell->slot->pgoff + (cell->start - cell->slot->gfn);

	p->populated_known = f && f->pages_known;
	if (f)
		p->populated = gmem_ranges_count(&f->pages, from, from + p->all);
	p->shared_populated = gmem_ranges_count(&vm->shared_pages, cell->start, cell->end);
	p->shared_known = vm->double_backed_known[GMEM_SIDE_SHARED] == GMEM_KNOWN_ALL || p->shared_populated ||
			  gmem_ranges_count(&vm->shared_read, cell->start, cell->end) == p->all;
	p->double_backed = (d.private_bytes + d.shared_bytes) >> GMEM_PAGE_SHIFT;
}

/* Counts mixed blocks: those with an edge of a private extent inside. */
static uint64_t mixed_blocks(const struct gmem_vm *vm, uint64_t first, uint64_t last)
{
	struct gmem_extent x = { 0, first << BLOCK_ORDER };
	uint64_t mixed = 0, done = first;

	while (gmem_ranges_next(&vm->private, x.end, &x) && x.start >> BLOCK_ORDER < last) {
		uint64_t edges[2] = { x.start, x.end };

		for (int i = 0; i < 2; i++) {
			uint64_t block = edges[i] >> BLOCK_ORDER;

			if (!(edges[i] & ((1 << BLOCK_ORDER) - 1)) || block < done || block >= last)
				continue;
			mixed++;
			done = block + 1;
		}
	}
	return mixed;
}

struct vmmap_pages vmmap_count(const struct gmem_vm *vm, const struct vmmap_cell *cell)
{
	struct vmmap_pages p = { .all = cell->end - cell->start };
	uint64_t first = (cell->start + (1 << BLOCK_ORDER) - 1) >> BLOCK_ORDER;
	uint64_t last = cell->end >> BLOCK_ORDER;

	if (cell->gap || cell->edge)
		return (struct vmmap_pages){ 0 };
	p.private = gmem_ranges_count(&vm->private, cell->start, cell->end);
	count_populated(vm, cell, &p);
	if (first < last) {
		p.blocks = last - first;
		p.mixed = mixed_blocks(vm, first, last);
	}
	return p;
}
