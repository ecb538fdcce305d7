// SPDX-License-Identifier: GPL-2.0-only
/*
 * The walk of maple trees in bpf/, on trees that are built here by the rules of lib/maple_tree.c: all types of nodes,
 * also those that attributes of a VM never have, all numbers of slots, and nodes that are replaced while they
 * are read. selftests/guest/shapes.sh has the kernel's own trees.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "bpf/gmem_maple.bpf.h"

#define MAX_RANGES	4096

void (*host_before_read)(const void *from);

/* Ranges of a tree in order: range i ends at last[i], and the next one follows. The last one ends at MAPLE_LAST. */
static struct {
	int nr;
	__u64 last[MAX_RANGES];
	__u64 entry[MAX_RANGES];
} ranges;

static struct maple_tree tree;
static void *nodes[MAX_RANGES];
static int nr_nodes;

/* A subtree that is built: the pointer to its node, and its last index. */
struct part {
	__u64 entry;
	__u64 last;
};

static void *new_node(void)
{
	void *node = aligned_alloc(MAPLE_NODE_MASK + 1, 2 * (MAPLE_NODE_MASK + 1));

	assert_non_null(node);
	assert_true(nr_nodes < MAX_RANGES);
	memset(node, 0, 2 * (MAPLE_NODE_MASK + 1));
	nodes[nr_nodes++] = node;
	return node;
}

static void free_nodes(void)
{
	while (nr_nodes)
		free(nodes[--nr_nodes]);
	host_before_read = NULL;
}

static __u64 encode(void *node, __u32 type)
{
	return (__u64)node | type << MAPLE_TYPE_SHIFT | 4;
}

/* Pivots that are set: where there is room for the last slot's, the end of the node, it may be left out. */
static bool implied;

static bool has_pivot(int i, int n, int pivots)
{
	return i < pivots && (i < n - 1 || !implied);
}

/* Metadata is where the last slot would be. */
static __u64 range_node(const struct part *parts, int n, __u32 type)
{
	struct maple_range_64 *r = new_node();

	for (int i = 0; i < n; i++) {
		r->slot[i] = (void *)parts[i].entry;
		if (has_pivot(i, n, MAPLE_PIVOTS))
			r->pivot[i] = parts[i].last;
	}
	if (n <= MAPLE_PIVOTS)
		r->meta.end = n - 1;
	else
		r->meta.end = 3;	/* a byte of the last slot in the kernel: nothing may look at it */
	return encode(r, type);
}

static __u64 arange_node(const struct part *parts, int n)
{
	struct maple_arange_64 *r = new_node();

	for (int i = 0; i < n; i++) {
		r->slot[i] = (void *)parts[i].entry;
		if (has_pivot(i, n, 9))
			r->pivot[i] = parts[i].last;
	}
	r->meta.end = n - 1;
	return encode(r, MAPLE_ARANGE_64);
}

/* Builds a level above @parts of nodes with @fan slots, and replaces them. Returns the number of nodes. */
static int build_level(struct part *parts, int n, int fan, __u32 type)
{
	int nr = 0;

	for (int i = 0; i < n; i += fan) {
		int k = n - i < fan ? n - i : fan;
		__u64 last = parts[i + k - 1].last;

		parts[nr].entry = type == MAPLE_ARANGE_64 ? arange_node(parts + i, k) : range_node(parts + i, k, type);
		parts[nr++].last = last;
	}
	return nr;
}

/* Builds the tree of all ranges. @fan: slots of each node, but at most 10 of an arange_64. */
static void build(int fan, __u32 inner)
{
	static struct part parts[MAX_RANGES];
	int n = ranges.nr;

	for (int i = 0; i < n; i++)
		parts[i] = (struct part){ ranges.entry[i], ranges.last[i] };
	n = build_level(parts, n, fan, MAPLE_LEAF_64);
	while (n > 1)
		n = build_level(parts, n, inner == MAPLE_ARANGE_64 && fan > 10 ? 10 : fan, inner);
	tree.ma_root = (void *)(parts[0].entry | MAPLE_ROOT_NODE);
}

/* Makes ranges of different sizes, some of them empty. */
static void make_ranges(int nr)
{
	__u64 at = 0;

	ranges.nr = nr;
	for (int i = 0; i < nr; i++) {
		at += 1 + i * 7919 % 1000;
		ranges.last[i] = i == nr - 1 ? MAPLE_LAST : at - 1;
		ranges.entry[i] = i % 3 ? 2 * i + 1 : 0;
	}
}

static struct maple_cursor find(__u64 index)
{
	struct maple_cursor c = { .tree = (__u64)&tree, .index = index, .first = 12, .last = 3, .entry = 99, .found = 1 };

	assert_int_equal(maple_seek(&c), 0);
	return c;
}

static void assert_found(__u64 index, __u64 entry, __u64 first, __u64 last)
{
	struct maple_cursor c = find(index);

	assert_true(c.found);
	assert_int_equal(c.entry, entry);
	assert_int_equal(c.first, first);
	assert_int_equal(c.last, last);
}

/* Finds every range from its first, its last and an index between. */
static void assert_all_found(void)
{
	__u64 first = 0;

	for (int i = 0; i < ranges.nr; i++) {
		__u64 last = ranges.last[i];

		assert_found(first, ranges.entry[i], first, last);
		assert_found(first + (last - first) / 2, ranges.entry[i], first, last);
		assert_found(last, ranges.entry[i], first, last);
		first = last + 1;
	}
}

