// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "widgets/vmmap.h"

#define BLOCK_ORDER 9	/* blocks of 2 MiB */

const struct gmem_file *vmmap_file(const struct gmem_vm *vm, uint64_t ino)
{
	for (size_t i = 0; i < vm->nr_files; i++) {
		if (vm->files[i].ino == ino)
			return &vm->files[i];
	}
	return NULL;
}

int vmmap_level(unsigned __int128 private, unsigned __int128 all)
{
	unsigned __int128 level = (private * LEVEL_PRIVATE + all / 2) / all;

	if (!private || private >= all)
		return private ? LEVEL_PRIVATE : LEVEL_SHARED;
	return level < 1 ? 1 : level > LEVEL_PRIVATE - 1 ? LEVEL_PRIVATE - 1 : (int)level;
}

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

/* Counts populated pages: private ones are those of the file. */
static void count_populated(const struct gmem_vm *vm, const struct vmmap_cell *cell,
			    struct vmmap_pages *p)
{
	const struct gmem_file *f = vmmap_file(vm, cell->slot->ino);
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

/* Page numbers over all slots: with the slots of a broken recording, the sum overflows 64 bits. */
typedef unsigned __int128 pages_t;

struct walk {
	const struct gmem_vm *vm;
	size_t slot;
	pages_t base;	/* first page of that slot */
};

struct pages {
	pages_t private;
	pages_t populated;	/* in the file, for private and shared gfns */
	bool double_backed;
	bool unread;		/* pages of a file were not scanned */
};

/* Adds the pages of gfns [start, end) of a slot. */
static void count_backing(const struct gmem_vm *vm, const struct gmem_slot *s, uint64_t start,
			  uint64_t end, struct pages *p)
{
	const struct gmem_file *f = vmmap_file(vm, s->ino);
	struct gmem_double_backed d = gmem_slot_double_backed(vm, s, start, end);
	uint64_t at = start - s->gfn + s->pgoff;

	p->unread |= !f || !f->pages_known;
	p->populated += f ? gmem_ranges_count(&f->pages, at, at + (end - start)) : 0;
	p->double_backed |= d.private_bytes || d.shared_bytes;
}

/* Counts pages [start, end) of all slots; start must not decrease from call to call. */
static struct pages count_pages(struct walk *w, pages_t start, pages_t end, bool backing)
{
	const struct gmem_vm *vm = w->vm;
	struct pages p = { 0, 0, false, false };
	pages_t base;

	while (w->slot < vm->nr_slots && w->base + vm->slots[w->slot].npages <= start)
		w->base += vm->slots[w->slot++].npages;
	base = w->base;
	for (size_t i = w->slot; i < vm->nr_slots && base < end; i++) {
		const struct gmem_slot *s = &vm->slots[i];
		uint64_t from = start > base ? (uint64_t)(start - base) : 0;
		uint64_t to = end - base < s->npages ? (uint64_t)(end - base) : s->npages;
		uint64_t n = 0;

		if (from < to)
			n = gmem_ranges_count(&vm->private, s->gfn + from, s->gfn + to);
		if (from < to && backing)
			count_backing(vm, s, s->gfn + from, s->gfn + to, &p);
		p.private += n;
		base += s->npages;
	}
	return p;
}

bool strip_make(const struct gmem_vm *vm, bool backing, struct strip_cell *cells, int n)
{
	struct walk w = { vm, 0, 0 };
	pages_t all = 0;

	for (size_t i = 0; i < vm->nr_slots; i++)
		all += vm->slots[i].npages;
	if (!all)
		return false;
	for (int i = 0; i < n; i++) {
		pages_t start = all * i / n, end = all * (i + 1) / n;
		struct pages p;

		/* With fewer pages than cells, several cells show one page. */
		if (end == start)
			end++;
		p = count_pages(&w, start, end, backing);
		cells[i].level = (uint8_t)vmmap_level(p.private, end - start);
		cells[i].empty = backing && !p.unread && cells[i].level == LEVEL_PRIVATE &&
				 p.populated < (end - start + 1) / 2;
		cells[i].double_backed = p.double_backed;
	}
	return true;
}
