// SPDX-License-Identifier: GPL-2.0-only
/* Tests of hot.h against exact counts. */
#include "lib_test.h"

#include <stdlib.h>
#include <string.h>

#include "model/hot.h"

#define BLOCK (1ULL << GMEM_HOT_ORDER)

static struct gmem_hot *hot_of(size_t max)
{
	struct gmem_hot *h = gmem_hot_new(max);

	assert_non_null(h);
	return h;
}

static void test_nothing(void **state)
{
	struct gmem_hot_range r[4];
	struct gmem_hot *h = hot_of(4);

	(void)state;
	assert_int_equal(gmem_hot_top(h, r, 4), 0);
	gmem_hot_add(h, 1, 8, 8, GMEM_TO_PRIVATE);
	gmem_hot_add(h, 1, 9, 8, GMEM_TO_PRIVATE);
	assert_int_equal(gmem_hot_top(h, r, 4), 0);
	assert_int_equal(gmem_hot_top(NULL, r, 4), 0);
	gmem_hot_free(h);
	gmem_hot_free(NULL);
}

static void test_one_page(void **state)
{
	struct gmem_hot_range r[4];
	struct gmem_hot *h = hot_of(4);

	(void)state;
	gmem_hot_add(h, 10, 700, 701, GMEM_TO_PRIVATE);
	gmem_hot_add(h, 20, 700, 701, GMEM_TO_SHARED);
	gmem_hot_add(h, 30, 701, 703, GMEM_TO_SHARED);
	gmem_hot_add(h, 40, 700, 701, GMEM_TO_PRIVATE);
	assert_int_equal(gmem_hot_top(h, r, 4), 1);
	assert_int_equal(r[0].start, BLOCK);
	assert_int_equal(r[0].end, 2 * BLOCK);
	assert_int_equal(r[0].conversions, 4);
	assert_int_equal(r[0].missed, 0);
	assert_int_equal(r[0].reversals, 2);
	assert_int_equal(r[0].bytes, 5 * 4096);
	assert_int_equal(r[0].last_ns, 40);
	assert_int_equal(r[0].last, GMEM_TO_PRIVATE);
	gmem_hot_free(h);
}

/* A range across an edge counts in both blocks, each with its part of the bytes. */
static void test_two_blocks(void **state)
{
	struct gmem_hot_range r[4];
	struct gmem_hot *h = hot_of(4);

	(void)state;
	gmem_hot_add(h, 1, BLOCK - 3, BLOCK + 5, GMEM_TO_PRIVATE);
	assert_int_equal(gmem_hot_top(h, r, 4), 2);
	assert_int_equal(r[0].start, 0);
	assert_int_equal(r[0].bytes, 3 * 4096);
	assert_int_equal(r[1].start, BLOCK);
	assert_int_equal(r[1].bytes, 5 * 4096);
	gmem_hot_free(h);
}

/* A slot converted as a whole is one range, and hides no smaller ranges. */
static void test_large(void **state)
{
	struct gmem_hot_range r[4];
	struct gmem_hot *h = hot_of(4);

	(void)state;
	for (int i = 0; i < 3; i++)
		gmem_hot_add(h, i, 0, 1024 * BLOCK, i & 1);
	gmem_hot_add(h, 9, 5, 6, GMEM_TO_PRIVATE);
	assert_int_equal(gmem_hot_top(h, r, 4), 3);
	assert_int_equal(r[0].start, 0);
	assert_int_equal(r[0].end, 512 * BLOCK);
	assert_int_equal(r[0].conversions, 3);
	assert_int_equal(r[0].reversals, 2);
	assert_int_equal(r[1].start, 512 * BLOCK);
	assert_int_equal(r[1].end, 1024 * BLOCK);
	assert_int_equal(r[2].end, BLOCK);
	gmem_hot_free(h);
}

