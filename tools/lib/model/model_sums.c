// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Derived figures of a VM: sums over its files, slots and ranges. */
#include "model/model_parts.h"

uint64_t gmem_vm_slot_bytes(const struct gmem_vm *vm)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < vm->nr_slots; i++)
		pages += vm->slots[i].npages;
	return pages << GMEM_PAGE_SHIFT;
}

/* Returns true for what a refresh should have read again since. */
static bool is_old(const struct gmem_model *m, uint64_t read_ns)
{
	return m->now_ns > read_ns + GMEM_FILE_FRESH_NS && read_ns < m->sync_before_ns;
}

struct gmem_sum gmem_file_populated(const struct gmem_model *m, const struct gmem_file *f)
{
	struct gmem_sum s = { .known = GMEM_KNOWN_NONE };
	uint64_t age = m->now_ns > f->populated_ns ? m->now_ns - f->populated_ns : 0;

	if (!f->populated_read && (!f->populated_ns || age > GMEM_FILE_NEW_NS))
		return s;
	s.known = GMEM_KNOWN_ALL;
	s.bytes = f->populated << GMEM_PAGE_SHIFT;
	s.stale = f->populated_read && is_old(m, f->populated_ns);
	return s;
}

static struct gmem_sum sum_files(const struct gmem_model *m, const struct gmem_vm *vm, bool only_unused)
{
	struct gmem_sum sum = { .known = GMEM_KNOWN_NONE };
	size_t n = 0, known = 0;

	if (!vm->map_known)
		return sum;
	for (size_t i = 0; i < vm->nr_files; i++) {
		struct gmem_sum s;

		if (only_unused && !gmem_file_unused(vm, &vm->files[i]))
			continue;
		s = gmem_file_populated(m, &vm->files[i]);
		sum.bytes += s.bytes;
		sum.stale |= s.stale;
		known += s.known == GMEM_KNOWN_ALL;
		n++;
	}
	sum.known = model_known(known, n);
	return sum;
}

struct gmem_sum gmem_vm_populated(const struct gmem_model *m, const struct gmem_vm *vm)
{
	return sum_files(m, vm, false);
}

struct gmem_sum gmem_vm_populated_huge(const struct gmem_vm *vm)
{
	struct gmem_sum sum = { 0 };
	size_t known = 0;

	for (size_t i = 0; i < vm->nr_files; i++) {
		known += vm->files[i].pages_known;
		sum.bytes += vm->files[i].huge_pages << GMEM_PAGE_SHIFT;
	}
	sum.known = model_known(known, vm->nr_files);
	return sum;
}

struct gmem_sum gmem_vm_mapped(const struct gmem_model *m, const struct gmem_vm *vm, bool huge)
{
	struct gmem_sum sum = { .known = vm->mapped_ns ? GMEM_KNOWN_ALL : GMEM_KNOWN_NONE };

	for (int i = huge; i < GMEM_PAGE_SIZES; i++)
		sum.bytes += vm->mapped[i] << (GMEM_PAGE_SHIFT + 9 * i);
	sum.stale = is_old(m, vm->mapped_ns);
	return sum;
}

size_t gmem_file_bindings(const struct gmem_vm *vm, const struct gmem_file *f)
{
	size_t n = 0;

	for (size_t i = 0; i < vm->nr_slots; i++)
		n += vm->slots[i].ino == f->ino;
	return n;
}

bool gmem_file_unused(const struct gmem_vm *vm, const struct gmem_file *f)
{
	return !f->mapped && (vm->orphan || !gmem_file_bindings(vm, f));
}

struct gmem_sum gmem_vm_unused(const struct gmem_model *m, const struct gmem_vm *vm)
{
	return sum_files(m, vm, true);
}

/* Returns the bytes of the set that slots cover. */
static uint64_t bytes_in_slots(const struct gmem_vm *vm, const struct gmem_ranges *set)
{
	uint64_t pages = 0;

	for (size_t i = 0; i < vm->nr_slots; i++)
		pages += gmem_ranges_count(set, vm->slots[i].gfn, vm->slots[i].gfn + vm->slots[i].npages);
	return pages << GMEM_PAGE_SHIFT;
}

uint64_t gmem_vm_private_bytes(const struct gmem_vm *vm)
{
	return bytes_in_slots(vm, &vm->private);
}

