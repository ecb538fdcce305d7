// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the modules that need no KVM. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "content.h"
#include "options.h"
#include "pagestate.h"
#include "pattern.h"

#define NPAGES 4096

static int setup(void **state)
{
	static struct pagestate ps;

	*state = &ps;
	return pagestate_init(&ps, NPAGES);
}

static int teardown(void **state)
{
	pagestate_free(*state);
	return 0;
}

static void test_convert_counts_changes(void **state)
{
	struct pagestate *ps = *state;

	assert_int_equal(pagestate_convert(ps, 10, 5, false), 0);
	assert_int_equal(pagestate_convert(ps, 10, 5, true), 5);
	assert_int_equal(pagestate_convert(ps, 8, 5, true), 2);
	assert_int_equal(pagestate_convert(ps, 0, NPAGES, false), 7);
	assert_int_equal(pagestate_convert(ps, 0, NPAGES, true), NPAGES);
}

static void test_sides_are_apart(void **state)
{
	struct pagestate *ps = *state;

	pagestate_write(ps, 0, 4, 7);
	pagestate_convert(ps, 2, 4, true);
	pagestate_write(ps, 0, 6, 8);
	assert_int_equal(pagestate_populated(ps, SIDE_SHARED, 0, NPAGES), 4);
	assert_int_equal(pagestate_populated(ps, SIDE_PRIVATE, 0, NPAGES), 4);
	assert_int_equal(ps->seq[SIDE_SHARED][1], 8);
	assert_int_equal(ps->seq[SIDE_SHARED][2], 7);
	assert_int_equal(ps->seq[SIDE_PRIVATE][2], 8);
	assert_int_equal(pagestate_discard(ps, SIDE_PRIVATE, 5, 10), 1);
	assert_int_equal(pagestate_discard(ps, SIDE_PRIVATE, 5, 10), 0);
	assert_int_equal(pagestate_populated(ps, SIDE_PRIVATE, 0, NPAGES), 3);
	assert_int_equal(pagestate_populated(ps, SIDE_SHARED, 0, NPAGES), 4);
}

static void test_runs_end_where_something_differs(void **state)
{
	struct pagestate *ps = *state;
	struct page_run run;

	pagestate_write(ps, 4, 4, 3);
	pagestate_convert(ps, 6, 2, true);
	run = pagestate_run(ps, 0, 8);
	assert_int_equal(run.npages, 4);
	assert_int_equal(run.seq, 0);
	run = pagestate_run(ps, 4, 8);
	assert_int_equal(run.npages, 2);
	assert_int_equal(run.seq, 3);
	assert_int_equal(run.side, SIDE_SHARED);
	run = pagestate_run(ps, 6, 7);
	assert_int_equal(run.npages, 1);
	assert_int_equal(run.seq, 0);
	assert_int_equal(run.side, SIDE_PRIVATE);
}

static void test_extents(void **state)
{
	struct pagestate *ps = *state;
	struct page_extent extent;

	assert_false(pagestate_next_private(ps, 0, NPAGES, &extent));
	pagestate_convert(ps, 3, 2, true);
	pagestate_convert(ps, NPAGES - 1, 1, true);
	assert_true(pagestate_next_private(ps, 0, NPAGES, &extent));
	assert_int_equal(extent.start, 3);
	assert_int_equal(extent.npages, 2);
	assert_true(pagestate_next_private(ps, 5, NPAGES, &extent));
	assert_int_equal(extent.start, NPAGES - 1);
	assert_int_equal(extent.npages, 1);
	assert_false(pagestate_next_private(ps, NPAGES, NPAGES, &extent));
	pagestate_write(ps, 0, 5, 1);
	assert_true(pagestate_next_populated(ps, SIDE_SHARED, 0, NPAGES, &extent));
	assert_int_equal(extent.npages, 3);
	assert_false(pagestate_next_populated(ps, SIDE_SHARED, 3, NPAGES, &extent));
}

