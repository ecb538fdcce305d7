// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "widgets/strip.h"

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

static const struct gmem_file *file_of(const struct gmem_vm *vm, uint64_t ino)
{
	for (size_t i = 0; i < vm->nr_files; i++) {
		if (vm->files[i].ino == ino)
			return &vm->files[i];
	}
	return NULL;
}

/* Adds the pages of gfns [start, end) of a slot. */
static void count_backing(const struct gmem_vm *vm, const struct gmem_slot *s, uint64_t start,
			  uint64_t end, struct pages *p)
{
	const struct gmem_file *f = file_of(vm, s->ino);
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

static uint8_t level(pages_t private, pages_t all)
{
	pages_t l = (private * LEVEL_PRIVATE + all / 2) / all;

	if (!private)
		return LEVEL_SHARED;
	if (private >= all)
		return LEVEL_PRIVATE;
	return l < 1 ? 1 : l > LEVEL_PRIVATE - 1 ? LEVEL_PRIVATE - 1 : (uint8_t)l;
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
		cells[i].level = level(p.private, end - start);
		cells[i].empty = backing && !p.unread && cells[i].level == LEVEL_PRIVATE &&
				 p.populated < (end - start + 1) / 2;
		cells[i].double_backed = p.double_backed;
	}
	return true;
}
