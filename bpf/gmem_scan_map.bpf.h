/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Scan of attributes and of populated pages: emits what a walk finds. */
#ifndef GMEM_SCAN_MAP_BPF_H
#define GMEM_SCAN_MAP_BPF_H

#include "gmem_scan.bpf.h"
#include "gmem_scan_slots.bpf.h"
#include "gmem_scan_walk.bpf.h"

/* Returns what a walk starts from: the root of the attributes' xarray or of the file's page cache, or a maple tree. */
static __always_inline __u64 walk_head(struct kvm *kvm, struct file *file, bool pages)
{
	if (pages)
		return (__u64)BPF_CORE_READ(file, f_inode, i_mapping, i_pages.xa_head);
	return attributes_are_ranges() ? attributes_tree((__u64)kvm) : attributes_head((__u64)kvm);
}

/*
 * Returns true if the xarray kept its root during the walk, and its VM, or file, still exists. A step in a maple
 * tree starts from its root of that time, so it may get others.
 */
static __always_inline bool walk_is_true(const struct gmem_vm_state *v, struct kvm *kvm,
					 struct file *file, const struct map_walk *w)
{
	return living_kvm(v) && walk_head(kvm, file, w->pages) == w->head &&
	       (!w->pages || file_is_held(file));
}

/* Returns true if the walk got somewhere: a maple tree may change too fast. The next run tries again. */
static __always_inline bool walk_moved(const struct map_walk *w, __u64 from)
{
	return w->past || w->pos != from;
}

/* Emits one record of a map. Reserves room first: see gmem_scan.bpf.h. Returns false to end the run. */
static __always_inline bool scan_chunk(const struct gmem_vm_state *v, struct kvm *kvm,
				       struct file *file, struct map_walk *w)
{
	bool pages = scan.phase == GMEM_SCAN_CACHE;
	struct gmem_map_rec *r = scan_reserve(sizeof(*r));

	if (!r)
		return false;
	fill_hdr(&r->h, scan.vm, pages ? GMEM_PAGES : GMEM_SCAN_MAP, sizeof(*r), bpf_ktime_get_ns());
	w->pages = pages;
	w->head = walk_head(kvm, file, pages);
	r->ino = pages ? scan.ino : 0;
	r->start = scan.next;
	walk_from(w, scan.next);
	r->end = w->past ? GMEM_UNKNOWN : w->pos;
	r->nr = w->nr;
	r->huge_pages = w->huge_pages;
	bpf_probe_read_kernel(r->extents, sizeof(r->extents), w->extents);
	if (!walk_moved(w, r->start) || !walk_is_true(v, kvm, file, w)) {
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		return false;
	}
	scan.next = w->pos;
	if (w->past)
		scan.phase = pages ? GMEM_SCAN_DONE : GMEM_SCAN_ENDS;
	submit(r);
	return true;
}

static __always_inline void scan_mark(const struct gmem_vm_state *v, __u16 kind, __u64 next_phase)
{
	struct gmem_rec r = { .lost_state = v->c.lost_state, .with_files = scan.with_files };

	if (scan_emit(scan.vm, kind, &r))
		scan.phase = next_phase;
}

static __always_inline bool scan_is_walking(void)
{
	return scan.phase == GMEM_SCAN_MAPS || scan.phase == GMEM_SCAN_CACHE;
}

/* Search for the file whose inode is scan.ino. */
struct file_search {
	struct slot_walk w;
	struct file *file;
};

static long search_memslot(__u32 i, struct file_search *s)
{
	struct file *file;

	if (slots_next(&s->w, &file))
		return 1;
	if (!file || file_ino(file) != scan.ino)
		return 0;
	s->file = file;
	return 1;
}

static long search_address_space(__u32 as, struct file_search *s)
{
	slots_begin(&s->w, as);
	bpf_loop(MAX_SLOT_STEPS, search_memslot, s, 0);
	return s->file != NULL;
}

#define CHUNKS_A_RUN	8

/* Runs all phases except those of files and memslots. Returns enum gmem_scan_result. */
SEC("raw_tp")
int scan_map(void *ctx)
{
	__u64 begin_ns = bpf_ktime_get_ns(), vm = scan.vm;
	struct gmem_vm_state *v = find_state(vm);
	struct file_search s = { .w.kvm = living_kvm(v) };
	struct map_walk *w = the_walk();

	if (!v || !w || !s.w.kvm)
		return GMEM_RUN_GONE;
	if (scan.phase == GMEM_SCAN_BEGINS)
		scan_mark(v, GMEM_SCAN_BEGIN, scan.with_files ? GMEM_SCAN_FILES : GMEM_SCAN_SLOTS);
	if (scan.phase == GMEM_SCAN_CACHE) {
		bpf_loop(nr_address_spaces(), search_address_space, &s, 0);
		if (!s.file)	/* no longer bound: its pages are not needed */
			return GMEM_RUN_DONE;
	}
	w->begin_ns = begin_ns;
	for (int i = 0; i < CHUNKS_A_RUN && scan_is_walking(); i++) {
		if (!scan_chunk(v, s.w.kvm, s.file, w) || scan_time_is_over(begin_ns))
			break;
	}
	if (scan.phase == GMEM_SCAN_ENDS)
		scan_mark(v, GMEM_SCAN_END, GMEM_SCAN_DONE);
	scan_run_ends(begin_ns);
	return scan.phase == GMEM_SCAN_DONE ? GMEM_RUN_DONE : GMEM_RUN_MORE;
}

#endif /* GMEM_SCAN_MAP_BPF_H */
