// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Double-backed memory. VMs convert while a page scan runs: at its end, the pages read are compared
 * with the map, without the ranges that were converted meanwhile. The result stays until the next
 * page scan ends, so that figure, map and age belong together.
 */
#include "model/model_parts.h"

#include <errno.h>

/*
 * Time before a page scan in which converted ranges are left out, too. A VMM converts first and
 * then discards the other side: in between, both sides are populated as they should be.
 */
#define GRACE_NS	1000000000ULL

static void shift_converted(struct gmem_converted *c)
{
	gmem_ranges_free(&c->before);
	c->before = c->now;
	memset(&c->now, 0, sizeof(c->now));
}

/* Drops ranges older than GRACE_NS at @ts_ns. Must not be called during a page scan. */
static void age_converted(struct gmem_converted *c, uint64_t ts_ns)
{
	if (ts_ns <= c->now_ns + GRACE_NS)
		return;
	shift_converted(c);
	if (ts_ns > c->now_ns + 2 * GRACE_NS)
		shift_converted(c);
	c->now_ns = ts_ns;
}

/* Returns false without page scans: nothing will be compared. */
static bool tracks_conversions(const struct gmem_model *m)
{
	return m->backing_reads || (m->features & GMEM_FEATURE_BACKING);
}

int model_not_double_backed(struct gmem_vm *vm, uint64_t start, uint64_t end)
{
	int err = 0;

	for (int side = 0; side < GMEM_SIDES && !err; side++) {
		if (vm->double_backed[side].nr_extents)
			err = gmem_ranges_del(&vm->double_backed[side], start, end);
	}
	return err;
}

int model_converted(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_hdr *h, uint64_t begin_ns,
		    uint64_t start, uint64_t end)
{
	if (!tracks_conversions(m))
		return 0;
	if (!m->backing_reads)
		age_converted(&vm->converted, h->ts_ns);
	if ((m->backing_settles || vm->behind) && begin_ns <= m->backing_ns && model_not_double_backed(vm, start, end))
		return -ENOMEM;
	return gmem_ranges_add(&vm->converted.now, start, end);
}

/* Inverts [start, end) in the set. */
static int toggle(struct gmem_ranges *set, uint64_t start, uint64_t end)
{
	struct gmem_extent x;
	uint64_t lo, hi;
	int err = 0;

	while (start < end && !err) {
		if (!gmem_ranges_next(set, start, &x) || x.start >= end)
			return gmem_ranges_add(set, start, end);
		lo = x.start > start ? x.start : start;
		hi = x.end < end ? x.end : end;
		err = gmem_ranges_add(set, start, lo);
		if (!err)
			err = gmem_ranges_del(set, lo, hi);
		start = hi;
	}
	return err;
}

static int toggle_within(struct gmem_ranges *set, const struct gmem_ranges *other, uint64_t start, uint64_t end)
{
	struct gmem_extent x = { 0, start };
	int err = 0;

	while (!err && gmem_ranges_next(other, x.end, &x) && x.start < end)
		err = toggle(set, x.start > start ? x.start : start, x.end < end ? x.end : end);
	return err;
}

int model_replace(struct gmem_ranges *set, const struct gmem_map_rec *r)
{
	int err = gmem_ranges_del(set, r->start, r->end);

	for (uint64_t i = 0; !err && i < r->nr && i < GMEM_MAP_EXTENTS; i++)
		err = gmem_ranges_add(set, r->extents[i].start, r->extents[i].end);
	return err;
}

int model_found(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r)
{
	struct gmem_ranges diff = { 0 };
	struct gmem_extent x = { 0, 0 };
	int err;

	/* The first scan of a VM finds no changes. */
	if (!tracks_conversions(m) || !vm->map_known)
		return 0;
	err = model_replace(&diff, r);
	if (!err)
		err = toggle_within(&diff, &vm->private, r->start, r->end);
	while (!err && gmem_ranges_next(&diff, x.end, &x))
		err = model_converted(m, vm, &r->h, 0, x.start, x.end);
	gmem_ranges_free(&diff);
	return err;
}