static void test_ends_of_the_world(void **state)
{
	struct gmem_hot_range r[8];
	struct gmem_hot *h = hot_of(8);

	(void)state;
	gmem_hot_add(h, 1, 0, UINT64_MAX, GMEM_TO_PRIVATE);
	gmem_hot_add(h, 2, UINT64_MAX - 1, UINT64_MAX, GMEM_TO_PRIVATE);
	assert_int_equal(gmem_hot_top(h, r, 8), 3);
	for (int i = 0; i < 3; i++)
		assert_true(r[i].start < r[i].end);
	gmem_hot_free(h);
}

static void test_top_is_sorted_and_bounded(void **state)
{
	struct gmem_hot_range r[3];
	struct gmem_hot *h = hot_of(16);

	(void)state;
	for (uint64_t b = 0; b < 16; b++) {
		for (uint64_t n = 0; n <= b * 7 % 16; n++)
			gmem_hot_add(h, n, b * BLOCK, b * BLOCK + 1, GMEM_TO_PRIVATE);
	}
	assert_int_equal(gmem_hot_top(h, r, 0), 0);
	assert_int_equal(gmem_hot_top(h, r, 3), 3);
	assert_int_equal(r[0].conversions, 16);
	assert_int_equal(r[1].conversions, 15);
	assert_int_equal(r[2].conversions, 14);
	gmem_hot_free(h);
}

#define BLOCKS 400

/* Checks the guarantee of Space-Saving: no count is off by more than its error bound. */
static void check_bounds(const struct gmem_hot *h, const uint64_t *truth, uint64_t all, size_t max)
{
	struct gmem_hot_range r[64];
	bool followed[BLOCKS] = { false };
	size_t n = gmem_hot_top(h, r, 64);

	assert_int_equal(n, max);
	for (size_t i = 0; i < n; i++) {
		uint64_t b = r[i].start / BLOCK;

		assert_int_equal(r[i].end, (b + 1) * BLOCK);
		assert_false(followed[b]);
		followed[b] = true;
		assert_true(r[i].conversions <= truth[b]);
		assert_true(r[i].conversions + r[i].missed >= truth[b]);
		assert_true(r[i].missed <= all / max);
		if (i)
			assert_true(r[i - 1].conversions >= r[i].conversions);
	}
	for (uint64_t b = 0; b < BLOCKS; b++)
		assert_true(followed[b] || truth[b] <= all / max);
}

static void test_against_counting_all(void **state)
{
	struct rng rng = { 5 };

	(void)state;
	for (size_t max = 1; max <= 64; max = max * 2 + 1) {
		uint64_t truth[BLOCKS] = { 0 };
		struct gmem_hot *h = hot_of(max), *copy;

		for (uint64_t i = 1; i <= 20000; i++) {
			/* Few are hot, many occur rarely. */
			uint64_t b = rng_below(&rng, 4) ? rng_below(&rng, 7) * 50 : rng_below(&rng, BLOCKS);

			truth[b]++;
			gmem_hot_add(h, i, b * BLOCK + 3, b * BLOCK + 4, rng_below(&rng, 2));
			if (i % 4000 == 0)
				check_bounds(h, truth, i, max);
		}
		copy = gmem_hot_copy(h);
		assert_non_null(copy);
		gmem_hot_free(h);
		check_bounds(copy, truth, 20000, max);
		gmem_hot_free(copy);
	}
}

static void test_without_memory(void **state)
{
	(void)state;
	for (unsigned int n = 0; n < 10; n++) {
		struct gmem_hot *h;

		alloc_fail_after(n);
		h = gmem_hot_new(10);
		assert_true(alloc_restore() == !h);
		gmem_hot_free(h);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_nothing),
	cmocka_unit_test(test_one_page),
	cmocka_unit_test(test_two_blocks),
	cmocka_unit_test(test_large),
	cmocka_unit_test(test_ends_of_the_world),
	cmocka_unit_test(test_top_is_sorted_and_bounded),
	cmocka_unit_test(test_against_counting_all),
	cmocka_unit_test(test_without_memory),
};

TEST_UNIT(hot_unit, tests);
