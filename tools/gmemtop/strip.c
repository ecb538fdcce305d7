// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "strip.h"

/* Page numbers within all slots together: sums that a recording may well make overflow. */
typedef unsigned __int128 pages_t;

struct walk {
	const struct gmem_vm *vm;
	size_t slot;
	pages_t base;	/* of that slot */
};

/* Private pages within [start, end); calls must come with ascending starts. */
static pages_t private_pages(struct walk *w, pages_t start, pages_t end)
{
	const struct gmem_vm *vm = w->vm;
	pages_t n = 0, base;

	while (w->slot < vm->nr_slots && w->base + vm->slots[w->slot].npages <= start)
		w->base += vm->slots[w->slot++].npages;
	base = w->base;
	for (size_t i = w->slot; i < vm->nr_slots && base < end; i++) {
		const struct gmem_slot *s = &vm->slots[i];
		uint64_t from = start > base ? (uint64_t)(start - base) : 0;
		uint64_t to = end - base < s->npages ? (uint64_t)(end - base) : s->npages;

		if (from < to)
			n += gmem_ranges_count(&vm->private, s->gfn + from, s->gfn + to);
		base += s->npages;
	}
	return n;
}

static uint8_t level(pages_t private, pages_t all)
{
	pages_t l = (private * STRIP_PRIVATE + all / 2) / all;

	if (!private)
		return STRIP_SHARED;
	if (private >= all)
		return STRIP_PRIVATE;
	return l < 1 ? 1 : l > STRIP_PRIVATE - 1 ? STRIP_PRIVATE - 1 : (uint8_t)l;
}

bool strip_make(const struct gmem_vm *vm, uint8_t *levels, int n)
{
	struct walk w = { vm, 0, 0 };
	pages_t all = 0;

	for (size_t i = 0; i < vm->nr_slots; i++)
		all += vm->slots[i].npages;
	if (!all)
		return false;
	for (int i = 0; i < n; i++) {
		pages_t start = all * i / n, end = all * (i + 1) / n;

		/* Less pages than cells: several cells show one page. */
		if (end == start)
			end++;
		levels[i] = level(private_pages(&w, start, end), end - start);
	}
	return true;
}