/* A huge page takes a block that is private and empty; parts of blocks, and blocks with a page, get pages. */
static void test_huge_pages(void **state)
{
	struct pagestate ps;

	(void)state;
	assert_int_equal(pagestate_init(&ps, 4 * GM_BLOCK_PAGES), 0);
	assert_int_equal(pagestate_allow_huge(&ps, 5, 3 * GM_BLOCK_PAGES), 0);
	pagestate_convert(&ps, 0, ps.npages, true);
	pagestate_write(&ps, 7, 1, 1);			/* in the block of which 5 pages are not in the slot */
	pagestate_write(&ps, GM_BLOCK_PAGES + 7, 2, 1);
	assert_int_equal(pagestate_populated(&ps, SIDE_PRIVATE, 0, ps.npages), 1 + GM_BLOCK_PAGES);
	assert_int_equal(ps.seq[SIDE_PRIVATE][GM_BLOCK_PAGES + 6], 0);
	/* Shared in part: a page, and no huge one when it is private again. */
	pagestate_convert(&ps, 2 * GM_BLOCK_PAGES, 1, false);
	pagestate_write(&ps, 2 * GM_BLOCK_PAGES, 2, 1);
	pagestate_convert(&ps, 2 * GM_BLOCK_PAGES, 1, true);
	pagestate_write(&ps, 2 * GM_BLOCK_PAGES, 1, 2);
	assert_int_equal(pagestate_populated(&ps, SIDE_PRIVATE, 2 * GM_BLOCK_PAGES, GM_BLOCK_PAGES), 2);
	assert_int_equal(pagestate_populated(&ps, SIDE_SHARED, 0, ps.npages), 1);
	/* A huge page loses its pages one by one, and comes back when none is left. */
	assert_int_equal(pagestate_discard(&ps, SIDE_PRIVATE, GM_BLOCK_PAGES, 10), 10);
	pagestate_write(&ps, GM_BLOCK_PAGES, 1, 3);
	assert_int_equal(pagestate_populated(&ps, SIDE_PRIVATE, GM_BLOCK_PAGES, GM_BLOCK_PAGES), GM_BLOCK_PAGES - 9);
	assert_int_equal(pagestate_discard(&ps, SIDE_PRIVATE, GM_BLOCK_PAGES, GM_BLOCK_PAGES), GM_BLOCK_PAGES - 9);
	pagestate_write(&ps, GM_BLOCK_PAGES, 1, 4);
	assert_int_equal(pagestate_populated(&ps, SIDE_PRIVATE, GM_BLOCK_PAGES, GM_BLOCK_PAGES), GM_BLOCK_PAGES);
	pagestate_free(&ps);
}

/* Runs a pattern on a page state and checks that it keeps to its slice. */
static void run_pattern(struct pagestate *ps, enum pattern_kind kind, enum by_kind by,
			struct page_extent slice, uint64_t seed, struct conversion *last,
			unsigned int steps, uint64_t *unchanged)
{
	struct pattern pattern;
	unsigned int i;

	pattern_init(&pattern, kind, by, slice, rng_stream(seed, 0, 0, 0));
	*unchanged = 0;
	for (i = 0; i < steps; i++) {
		struct conversion c = pattern_next(&pattern, ps);

		assert_true(c.npages > 0);
		assert_true(c.start >= slice.start);
		assert_true(c.start + c.npages <= slice.start + slice.npages);
		assert_int_not_equal(c.origin, ORIGIN_SETUP);
		if (c.origin == ORIGIN_ACCESS) {
			assert_int_equal(c.npages, 1);
			assert_true(c.start < slice.start + pattern_alias_pages(slice.npages));
		}
		*unchanged += !pagestate_convert(ps, c.start, c.npages, c.to_private);
		*last = c;
	}
}

static void test_patterns_stay_in_their_slice(void **state)
{
	static const struct page_extent slices[] = {
		{ 0, 1 }, { 7, 2 }, { 100, 17 }, { 511, 1026 }, { 3, NPAGES - 3 },
	};
	struct conversion last;
	unsigned int kind, by, i;
	uint64_t unchanged;

	for (kind = PATTERN_FLIP4K; kind <= PATTERN_MIX; kind++)
		for (by = BY_HYPERCALL; by <= BY_MIX; by++)
			for (i = 0; i < sizeof(slices) / sizeof(slices[0]); i++)
				run_pattern(*state, kind, by, slices[i], kind + by + i, &last, 500,
					    &unchanged);
}

static void test_flips_always_change(void **state)
{
	const struct page_extent slice = { 5, 3000 };
	struct conversion last;
	unsigned int by;
	uint64_t unchanged;

	for (by = BY_HYPERCALL; by <= BY_MIX; by++) {
		run_pattern(*state, PATTERN_FLIP4K, by, slice, 1, &last, 2000, &unchanged);
		assert_int_equal(unchanged, 0);
		run_pattern(*state, PATTERN_SLOT, by, slice, 1, &last, 10, &unchanged);
		assert_int_equal(unchanged, 0);
	}
}

