/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Walk of a kernel xarray (include/linux/xarray.h) while the kernel changes it. Nodes are freed by RCU,
 * which a program that cannot sleep holds. A step reads one entry or one node; a later change of what was
 * read is an event of its own.
 */
#ifndef GMEM_XARRAY_BPF_H
#define GMEM_XARRAY_BPF_H

#include "gmem_kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#define XA_MAX_SLOTS	64
#define XA_MAX_LEVELS	11	/* 64 bits, 6 a level */

struct xa_cursor {
	__u64 head;	/* xa_head */
	__u64 index;
	__s64 stop;	/* nodes of this shift or less are left to the caller; -1: enter all */
	/* Results, for index: */
	__u64 node;	/* node left to the caller; 0: entry is valid */
	__s64 shift;	/* node: its own; entry: it covers 1 << shift indices */
	__u64 entry;
	__u64 past;	/* 1: index is above all entries */
};

/* Returns the log2 of the slots of a node: 6, or 4 with CONFIG_BASE_SMALL. */
static __always_inline __u32 xa_chunk_shift(void)
{
	return bpf_core_field_size(((struct xa_node *)0)->slots) == 64 * sizeof(void *) ? 6 : 4;
}

static __always_inline bool xa_is_internal(__u64 entry)
{
	return (entry & 3) == 2;
}

static __always_inline bool xa_is_node(__u64 entry)
{
	return xa_is_internal(entry) && entry > 4096;
}

/* Returns true for a sibling: its value is the index of the slot with the entry that covers both. */
static __always_inline bool xa_is_sibling(__u64 entry)
{
	return xa_is_internal(entry) && entry < ((XA_MAX_SLOTS - 1) << 2 | 2);
}

static __always_inline struct xa_node *xa_to_node(__u64 entry)
{
	return (struct xa_node *)(entry - 2);
}

static __always_inline __u64 xa_slot(struct xa_node *node, __u32 i)
{
	__u64 entry = 0;

	bpf_probe_read_kernel(&entry, sizeof(entry), &node->slots[i & (XA_MAX_SLOTS - 1)]);
	return entry;
}

static __always_inline void xa_all_slots(struct xa_node *node, __u64 *slots)
{
	bpf_probe_read_kernel(slots, sizeof(void *) << xa_chunk_shift(), node->slots);
}

/* Goes one level down, from the root at level 0. Returns 1 at the end of the walk. */
static long xa_descend(__u32 level, struct xa_cursor *c)
{
	__u32 chunk = xa_chunk_shift(), i;
	struct xa_node *node;

	if (!xa_is_node(c->entry))
		return 1;
	node = xa_to_node(c->entry);
	c->shift = BPF_CORE_READ(node, shift);
	if (!level && c->index >> (c->shift & 63) >> chunk) {
		c->past = 1;
		c->entry = 0;
		return 1;
	}
	if (c->shift <= c->stop) {
		c->node = (__u64)node;
		return 1;
	}
	i = c->index >> (c->shift & 63) & ((1 << chunk) - 1);
	c->entry = xa_slot(node, i);
	if (xa_is_sibling(c->entry))
		c->entry = xa_slot(node, c->entry >> 2);
	return 0;
}

/*
 * Finds the entry or node at cursor->index. Returns 0. The loop is bpf_loop(), so that the verifier checks one
 * level and not all paths through them. The function is not static, so that the verifier checks it once
 * and not at each call.
 */
__noinline int xa_seek(struct xa_cursor *cursor)
{
	struct xa_cursor c;	/* on the stack, as bpf_loop() requires */

	if (!cursor)
		return 0;
	c = *cursor;
	c.node = 0;
	c.shift = 0;
	c.entry = c.head;
	c.past = !xa_is_node(c.head) && c.index > 0;
	if (c.past)
		c.entry = 0;
	else
		bpf_loop(XA_MAX_LEVELS, xa_descend, &c, 0);
	*cursor = c;
	return 0;
}

/* Returns the first index after those of the current entry. */
static __always_inline __u64 xa_next_index(const struct xa_cursor *c)
{
	__u64 span = 1ULL << (c->shift & 63);

	return (c->index & ~(span - 1)) + span;
}

#endif /* GMEM_XARRAY_BPF_H */
