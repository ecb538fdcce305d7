/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Scan of changed blocks: 2 MiB blocks that changed too often for a record of each change. */
#ifndef GMEM_SCAN_BLOCKS_BPF_H
#define GMEM_SCAN_BLOCKS_BPF_H

#include "gmem_scan_map.bpf.h"

/* State of a scan of the marked blocks of a VM. */
struct block_walk {
	struct gmem_vm_state *v;
	struct kvm *kvm;
	__u64 vm;
	__u64 begin_ns;
	__u64 left;	/* 1: some blocks are still marked */
};

__u64 changed_vm;	/* VM to scan, set by user space before a run */

/* Returns a bit for each page of the word of @index, as if all of it were in the entry. */
static __always_inline __u64 entry_bits(__u64 entry, __u64 index)
{
	__u64 bits = 0;

	if (!entry_is_block(entry))
		return entry_is_private(entry) ? ~0ULL : 0;
	block_read(entry, word_of(index), &bits, 1);
	return bits;
}

/*
 * Reads the pages of the next entry, up to the end of their word, into a slot of the walk. Returns 1 at the end of
 * the block.
 */
static long read_range(__u32 i, void *unused)
{
	struct map_walk *w = the_walk();
	struct maple_cursor at = {};
	__u64 end, bits;

	if (!w)
		return 1;
	at.tree = w->head;
	at.index = w->pos;
	maple_seek(&at);
	if (!at.found)
		return 1;
	end = w->pos | (ATTR_WORD_PAGES - 1);
	if (at.last < end)
		end = at.last;
	bits = entry_bits(at.entry, w->pos) & ~0ULL << w->pos % ATTR_WORD_PAGES;
	bits &= ~0ULL >> (ATTR_WORD_PAGES - 1 - end % ATTR_WORD_PAGES);
	w->slots[word_of(w->pos)] |= bits;
	w->pos = end + 1;
	return !(w->pos % BLOCK_PAGES);
}

/* Returns a bit for each page from @index to the end of its leaf of an xarray. */
static __always_inline __u64 leaf_bits(__u64 head, __u64 index)
{
	struct xa_cursor at = { .head = head, .index = index };
	struct map_walk *w = the_walk();
	__u64 bits = 0;

	xa_seek(&at);
	if (!at.node || !w)
		return entry_is_private(at.entry) ? ~0ULL : 0;
	xa_all_slots((void *)at.node, w->slots);
	for (__u32 i = 0; i < XA_MAX_SLOTS; i++)
		bits |= (w->slots[i] & ENTRY_PRIVATE) / ENTRY_PRIVATE << i;
	return bits;
}

/* Stops the scan, and leaves the other blocks to the next run. */
static __always_inline long leave_block(struct block_walk *b)
{
	*(volatile __u32 *)&b->v->changed = 1;
	b->left = 1;
	return 1;
}

/* Returns false if the tree changed too fast. */
static __always_inline bool read_block_from_maple(const struct block_walk *b, struct gmem_raw_block *r)
{
	struct map_walk *w = the_walk();

	if (!w)
		return false;
	w->head = attributes_tree((__u64)b->kvm);
	w->pos = r->start;
	for (__u32 n = 0; n < BLOCK_PAGES / 64; n++)
		w->slots[n] = 0;
	bpf_loop(BLOCK_PAGES, read_range, NULL, 0);
	for (__u32 n = 0; n < BLOCK_PAGES / 64; n++)
		r->private[n] = w->slots[n];
	return w->pos == r->start + BLOCK_PAGES;
}

/* Returns false if the tree got another root meanwhile: some of it may be from the old one. */
static __always_inline bool read_block_from_xarray(const struct block_walk *b, struct gmem_raw_block *r)
{
	__u64 head = attributes_head((__u64)b->kvm);

	for (__u32 n = 0; n < BLOCK_PAGES / 64; n++)
		r->private[n] = leaf_bits(head, r->start + n * 64);
	return head == attributes_head((__u64)b->kvm);
}

/* Reads the block. Returns false if it must be read again. */
static __always_inline bool read_block(const struct block_walk *b, struct gmem_raw_block *r)
{
	return attributes_are_ranges() ? read_block_from_maple(b, r) : read_block_from_xarray(b, r);
}

/* Emits one marked block. The mark is cleared before the block is read: later changes set it again. */
static long emit_block(__u32 i, struct block_walk *b)
{
	__u32 *mark = &b->v->blocks[i & (CHANGED_BLOCKS - 1)], block;
	struct gmem_raw_block *r;

	if (!*(volatile __u32 *)mark)
		return 0;
	r = scan_reserve(sizeof(*r));
	if (!r)
		return leave_block(b);
	fill_hdr(&r->h, b->vm, GMEM_RAW_BLOCK, sizeof(*r), bpf_ktime_get_ns());
	block = __sync_lock_test_and_set(mark, 0);
	r->start = (__u64)(block - 1) << BLOCK_SHIFT;
	if (!read_block(b, r)) {
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		/* Another block has taken the place, so this one cannot be marked again: full scan. */
		if (__sync_val_compare_and_swap(mark, 0, block) && *(volatile __u32 *)mark != block)
			atomic_add(&b->v->c.lost_state, 1);
		return leave_block(b);
	}
	submit(r);
	return scan_time_is_over(b->begin_ns) ? leave_block(b) : 0;
}

/* Scans the marked blocks of changed_vm. Returns enum gmem_scan_result. */
SEC("raw_tp")
int scan_changed(void *ctx)
{
	struct block_walk b = { .begin_ns = bpf_ktime_get_ns(), .vm = changed_vm };

	b.v = find_state(b.vm);
	b.kvm = living_kvm(b.v);
	if (!b.v || !b.kvm)
		return GMEM_RUN_GONE;
	if (!__sync_lock_test_and_set(&b.v->changed, 0))
		return GMEM_RUN_DONE;
	bpf_loop(CHANGED_BLOCKS, emit_block, &b, 0);
	scan_run_ends(b.begin_ns);
	return b.left ? GMEM_RUN_MORE : GMEM_RUN_DONE;
}

#endif /* GMEM_SCAN_BLOCKS_BPF_H */