int model_file_empty(struct gmem_vm *vm, uint64_t ino)
{
	struct gmem_file *f = model_file(vm, ino);
	int err = gmem_ranges_del(&f->pages, 0, UINT64_MAX);

	for (size_t i = 0; i < vm->nr_slots && !err; i++) {
		const struct gmem_slot *s = &vm->slots[i];

		if (s->ino == ino)
			err = gmem_ranges_del(&vm->double_backed[GMEM_SIDE_PRIVATE], s->gfn, s->gfn + s->npages);
	}
	return err;
}

/* Returns true for records of an earlier page scan, which are repeated where a part of a recording begins. */
static bool is_of_past_scan(const struct gmem_model *m, uint64_t ts_ns)
{
	return m->backing_ns && ts_ns <= m->backing_ns;
}

/* Begins a page scan with the first pages newer than the last one. */
static void begin_page_scan(struct gmem_model *m, uint64_t ts_ns)
{
	struct gmem_vm *vm, *tmp;

	if (m->backing_reads || is_of_past_scan(m, ts_ns))
		return;
	m->backing_reads = true;
	m->backing_settles = false;
	HASH_ITER(hh, m->vms, vm, tmp) {
		age_converted(&vm->converted, ts_ns);
		gmem_ranges_free(&vm->shared_read);
	}
}

int model_pages(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r)
{
	struct gmem_file *f;
	int err;

	begin_page_scan(m, r->h.ts_ns);
	if (r->h.kind == GMEM_SHARED_PAGES) {
		if (is_of_past_scan(m, r->h.ts_ns))
			return 0;
		err = model_replace(&vm->shared_pages, r);
		return err ? err : gmem_ranges_add(&vm->shared_read, r->start, r->end);
	}
	f = model_file(vm, r->ino);
	if (!f || is_of_past_scan(m, r->h.ts_ns))
		return 0;
	f->pages_ns = r->h.ts_ns;
	f->pages_new = true;
	f->huge_read = r->huge_pages + (r->start ? f->huge_read : 0);
	return model_replace(&f->pages, r);
}

/* Adds the private gfns of [start, end), or the shared ones if @wanted is false. */
static int add_by_attribute(struct gmem_ranges *to, const struct gmem_ranges *private, uint64_t start,
			    uint64_t end, bool wanted)
{
	struct gmem_extent x;
	int err = 0;

	while (start < end && !err) {
		bool any = gmem_ranges_next(private, start, &x) && x.start < end;
		uint64_t lo = !any ? end : x.start > start ? x.start : start;
		uint64_t hi = !any ? end : x.end < end ? x.end : end;

		err = wanted ? gmem_ranges_add(to, lo, hi) : gmem_ranges_add(to, start, lo);
		start = hi;
	}
	return err;
}

/* Adds @pages of [from, to) that are on the wrong side; @to_gfn is their distance to the gfns. */
static int add_double_backed(struct gmem_vm *vm, enum gmem_side side, const struct gmem_ranges *pages, uint64_t from,
		       uint64_t to, uint64_t to_gfn)
{
	struct gmem_extent x = { 0, from };
	int err = 0;

	while (!err && gmem_ranges_next(pages, x.end, &x) && x.start < to)
		err = add_by_attribute(&vm->double_backed[side], &vm->private,
				       (x.start > from ? x.start : from) + to_gfn,
				       (x.end < to ? x.end : to) + to_gfn, side == GMEM_SIDE_SHARED);
	return err;
}

static int del_ranges(struct gmem_ranges *from, const struct gmem_ranges *what)
{
	struct gmem_extent x = { 0, 0 };
	int err = 0;

	while (!err && from->nr_extents && gmem_ranges_next(what, x.end, &x))
		err = gmem_ranges_del(from, x.start, x.end);
	return err;
}

/* Drops pages of files that the page scan did not read (no holder is left): they are older than the map. */
static int check_files(struct gmem_vm *vm, uint64_t begin_ns)
{
	int err = 0;

	for (size_t i = 0; i < vm->nr_files && !err; i++) {
		struct gmem_file *f = &vm->files[i];

		f->pages_known = f->pages_new ||
				 (f->populated_read && !f->populated && f->populated_ns >= begin_ns);
		f->huge_pages = f->pages_new ? f->huge_read : 0;
		f->pages_new = false;
		if (!f->pages_known)
			err = gmem_ranges_del(&f->pages, 0, UINT64_MAX);
	}
	return err;
}

