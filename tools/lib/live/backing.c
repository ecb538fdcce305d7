// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/backing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/array.h"
#include "base/clocks.h"
#include "live/privileges.h"
#include "live/vmname.h"

/* Pages of one call of PAGEMAP_SCAN, which holds the VMM's mmap_lock. */
#define CHUNK_PAGES	(64ULL << 20 >> GMEM_PAGE_SHIFT)

/* Range of addresses whose pages are all in memory or swap. Layout: struct page_region, <linux/fs.h>. */
struct pagemap_region {
	uint64_t start;
	uint64_t end;
	uint64_t categories;
};

/* include/uapi/linux/fs.h since 6.7: newer than the headers of some distributions. */
struct scan_arg {
	uint64_t size;
	uint64_t flags;
	uint64_t start;
	uint64_t end;
	uint64_t walk_end;
	uint64_t vec;
	uint64_t vec_len;
	uint64_t max_pages;
	uint64_t category_inverted;
	uint64_t category_mask;
	uint64_t category_anyof_mask;
	uint64_t return_mask;
};

#define SCAN		_IOWR('f', 16, struct scan_arg)
#define IS_PRESENT	(1 << 3)
#define IS_SWAPPED	(1 << 4)
#define IS_ZERO_PAGE	(1 << 5)

struct file_job {
	uint64_t vm;
	uint64_t ino;
	bool mappable;
	bool empty;
};

struct slot_job {
	uint64_t vm;
	uint64_t gfn;
	uint64_t npages;
	uint64_t address;	/* or GMEM_NO_ADDRESS */
};

/* Jobs of one kind. The array is kept for the next round. */
struct jobs {
	void *array;
	size_t n, max, next;
};

enum step { WAITS, COLLECTS, READS_FILES, READS_SLOTS };

struct backing {
	uint64_t every_ns;
	uint64_t due_ns;
	uint64_t begin_ns;
	enum step step;
	struct jobs files;
	struct jobs slots;
	uint64_t done_pages;	/* pages of the current slot that are done */
	int pagemap;		/* pagemap of process pid; -1: cannot be opened */
	uint32_t pid;
	struct gmem_cost_rec cost;
	struct gmem_map_rec rec;
};

struct backing *backing_new(uint64_t every_ns)
{
	struct backing *b = calloc(1, sizeof(*b));

	if (b) {
		b->every_ns = every_ns;
		b->pagemap = -1;
	}
	return b;
}

static void close_pagemap(struct backing *b)
{
	if (b->pagemap >= 0)
		close(b->pagemap);
	b->pagemap = -1;
	b->pid = 0;
}

void backing_free(struct backing *b)
{
	if (!b)
		return;
	close_pagemap(b);
	free(b->files.array);
	free(b->slots.array);
	free(b);
}

/* Returns the job of a file, which the scan may report more than once. */
static const struct file_job *find_file(const struct backing *b, uint64_t vm, uint64_t ino)
{
	const struct file_job *files = b->files.array;

	for (size_t i = 0; i < b->files.n; i++) {
		if (files[i].vm == vm && files[i].ino == ino)
			return &files[i];
	}
	return NULL;
}

static bool has_slot(const struct backing *b, uint64_t vm, uint64_t gfn)
{
	const struct slot_job *slots = b->slots.array;

	for (size_t i = b->slots.n; i-- > 0; ) {
		if (slots[i].vm == vm && slots[i].gfn == gfn)
			return true;
	}
	return false;
}

static int add_file(struct backing *b, const struct gmem_rec *r)
{
	struct file_job *files;

	if (find_file(b, r->h.vm, r->ino))
		return 0;
	if (!gmem_reserve(&b->files.array, &b->files.max, b->files.n + 1, sizeof(*files)))
		return -ENOMEM;
	files = b->files.array;
	files[b->files.n++] = (struct file_job){ r->h.vm, r->ino, r->flags & GMEM_FILE_MAPPABLE, !r->nr_pages };
	return 0;
}

