// SPDX-License-Identifier: GPL-2.0-only
/* Tests of map records made from a block that BPF programs scanned. */
#include "lib_test.h"

#include <string.h>

#include "live/block.h"

struct output {
	bool private[BLOCK_PAGES];
	uint64_t next;		/* expected start of the next record */
	unsigned int records;
};

static int see(void *ctx, const struct gmem_hdr *h)
{
	const struct gmem_map_rec *r = (const struct gmem_map_rec *)h;
	struct output *t = ctx;

	assert_int_equal(h->kind, GMEM_SCAN_MAP);
	assert_int_equal(h->size, sizeof(*r));
	assert_int_equal(h->vm, 7);
	assert_int_equal(r->start, t->next);
	assert_true(r->nr <= GMEM_MAP_EXTENTS);
	for (uint64_t i = 0; i < r->nr; i++) {
		assert_true(r->extents[i].start < r->extents[i].end);
		assert_true(r->extents[i].start >= r->start && r->extents[i].end <= r->end);
		for (uint64_t p = r->extents[i].start; p < r->extents[i].end; p++)
			t->private[p % BLOCK_PAGES] = true;
	}
	t->next = r->end;
	t->records++;
	return 0;
}

static unsigned int emit_block(struct gmem_raw_block *b)
{
	struct output t = { .next = 5 << BLOCK_SHIFT };

	b->h.vm = 7;
	b->start = 5 << BLOCK_SHIFT;
	assert_int_equal(block_emit(b, see, &t), 0);
	assert_int_equal(t.next, 6 << BLOCK_SHIFT);
	for (unsigned int p = 0; p < BLOCK_PAGES; p++)
		assert_int_equal(t.private[p], b->private[p / 64] >> p % 64 & 1);
	return t.records;
}

static void block_all_or_none(void **state)
{
	struct gmem_raw_block b = { 0 };

	(void)state;
	assert_int_equal(emit_block(&b), 1);
	memset(b.private, 0xff, sizeof(b.private));
	assert_int_equal(emit_block(&b), 1);
}

/* A block with more extents than fit into a record. */
static void block_every_other_page(void **state)
{
	struct gmem_raw_block b = { 0 };

	(void)state;
	memset(b.private, 0x55, sizeof(b.private));
	assert_int_equal(emit_block(&b), 2);
	memset(b.private, 0xaa, sizeof(b.private));
	assert_int_equal(emit_block(&b), 2);
}

static void block_at_random(void **state)
{
	struct gmem_raw_block b = { 0 };
	struct rng r = { 1 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		for (int w = 0; w < BLOCK_PAGES / 64; w++)
			b.private[w] = rng_next(&r) | (i & 1 ? rng_next(&r) : 0);
		emit_block(&b);
	}
}

static int refuse(void *ctx, const struct gmem_hdr *h)
{
	(void)h;
	return --*(int *)ctx ? 0 : -5;
}

static void block_error_of_callee(void **state)
{
	struct gmem_raw_block b = { 0 };
	int calls = 1;

	(void)state;
	memset(b.private, 0x55, sizeof(b.private));
	assert_int_equal(block_emit(&b, refuse, &calls), -5);
	assert_int_equal(calls, 0);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(block_all_or_none),
	cmocka_unit_test(block_every_other_page),
	cmocka_unit_test(block_at_random),
	cmocka_unit_test(block_error_of_callee),
};

TEST_UNIT(block_unit, tests);