/* Sets for each side how many pages of the slots can be compared. */
static void check_slots(struct gmem_vm *vm)
{
	uint64_t all = 0, read[GMEM_SIDES] = { 0, 0 };

	for (size_t i = 0; i < vm->nr_slots; i++) {
		const struct gmem_slot *s = &vm->slots[i];
		const struct gmem_file *f = model_file(vm, s->ino);
		bool one_side = f && f->flags & GMEM_FILE_MAPPABLE;

		all += s->npages;
		if (one_side || (f && f->pages_known))
			read[GMEM_SIDE_PRIVATE] += s->npages;
		read[GMEM_SIDE_SHARED] += one_side ? s->npages :
			gmem_ranges_count(&vm->shared_read, s->gfn, s->gfn + s->npages);
	}
	for (int side = 0; side < GMEM_SIDES; side++)
		vm->double_backed_known[side] = model_known(read[side], all);
}

static int compare_slot(struct gmem_vm *vm, const struct gmem_slot *s)
{
	const struct gmem_file *f = model_file(vm, s->ino);
	int err = 0;

	if (f)
		err = add_double_backed(vm, GMEM_SIDE_PRIVATE, &f->pages, s->pgoff, s->pgoff + s->npages,
				  s->gfn - s->pgoff);
	return err ? err : add_double_backed(vm, GMEM_SIDE_SHARED, &vm->shared_pages, s->gfn, s->gfn + s->npages, 0);
}

/* Drops shared pages that this page scan did not read: they are older than the map. */
static int drop_unread_shared(struct gmem_vm *vm)
{
	struct gmem_ranges keep = { 0 };
	struct gmem_extent r = { 0, 0 };
	int err = 0;

	while (!err && gmem_ranges_next(&vm->shared_read, r.end, &r)) {
		struct gmem_extent x = { 0, r.start };

		while (!err && gmem_ranges_next(&vm->shared_pages, x.end, &x) && x.start < r.end)
			err = gmem_ranges_add(&keep, x.start > r.start ? x.start : r.start,
					      x.end < r.end ? x.end : r.end);
	}
	if (err) {
		gmem_ranges_free(&keep);
		return err;
	}
	gmem_ranges_free(&vm->shared_pages);
	vm->shared_pages = keep;
	return 0;
}

static int compare_vm(struct gmem_vm *vm, uint64_t begin_ns)
{
	int err = check_files(vm, begin_ns);

	if (!err)
		err = drop_unread_shared(vm);
	check_slots(vm);
	for (int side = 0; side < GMEM_SIDES; side++)
		gmem_ranges_free(&vm->double_backed[side]);
	for (size_t i = 0; i < vm->nr_slots && !err; i++)
		err = compare_slot(vm, &vm->slots[i]);
	for (int side = 0; side < GMEM_SIDES && !err; side++) {
		err = del_ranges(&vm->double_backed[side], &vm->converted.now);
		if (!err)
			err = del_ranges(&vm->double_backed[side], &vm->converted.before);
	}
	return err;
}

int model_backing(struct gmem_model *m, const struct gmem_rec *r)
{
	struct gmem_vm *vm, *tmp;
	int err = 0;

	if (is_of_past_scan(m, r->h.ts_ns))
		return 0;
	m->features |= GMEM_FEATURE_BACKING;
	m->backing_ns = r->h.ts_ns;
	m->backing_took_ns = r->dur_ns;
	m->backing_reads = false;
	m->backing_settles = true;
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (!err)
			err = compare_vm(vm, r->h.ts_ns - r->dur_ns);
	}
	return err;
}

int model_double_backed(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r)
{
	enum gmem_side side = r->ino == GMEM_SIDE_PRIVATE ? GMEM_SIDE_PRIVATE : GMEM_SIDE_SHARED;

	m->backing_settles = false;
	return model_replace(&vm->double_backed[side], r);
}

void model_free_backing(struct gmem_vm *vm)
{
	gmem_ranges_free(&vm->shared_pages);
	gmem_ranges_free(&vm->shared_read);
	gmem_ranges_free(&vm->converted.now);
	gmem_ranges_free(&vm->converted.before);
	for (int side = 0; side < GMEM_SIDES; side++)
		gmem_ranges_free(&vm->double_backed[side]);
}
