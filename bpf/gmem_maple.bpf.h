/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Walk of a kernel maple tree (lib/maple_tree.c) in RCU mode while the kernel changes it. A step reads the range
 * of an entry, from the root: a store replaces nodes by copies, so steps share no node.
 * Nodes are freed by RCU, which a program that cannot sleep holds. A replaced node points to itself as
 * its parent, and its content may be overwritten from then on: a node counts as read only if it was not
 * replaced after that. A later change of what was read is an event of its own.
 *
 * A few stores change a leaf in place, word by word. A reader then may take one of the two entries for the other,
 * but only where the store writes.
 */
#ifndef GMEM_MAPLE_BPF_H
#define GMEM_MAPLE_BPF_H

#include "gmem_kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

/* Pointers to nodes, which are aligned: the type is in bits 3 to 6, and bit 1 is set in the root. */
#define MAPLE_NODE_MASK		255ULL
#define MAPLE_TYPE_SHIFT	3
#define MAPLE_TYPE_MASK		15
#define MAPLE_ROOT_NODE		2ULL
#define MAPLE_RESERVED		4096	/* internal entries below are not nodes */

enum {	/* types of nodes; newer kernels have others, which are never in a tree */
	MAPLE_DENSE,
	MAPLE_LEAF_64,
	MAPLE_RANGE_64,
	MAPLE_ARANGE_64,
};

#define MAPLE_PIVOTS	15	/* of a range_64; an arange_64 has fewer */
#define MAPLE_LAST	(~0ULL)	/* last index of a tree */

/* Nodes read until a seek is given up: several descents, each through at most 31 nodes. */
#define MAPLE_MAX_NODES	128

struct maple_cursor {
	__u64 tree;	/* struct maple_tree */
	__u64 index;
	__u64 node;	/* next node with its type; 0: the root is next */
	__u64 fence;
	/* Results, for index: the entry, which may be 0, and its range */
	__u64 found;	/* 0: the tree changed too fast */
	__u64 entry;
	__u64 first;
	__u64 last;
};

static __always_inline __u32 maple_type(__u64 node)
{
	return node >> MAPLE_TYPE_SHIFT & MAPLE_TYPE_MASK;
}

static __always_inline void *maple_to_node(__u64 node)
{
	return (void *)(node & ~MAPLE_NODE_MASK);
}

static __always_inline bool maple_is_leaf(__u64 node)
{
	return maple_type(node) < MAPLE_RANGE_64;
}

static __always_inline __u64 maple_root(__u64 tree)
{
	return (__u64)BPF_CORE_READ((struct maple_tree *)tree, ma_root);
}

static __always_inline bool maple_root_is_node(__u64 root)
{
	return (root & 3) == MAPLE_ROOT_NODE && root > MAPLE_RESERVED;
}

/* Orders the reads of a node before that of its parent, for the CPU and for the compiler: xchg has full order. */
static __always_inline void maple_fence(struct maple_cursor *c)
{
	__sync_lock_test_and_set(&c->fence, 0);
}

/* Returns true if the node was replaced: what was read before, and ordered by the fence, may be anything. */
static __always_inline bool maple_is_dead(struct maple_cursor *c)
{
	struct maple_node *node = maple_to_node(c->node);

	maple_fence(c);
	return ((__u64)BPF_CORE_READ(node, parent) & ~MAPLE_NODE_MASK) == (__u64)node;
}

static __always_inline __u32 maple_nr_pivots(__u32 type)
{
	if (type == MAPLE_ARANGE_64)
		return bpf_core_field_size(((struct maple_arange_64 *)0)->pivot) / sizeof(__u64);
	return bpf_core_field_size(((struct maple_range_64 *)0)->pivot) / sizeof(__u64);
}

static __always_inline void maple_read_pivots(__u64 node, __u64 *pivots)
{
	struct maple_arange_64 *arange = maple_to_node(node);
	struct maple_range_64 *range = maple_to_node(node);

	/* All that an arange_64 does not have are slots; nothing looks at them. */
	bpf_probe_read_kernel(pivots, MAPLE_PIVOTS * sizeof(*pivots),
			      maple_type(node) == MAPLE_ARANGE_64 ? arange->pivot : range->pivot);
}