static void test_no_node(void **state)
{
	(void)state;
	tree.ma_root = NULL;
	assert_found(0, 0, 0, MAPLE_LAST);
	assert_found(77, 0, 0, MAPLE_LAST);
	tree.ma_root = (void *)17ULL;
	assert_found(0, 17, 0, 0);
	assert_found(1, 0, 1, MAPLE_LAST);
	assert_found(MAPLE_LAST, 0, 1, MAPLE_LAST);
}

/* A leaf with 1, 2, .. slots in use: the end is in the metadata, is the last pivot, or is implied. */
static void test_leaf(void **state)
{
	(void)state;
	for (int n = 2; n <= 33; n++) {
		implied = n % 2;
		make_ranges(n / 2);
		build(16, MAPLE_RANGE_64);
		assert_all_found();
		free_nodes();
	}
}

static void test_levels(void **state)
{
	(void)state;
	for (int fan = 2; fan <= 33; fan++) {
		implied = fan % 2;
		for (__u32 inner = MAPLE_RANGE_64; inner <= MAPLE_ARANGE_64; inner++) {
			make_ranges(1000 + fan);
			build(fan / 2 + 1 > 16 ? 16 : fan / 2 + 1, inner);
			assert_all_found();
			free_nodes();
		}
	}
}

static void test_dense(void **state)
{
	struct maple_node *dense = new_node();
	struct part parts[] = { { 3, 99 }, { encode(dense, MAPLE_DENSE), 130 }, { 5, MAPLE_LAST } };
	struct part leaf[] = { { 7, 99 } };

	(void)state;
	for (int i = 0; i < 31; i++)
		dense->slot[i] = (void *)(i % 2 ? 2ULL * i + 1 : 0);
	parts[0].entry = range_node(leaf, 1, MAPLE_LEAF_64);
	leaf[0].last = MAPLE_LAST;
	parts[2].entry = range_node(leaf, 1, MAPLE_LEAF_64);
	tree.ma_root = (void *)(range_node(parts, 3, MAPLE_RANGE_64) | MAPLE_ROOT_NODE);
	assert_found(99, 7, 0, 99);
	for (__u64 i = 0; i < 31; i++)
		assert_found(100 + i, i % 2 ? 2 * i + 1 : 0, 100 + i, 100 + i);
	assert_found(131, 7, 131, MAPLE_LAST);
	free_nodes();
}

static void kill_node(void *node)
{
	memset(node, 0xff, MAPLE_NODE_MASK + 1);
	*(void **)node = node;
}

/* Node that dies at the read of it with this number, and what the root then is. */
static struct {
	void *node;
	int reads;
	void *root;
} victim;

static void before_read(const void *from)
{
	if (((__u64)from & ~MAPLE_NODE_MASK) != (__u64)victim.node || victim.reads--)
		return;
	kill_node(victim.node);
	tree.ma_root = victim.root;
}

/* Any node of the way dies before any of its reads: the walk finds what the new tree has. */
static void test_replaced(void **state)
{
	void *root;

	(void)state;
	make_ranges(200);
	for (int reads = 0; reads < 4; reads++) {
		for (int way = 0; way < 3; way++) {
			struct maple_cursor c;
			__u64 next;

			build(8, MAPLE_RANGE_64);
			root = tree.ma_root;
			build(10, MAPLE_ARANGE_64);
			next = (__u64)tree.ma_root;
			for (int i = 0; i < way; i++)
				next = (__u64)((struct maple_arange_64 *)maple_to_node(next))->slot[0];
			victim.node = maple_to_node(next);
			victim.reads = reads;
			victim.root = root;
			host_before_read = before_read;
			c = find(0);
			assert_true(c.found);
			assert_int_equal(c.entry, ranges.entry[0]);
			assert_int_equal(c.last, ranges.last[0]);
			free_nodes();
		}
	}
}

/* A tree whose root is always dead: the seek ends, and says that it found nothing. */
static void test_too_fast(void **state)
{
	(void)state;
	make_ranges(16);
	build(16, MAPLE_RANGE_64);
	kill_node(maple_to_node((__u64)tree.ma_root & ~MAPLE_ROOT_NODE));
	assert_int_equal(find(0).found, 0);
	free_nodes();
}

/* A leaf has other ranges than its parent says: what is found has the index, or nothing is found. */
static void test_torn(void **state)
{
	struct part leaf[] = { { 3, 49 }, { 5, 99 } };
	struct part parts[] = { { 0, 99 }, { 0, MAPLE_LAST } };

	(void)state;
	parts[0].entry = parts[1].entry = range_node(leaf, 2, MAPLE_LEAF_64);
	tree.ma_root = (void *)(range_node(parts, 2, MAPLE_RANGE_64) | MAPLE_ROOT_NODE);
	for (__u64 index = 0; index < 200; index++) {
		struct maple_cursor c = find(index);

		if (c.found)
			assert_true(c.first <= index && index <= c.last);
	}
	free_nodes();
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_node),
		cmocka_unit_test(test_leaf),
		cmocka_unit_test(test_levels),
		cmocka_unit_test(test_dense),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_too_fast),
		cmocka_unit_test(test_torn),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("maple", tests, NULL, NULL) ? 1 : 0;
}
