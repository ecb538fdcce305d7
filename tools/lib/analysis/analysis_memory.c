// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Fate of pages: discarded or not, touched or not. */
#include "abi/kinds.h"
#include "analysis/analysis_parts.h"

static int add_without(struct gmem_ranges *to, uint64_t start, uint64_t end,
		       const struct gmem_ranges *without)
{
	struct gmem_extent x = { 0, start };
	int err = gmem_ranges_add(to, start, end);

	while (!err && gmem_ranges_next(without, x.end, &x) && x.start < end)
		err = gmem_ranges_del(to, x.start > start ? x.start : start,
				      x.end < end ? x.end : end);
	return err;
}

/* Deletes a range; most sets are empty, which costs nothing. */
static int del_range(struct gmem_ranges *set, uint64_t start, uint64_t end)
{
	return set->nr_extents ? gmem_ranges_del(set, start, end) : 0;
}

/* Applies a conversion to shared. Gfns that were private until now have a private side to discard. */
static int pages_to_shared(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	const struct gmem_vm *m = gmem_model_vm(a->model, vm->id);
	struct gmem_extent x = { 0, r->start };
	int err = del_range(&vm->untouched, r->start, r->end);

	while (m && !err && gmem_ranges_next(&m->private, x.end, &x) && x.start < r->end)
		err = add_without(&vm->left, x.start > r->start ? x.start : r->start,
				  x.end < r->end ? x.end : r->end, &vm->emptied);
	if (vm->left.nr_pages > vm->left_max_pages)
		vm->left_max_pages = vm->left.nr_pages;
	return err;
}

int analysis_pages_converted(struct gmem_analysis *a, struct gmem_vm_stats *vm,
			     const struct gmem_rec *r)
{
	int err;

	if (r->ino)
		return 0;
	if (gmem_rec_direction(r) == GMEM_TO_SHARED)
		return pages_to_shared(a, vm, r);
	err = del_range(&vm->left, r->start, r->end);
	if (!err)
		err = del_range(&vm->emptied, r->start, r->end);
	if (!err && (a->model->features & GMEM_FEATURE_TOUCHES))
		err = gmem_ranges_add(&vm->untouched, r->start, r->end);
	return err;
}

typedef int (*gfns_fn)(struct gmem_vm_stats *vm, uint64_t start, uint64_t end);

/* Calls @fn for the gfns of [start, end) of a file, in each slot that has some. */
static int for_each_gfns(struct gmem_analysis *a, struct gmem_vm_stats *vm, uint64_t ino, uint64_t start,
		     uint64_t end, gfns_fn fn)
{
	const struct gmem_vm *m = gmem_model_vm(a->model, vm->id);
	int err = 0;

	for (size_t i = 0; m && i < m->nr_slots && !err; i++) {
		const struct gmem_slot *s = &m->slots[i];
		uint64_t lo = start > s->pgoff ? start : s->pgoff;
		uint64_t hi = end < s->pgoff + s->npages ? end : s->pgoff + s->npages;

		if (s->ino == ino && lo < hi)
			err = fn(vm, s->gfn + (lo - s->pgoff), s->gfn + (hi - s->pgoff));
	}
	return err;
}

/* Marks gfns as discarded, also while they are private: some VMMs discard before they convert. */
static int mark_discarded(struct gmem_vm_stats *vm, uint64_t start, uint64_t end)
{
	int err = del_range(&vm->left, start, end);

	return err ? err : gmem_ranges_add(&vm->emptied, start, end);
}

static int mark_filled(struct gmem_vm_stats *vm, uint64_t start, uint64_t end)
{
	return del_range(&vm->emptied, start, end);
}

int analysis_pages_fallocated(struct gmem_analysis *a, struct gmem_vm_stats *vm,
			      const struct gmem_rec *r)
{
	return for_each_gfns(a, vm, r->ino, r->start, r->end,
			 gmem_rec_punches(r) ? mark_discarded : mark_filled);
}

static int count_touch(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	uint64_t first = r->start & ~(r->nr_pages - 1), last = first + r->nr_pages;
	uint64_t again = gmem_ranges_count(&vm->untouched, first, last);
	int err = analysis_value(a, vm, GMEM_S_TOUCH, 0, r->nr_pages, r->dur_ns);

	vm->seen.touched_pages += r->nr_pages;
	vm->seen.huge_faults += r->nr_pages > 1;
	vm->seen.saved_faults += r->nr_pages - 1;
	if (!err && again) {
		vm->seen.touched_again_pages += again;
		err = analysis_value(a, vm, GMEM_S_TOUCH_AGAIN, 0, again, r->dur_ns);
	}
	if (!err)
		err = del_range(&vm->untouched, first, last);
	return err ? err : mark_filled(vm, first, last);
}

/* Counts a fault. nr_pages is a power of two; other values are ignored. */
int analysis_faulted(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	int err;

	analysis_outcome(vm, GMEM_O_FAULT, r);
	if (r->ret || !r->dur_ns)
		return 0;
	vm->seen.prepare_ns += r->prepare_ns;
	err = analysis_value(a, vm, GMEM_S_FAULT, 0, 1, r->dur_ns);
	if (err || !r->nr_pages || r->nr_pages == GMEM_UNKNOWN || (r->nr_pages & (r->nr_pages - 1)))
		return err ? err : mark_filled(vm, r->start, r->end);
	return count_touch(a, vm, r);
}

int analysis_populated(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	int err = r->ret || !r->dur_ns ? 0 :
		analysis_value(a, vm, GMEM_S_POPULATE, 0, r->nr_pages, r->dur_ns);

	analysis_outcome(vm, GMEM_O_POPULATE, r);
	if (!err)
		err = del_range(&vm->untouched, r->start, r->end);
	return err ? err : mark_filled(vm, r->start, r->end);
}

int analysis_unbound(struct gmem_vm_stats *vm, uint64_t start, uint64_t end)
{
	int err = del_range(&vm->left, start, end);

	if (!err)
		err = del_range(&vm->emptied, start, end);
	return err ? err : del_range(&vm->untouched, start, end);
}

int analysis_released(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	return for_each_gfns(a, vm, r->ino, 0, UINT64_MAX, analysis_unbound);
}