/* Returns the number of pivots before that of the last slot in use; of a full node, which has no metadata, all. */
static __always_inline __u32 maple_data_end(__u64 node, const __u64 *pivots)
{
	struct maple_arange_64 *arange = maple_to_node(node);
	struct maple_range_64 *range = maple_to_node(node);

	if (maple_type(node) == MAPLE_ARANGE_64)
		return BPF_CORE_READ(arange, meta.end);
	return pivots[MAPLE_PIVOTS - 1] ? MAPLE_PIVOTS : BPF_CORE_READ(range, meta.end);
}

static __always_inline __u64 maple_slot(__u64 node, __u32 i)
{
	struct maple_arange_64 *arange = maple_to_node(node);
	struct maple_range_64 *range = maple_to_node(node);
	struct maple_node *dense = maple_to_node(node);
	__u64 entry = 0;

	if (maple_type(node) == MAPLE_ARANGE_64)
		bpf_probe_read_kernel(&entry, sizeof(entry), &arange->slot[i]);
	else if (maple_type(node) == MAPLE_DENSE)
		bpf_probe_read_kernel(&entry, sizeof(entry), &dense->slot[i]);
	else
		bpf_probe_read_kernel(&entry, sizeof(entry), &range->slot[i]);
	return entry;
}

/* Finds the slot of the index in a node without pivots, and narrows the cursor's range to it. */
static __always_inline __u32 maple_dense_slot(struct maple_cursor *c)
{
	__u32 slot = c->index - c->first;

	c->first = c->last = c->index;
	return slot;
}

/*
 * Finds the slot of the index in a node with pivots, and narrows the cursor's range to it. The index is in the
 * range, whatever the pivots are.
 */
static __always_inline __u32 maple_range_slot(struct maple_cursor *c)
{
	__u64 pivots[MAPLE_PIVOTS] = {};
	__u32 end, nr = maple_nr_pivots(maple_type(c->node)), i;

	maple_read_pivots(c->node, pivots);
	end = maple_data_end(c->node, pivots);
	for (i = 0; i < MAPLE_PIVOTS && i < nr && i < end; i++) {
		if (pivots[i] >= c->index) {
			c->last = pivots[i];
			break;
		}
		c->first = pivots[i] + 1;
	}
	return i;
}

/* Begins a descent. Returns 1 if the root is not a node. */
static __always_inline long maple_start(struct maple_cursor *c)
{
	__u64 root = maple_root(c->tree);

	c->first = 0;
	c->last = MAPLE_LAST;
	if (maple_root_is_node(root)) {
		c->node = root;
		return 0;
	}
	/* An entry in place of the root is that of index 0. */
	c->found = 1;
	if (root && c->index)
		c->first = 1;
	else if (root)
		c->last = 0;
	c->entry = c->index ? 0 : root;
	return 1;
}

/* Reads the next node. Returns 1 at the end of the walk. */
static long maple_descend(__u32 i, struct maple_cursor *c)
{
	__u64 node = c->node, next;
	__u32 type = maple_type(node);

	if (!node)
		return maple_start(c);
	next = maple_slot(node, type == MAPLE_DENSE ? maple_dense_slot(c) : maple_range_slot(c));
	if (type > MAPLE_ARANGE_64 || maple_is_dead(c)) {
		c->node = 0;
		return 0;
	}
	c->entry = next;
	c->found = maple_is_leaf(node);
	c->node = next;	/* never 0 in an inner node; if it were, the walk would start again */
	return c->found;
}

/*
 * Finds the entry at cursor->index. Returns 0. The loop is bpf_loop(), and the function not static, for the
 * reasons given at xa_seek().
 */
__noinline int maple_seek(struct maple_cursor *cursor)
{
	struct maple_cursor c;	/* on the stack, as bpf_loop() requires */

	if (!cursor)
		return 0;
	c = *cursor;
	c.node = 0;
	c.found = 0;
	bpf_loop(MAPLE_MAX_NODES, maple_descend, &c, 0);
	*cursor = c;
	return 0;
}

#endif /* GMEM_MAPLE_BPF_H */