/* Counts within the slot only, so that sums over slots equal the sum of the VM. */
struct gmem_double_backed gmem_slot_double_backed(const struct gmem_vm *vm, const struct gmem_slot *s,
				      uint64_t start, uint64_t end)
{
	uint64_t slot_end = s->gfn + s->npages;

	start = start > s->gfn ? start : s->gfn;
	end = end < slot_end ? end : slot_end;
	return (struct gmem_double_backed){
		gmem_ranges_count(&vm->double_backed[GMEM_SIDE_PRIVATE], start, end) << GMEM_PAGE_SHIFT,
		gmem_ranges_count(&vm->double_backed[GMEM_SIDE_SHARED], start, end) << GMEM_PAGE_SHIFT,
	};
}

struct gmem_double_backed gmem_vm_double_backed(const struct gmem_vm *vm)
{
	struct gmem_double_backed sum = { 0, 0 };

	for (size_t i = 0; i < vm->nr_slots; i++) {
		const struct gmem_slot *s = &vm->slots[i];
		struct gmem_double_backed d = gmem_slot_double_backed(vm, s, s->gfn, s->gfn + s->npages);

		sum.private_bytes += d.private_bytes;
		sum.shared_bytes += d.shared_bytes;
	}
	return sum;
}

uint64_t gmem_vm_shared_populated_bytes(const struct gmem_vm *vm)
{
	return bytes_in_slots(vm, &vm->shared_pages);
}

/* Returns true if the block has private and shared pages; slots may cover it in part, or several together. */
static bool is_mixed(const struct gmem_vm *vm, uint64_t block)
{
	uint64_t from = block * BLOCK_PAGES, to = from + BLOCK_PAGES, pages = 0, private = 0;

	for (size_t i = 0; i < vm->nr_slots && vm->slots[i].gfn < to; i++) {
		uint64_t start = vm->slots[i].gfn, end = start + vm->slots[i].npages;

		start = start > from ? start : from;
		end = end < to ? end : to;
		if (start >= end)
			continue;
		pages += end - start;
		private += gmem_ranges_count(&vm->private, start, end);
	}
	return private && private < pages;
}

/* Counts the mixed blocks of [first, last), all covered by one slot: an edge of an extent lies inside. */
static uint64_t mixed_within(const struct gmem_vm *vm, uint64_t first, uint64_t last)
{
	uint64_t mixed = 0, done = first;	/* blocks below done are counted, or not mixed */
	struct gmem_extent x = { 0, first * BLOCK_PAGES };

	if (first >= last)
		return 0;
	while (gmem_ranges_next(&vm->private, x.end, &x) && x.start / BLOCK_PAGES < last) {
		uint64_t edges[2] = { x.start, x.end };

		for (int i = 0; i < 2; i++) {
			uint64_t block = edges[i] / BLOCK_PAGES;

			if (edges[i] % BLOCK_PAGES == 0 || block < done || block >= last)
				continue;
			mixed++;
			done = block + 1;
		}
	}
	return mixed;
}

/* Counts blocks. Slots are sorted by gfn; a block that two of them share counts once. */
struct gmem_blocks gmem_vm_blocks(const struct gmem_vm *vm)
{
	struct gmem_blocks b = { 0, 0 };
	uint64_t done = 0;	/* blocks below are counted */

	for (size_t i = 0; i < vm->nr_slots; i++) {
		const struct gmem_slot *s = &vm->slots[i];
		uint64_t first = s->gfn / BLOCK_PAGES;
		uint64_t last = (s->gfn + s->npages - 1) / BLOCK_PAGES;

		if (first < done)
			first = done;
		if (first > last)
			continue;
		b.total += last + 1 - first;
		b.mixed += is_mixed(vm, first) + mixed_within(vm, first + 1, last);
		if (last > first)
			b.mixed += is_mixed(vm, last);
		done = last + 1;
	}
	return b;
}

bool gmem_vm_has_rates(const struct gmem_vm *vm)
{
	return vm->before_ns && vm->counters_ns > vm->before_ns;
}

static double rate(const struct gmem_vm *vm, uint64_t now, uint64_t before)
{
	if (!gmem_vm_has_rates(vm) || now < before)
		return 0;
	return (double)(now - before) * 1e9 / (double)(vm->counters_ns - vm->before_ns);
}

double gmem_vm_conversions_per_s(const struct gmem_vm *vm)
{
	double f = 0;

	for (int d = 0; d < GMEM_DIRECTIONS; d++)
		f += rate(vm, vm->now.conversion[d].count, vm->before.conversion[d].count);
	return f;
}

double gmem_vm_converted_bytes_per_s(const struct gmem_vm *vm)
{
	double f = 0;

	for (int d = 0; d < GMEM_DIRECTIONS; d++)
		f += rate(vm, vm->now.conversion[d].bytes, vm->before.conversion[d].bytes);
	return f;
}
