/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Blocks of 2 MiB that changed too often to be told change by change: what is in them now. */
#ifndef GMEM_SCAN_BLOCKS_BPF_H
#define GMEM_SCAN_BLOCKS_BPF_H

#include "gmem_scan.bpf.h"
#include "gmem_xarray.bpf.h"

/* Where blocks of a VM that were marked as changed are read. */
struct block_walk {
	struct gmem_vm_state *v;
	__u64 vm;
	__u64 head;
	__u64 begin_ns;
};

/* Which pages from index on, to the end of their leaf, are private. */
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

/* A mark is taken away before the block is read: what changes then is marked again. */
static long tell_block(__u32 i, struct block_walk *b)
{
	__u32 *mark = &b->v->blocks[i & (CHANGED_BLOCKS - 1)];
	struct gmem_raw_block *r;
	__u32 block;

	if (!*(volatile __u32 *)mark)
		return 0;
	r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);
	if (!r)
		scan.no_room++;
	if (!r || scan_time_is_over(b->begin_ns)) {
		b->v->changed = 1;
		scan.left++;
		if (r)
			bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		return 1;
	}
	fill_hdr(&r->h, b->vm, GMEM_RAW_BLOCK, sizeof(*r), bpf_ktime_get_ns());
	block = __sync_lock_test_and_set(mark, 0) - 1;
	r->start = (__u64)block << BLOCK_SHIFT;
	for (__u32 n = 0; n < BLOCK_PAGES / 64; n++)
		r->private[n] = leaf_bits(b->head, r->start + n * 64);
	submit(r);
	return 0;
}

SEC("iter/task_file")
int scan_changed(struct bpf_iter__task_file *ctx)
{
	struct block_walk b = { .begin_ns = bpf_ktime_get_ns() };
	struct file *file = ctx->file;
	struct kvm *kvm;

	if (!file)
		return 0;
	kvm = file_kvm(file, file_kind(file));
	if (!kvm)
		return 0;
	b.vm = vm_if_known_probed(kvm);
	b.v = bpf_map_lookup_elem(&vms, &b.vm);
	if (!b.v)
		return 0;
	scan.found++;
	if (!__sync_lock_test_and_set(&b.v->changed, 0))
		return 0;
	b.head = attributes_head((__u64)kvm);
	bpf_loop(CHANGED_BLOCKS, tell_block, &b, 0);
	scan_run_ends(b.begin_ns);
	return 0;
}

#endif /* GMEM_SCAN_BLOCKS_BPF_H */