static int add_slot(struct backing *b, const struct gmem_rec *r)
{
	const struct file_job *f = find_file(b, r->h.vm, r->ino);
	struct slot_job *slots;

	if ((f && f->mappable) || has_slot(b, r->h.vm, r->start))
		return 0;
	if (!gmem_reserve(&b->slots.array, &b->slots.max, b->slots.n + 1, sizeof(*slots)))
		return -ENOMEM;
	slots = b->slots.array;
	slots[b->slots.n++] = (struct slot_job){ r->h.vm, r->start, r->end - r->start, r->user_addr };
	return 0;
}

int backing_record(struct backing *b, const struct gmem_hdr *rec)
{
	if (b->step != COLLECTS)
		return 0;
	if (rec->kind == GMEM_SCAN_FILE)
		return add_file(b, (const struct gmem_rec *)rec);
	if (rec->kind == GMEM_SCAN_SLOT)
		return add_slot(b, (const struct gmem_rec *)rec);
	return 0;
}

static int begin_round(struct backing *b, struct inventory *inv)
{
	b->begin_ns = gmem_now_ns();
	b->step = COLLECTS;
	b->files.n = b->slots.n = b->files.next = b->slots.next = 0;
	b->done_pages = 0;
	return inventory_find(inv);
}

/* Schedules the scan of the next file. Skips empty files, and mappable ones, whose pages serve both sides. */
static int read_next_file(struct backing *b, struct inventory *inv)
{
	const struct file_job *files = b->files.array;

	while (b->files.next < b->files.n) {
		const struct file_job *f = &files[b->files.next++];

		if (f->mappable || f->empty)
			continue;
		return inventory_read_pages(inv, f->vm, f->ino);
	}
	b->step = READS_SLOTS;
	return 0;
}

/* Opens the pagemap of the VMM, unless its PID belongs to another process by now. */
static void open_pagemap(struct backing *b, uint32_t pid, uint64_t start_ns)
{
	struct gmem_vm_process process;
	struct gmem_privileges held;
	char path[40];

	if (pid == b->pid)
		return;
	close_pagemap(b);
	b->pid = pid;
	if (!gmem_vm_process_find(pid, start_ns, &process) || gmem_privileges_get(&held))
		return;
	snprintf(path, sizeof(path), "/proc/%u/pagemap", pid);
	gmem_privileges_raise(held.permitted & GMEM_CAPS_PROCESSES);
	b->pagemap = open(path, O_RDONLY | O_CLOEXEC);
	if (!(held.effective & GMEM_CAPS_PROCESSES))
		gmem_privileges_lower(GMEM_CAPS_PROCESSES);
}

/*
 * Finds populated regions in [*start, end), in order. The shared zero page does not count as populated. Sets
 * *start to the address to resume from; all is done when that is @end. Returns their number, negative on errors.
 */
static int scan_pagemap(struct backing *b, uint64_t *start, uint64_t end,
			struct pagemap_region regions[GMEM_MAP_EXTENTS])
{
	struct scan_arg arg = {
		.size = sizeof(arg),
		.start = *start,
		.end = end,
		.vec = (uint64_t)(uintptr_t)regions,
		.vec_len = GMEM_MAP_EXTENTS,
		.category_inverted = IS_ZERO_PAGE,
		.category_mask = IS_ZERO_PAGE,
		.category_anyof_mask = IS_PRESENT | IS_SWAPPED,
		.return_mask = IS_PRESENT | IS_SWAPPED,
	};
	uint64_t ns = gmem_now_ns();
	int n = ioctl(b->pagemap, SCAN, &arg);

	ns = gmem_now_ns() - ns;
	b->cost.pagemap_calls++;
	b->cost.pagemap_ns += ns;
	if (ns > b->cost.pagemap_max_ns)
		b->cost.pagemap_max_ns = ns;
	if (n >= 0)
		*start = arg.walk_end;
	return n;
}