static void test_mix_has_a_few_unchanged(void **state)
{
	const struct page_extent slice = { 0, NPAGES };
	struct conversion last;
	uint64_t unchanged;

	run_pattern(*state, PATTERN_MIX, BY_HYPERCALL, slice, 1, &last, 5000, &unchanged);
	assert_in_range(unchanged, 100, 1000);
}

static void test_flip2m_is_aligned(void **state)
{
	struct pattern pattern;
	struct conversion c;
	unsigned int i;

	pattern_init(&pattern, PATTERN_FLIP2M, BY_HYPERCALL, (struct page_extent){ 100, 3000 },
		     rng_stream(1, 0, 0, 0));
	for (i = 0; i < 100; i++) {
		c = pattern_next(&pattern, *state);
		assert_int_equal(c.start % 512, 0);
		assert_int_equal(c.npages, 512);
	}
}

static void test_swiotlb_pool_then_bounces(void **state)
{
	struct pagestate *ps = *state;
	struct pattern pattern;
	struct conversion out, back;
	unsigned int i;

	pagestate_convert(ps, 0, NPAGES, true);
	pattern_init(&pattern, PATTERN_SWIOTLB, BY_HYPERCALL, (struct page_extent){ 0, NPAGES },
		     rng_stream(1, 0, 0, 0));
	out = pattern_next(&pattern, ps);
	assert_int_equal(out.start, 0);
	assert_int_equal(out.npages, NPAGES / 16);
	assert_false(out.to_private);
	for (i = 0; i < 100; i++) {
		out = pattern_next(&pattern, ps);
		back = pattern_next(&pattern, ps);
		assert_false(out.to_private);
		assert_true(back.to_private);
		assert_int_equal(out.start, back.start);
		assert_int_equal(out.npages, back.npages);
		assert_true(out.start >= NPAGES / 16);
		assert_in_range(out.npages, 1, 16);
	}
}

static void test_sequence_depends_on_seed_only(void **state)
{
	const struct page_extent slice = { 9, 2000 };
	struct conversion a, b, c;
	uint64_t unchanged;

	run_pattern(*state, PATTERN_MIX, BY_HYPERCALL, slice, 5, &a, 300, &unchanged);
	run_pattern(*state, PATTERN_MIX, BY_IOCTL, slice, 5, &b, 300, &unchanged);
	run_pattern(*state, PATTERN_MIX, BY_IOCTL, slice, 6, &c, 300, &unchanged);
	assert_int_equal(a.start, b.start);
	assert_int_equal(a.npages, b.npages);
	assert_int_not_equal(a.start, c.start);
}

static void test_content(void **state)
{
	(void)state;
	assert_int_equal(gm_content(1, 2, 0, 3), 0);
	assert_int_not_equal(gm_content(1, 2, 1, 0), gm_content(1, 2, 2, 0));
	assert_int_not_equal(gm_content(1, 2, 1, 0), gm_content(1, 3, 1, 0));
	assert_int_not_equal(gm_content(1, 2, 1, 0), gm_content(2, 2, 1, 0));
	assert_int_not_equal(gm_content(1, 2, 1, 0), gm_content(1, 2, 1, 1));
}

static void test_sizes(void **state)
{
	static const char *const bad[] = { "", "K", "-4K", "4KB", "1.5G", " 4K", "17179869184G" };
	uint64_t bytes;
	unsigned int i;

	(void)state;
	assert_true(parse_size("4096", &bytes));
	assert_int_equal(bytes, 4096);
	assert_true(parse_size("64k", &bytes));
	assert_int_equal(bytes, 65536);
	assert_true(parse_size("256M", &bytes));
	assert_int_equal(bytes, 256 << 20);
	assert_true(parse_size("3G", &bytes));
	assert_int_equal(bytes, 3ULL << 30);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(parse_size(bad[i], &bytes));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_convert_counts_changes),
		TEST(test_sides_are_apart),
		TEST(test_runs_end_where_something_differs),
		TEST(test_extents),
		cmocka_unit_test(test_huge_pages),
		TEST(test_patterns_stay_in_their_slice),
		TEST(test_flips_always_change),
		TEST(test_mix_has_a_few_unchanged),
		TEST(test_flip2m_is_aligned),
		TEST(test_swiotlb_pool_then_bounces),
		TEST(test_sequence_depends_on_seed_only),
		TEST(test_content),
		TEST(test_sizes),
	};

	return cmocka_run_group_tests_name("gmemload", tests, NULL, NULL);
}