/* Fills the record with the regions, converted from addresses to gfns. */
static void fill_gfns(struct gmem_map_rec *r, const struct slot_job *s, const struct pagemap_region *regions,
		      size_t n)
{
	r->h = (struct gmem_hdr){
		.ts_ns = gmem_now_ns(), .vm = s->vm, .kind = GMEM_SHARED_PAGES, .size = sizeof(*r),
	};
	r->nr = n;
	for (size_t i = 0; i < n; i++) {
		r->extents[i].start = s->gfn + ((regions[i].start - s->address) >> GMEM_PAGE_SHIFT);
		r->extents[i].end = s->gfn + ((regions[i].end - s->address) >> GMEM_PAGE_SHIFT);
	}
}

static void next_slot(struct backing *b)
{
	b->slots.next++;
	b->done_pages = 0;
}

static int read_slot(struct backing *b, const struct slot_job *s, gmem_record_fn fn, void *ctx)
{
	struct pagemap_region regions[GMEM_MAP_EXTENTS];
	uint64_t left = s->npages - b->done_pages;
	uint64_t address = s->address + (b->done_pages << GMEM_PAGE_SHIFT);
	uint64_t end = address + ((left < CHUNK_PAGES ? left : CHUNK_PAGES) << GMEM_PAGE_SHIFT);
	int n = scan_pagemap(b, &address, end, regions);

	if (n < 0) {	/* the process has ended, or unmapped its memory */
		next_slot(b);
		return 0;
	}
	b->rec.start = s->gfn + b->done_pages;
	b->done_pages = (address - s->address) >> GMEM_PAGE_SHIFT;
	b->rec.end = s->gfn + b->done_pages;
	fill_gfns(&b->rec, s, regions, n);
	if (b->done_pages >= s->npages)
		next_slot(b);
	return fn(ctx, &b->rec.h);
}

/* Emits that nothing of the slot is populated on the shared side: there is none. */
static int read_no_address(struct backing *b, const struct slot_job *s, gmem_record_fn fn, void *ctx)
{
	b->rec.start = s->gfn;
	b->rec.end = s->gfn + s->npages;
	fill_gfns(&b->rec, s, NULL, 0);
	next_slot(b);
	return fn(ctx, &b->rec.h);
}

static int end_round(struct backing *b, gmem_record_fn fn, void *ctx)
{
	uint64_t now = gmem_now_ns();
	struct gmem_rec r = {
		.h = { .ts_ns = now, .kind = GMEM_BACKING, .size = sizeof(r) },
		.dur_ns = now - b->begin_ns,
	};

	close_pagemap(b);
	b->step = WAITS;
	b->due_ns = now + b->every_ns;
	return fn(ctx, &r.h);
}

static int read_next_slot(struct backing *b, struct inventory *inv, gmem_record_fn fn, void *ctx)
{
	const struct slot_job *s = b->slots.array;
	uint64_t start_ns;
	uint32_t pid;

	if (b->slots.next == b->slots.n)
		return end_round(b, fn, ctx);
	s += b->slots.next;
	if (s->address == GMEM_NO_ADDRESS)
		return read_no_address(b, s, fn, ctx);
	pid = inventory_vmm(inv, s->vm, &start_ns);
	open_pagemap(b, pid, start_ns);
	if (b->pagemap >= 0)
		return read_slot(b, s, fn, ctx);
	next_slot(b);
	return 0;
}

int backing_step(struct backing *b, struct inventory *inv, gmem_record_fn fn, void *ctx)
{
	int err = 0;

	switch (b->step) {
	case WAITS:
		if (gmem_now_ns() < b->due_ns)
			return 0;
		err = begin_round(b, inv);
		break;
	case COLLECTS:	/* the inventory is idle: all files and bindings were collected */
		b->step = READS_FILES;
		break;
	case READS_FILES:
		err = read_next_file(b, inv);
		break;
	case READS_SLOTS:
		err = read_next_slot(b, inv, fn, ctx);
		break;
	}
	return err ? err : 1;
}

bool backing_known(const struct backing *b)
{
	return b->due_ns;
}

void backing_cost(const struct backing *b, struct gmem_cost_rec *r)
{
	r->pagemap_calls = b->cost.pagemap_calls;
	r->pagemap_ns = b->cost.pagemap_ns;
	r->pagemap_max_ns = b->cost.pagemap_max_ns;
}
