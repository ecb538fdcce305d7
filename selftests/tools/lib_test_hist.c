// SPDX-License-Identifier: GPL-2.0-only
/* Tests of gmem_hist.h, as BPF uses it, with its reader hist.h. */
#include "lib_test.h"

#include <stdlib.h>
#include <string.h>

#include "abi/hist.h"
#include "bpf/gmem_hist.h"

#define LONGEST ((1ULL << GMEM_HIST_MAX_BITS) - 1)	/* longer times go to the last slot */

static void test_log2(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < 64; i++) {
		uint64_t v = 1ULL << i;

		assert_int_equal(gmem_log2(v), i);
		if (i)
			assert_int_equal(gmem_log2(v - 1), i - 1);
		if (i > 1)
			assert_int_equal(gmem_log2(v + 1), i);
	}
	assert_int_equal(gmem_log2(UINT64_MAX), 63);
}

static void test_slots_are_adjacent(void **state)
{
	(void)state;
	assert_int_equal(gmem_hist_low(0), 0);
	for (unsigned int s = 0; s < GMEM_HIST_SLOTS; s++) {
		uint64_t low = gmem_hist_low(s), high = gmem_hist_low(s + 1) - 1;

		assert_true(low <= high);
		assert_int_equal(gmem_hist_slot(low), s);
		assert_int_equal(gmem_hist_slot(high), s);
		assert_true(high - low <= low / 8);
	}
	assert_int_equal(gmem_hist_low(GMEM_HIST_SLOTS), LONGEST + 1);
}

static void test_slot_holds_its_values(void **state)
{
	struct rng rng = { 2 };

	(void)state;
	for (int i = 0; i < 1000000; i++) {
		uint64_t v = rng_magnitude(&rng), w = rng_magnitude(&rng);
		unsigned int s = gmem_hist_slot(v);

		assert_true(s < GMEM_HIST_SLOTS);
		assert_true(gmem_hist_low(s) <= v);
		if (v <= LONGEST)
			assert_true(v < gmem_hist_low(s + 1));
		if (v <= w)
			assert_true(s <= gmem_hist_slot(w));
	}
}

static void test_last_slot_takes_the_rest(void **state)
{
	(void)state;
	assert_int_equal(gmem_hist_slot(LONGEST), GMEM_HIST_SLOTS - 1);
	assert_int_equal(gmem_hist_slot(LONGEST + 1), GMEM_HIST_SLOTS - 1);
	assert_int_equal(gmem_hist_slot(UINT64_MAX), GMEM_HIST_SLOTS - 1);
}

static int cmp(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

/*
 * Compares a quantile with the sorted values: the least one that at least @q thousandths of them do not
 * exceed.
 */
static void assert_quantile(const __u64 *slots, const uint64_t *sorted, uint64_t n, unsigned int q)
{
	uint64_t rank = (q * n + 999) / 1000, v = sorted[rank ? rank - 1 : 0];
	uint64_t got = gmem_hist_quantile(slots, q / 1000.0);

	assert_int_equal(got, gmem_hist_low(gmem_hist_slot(v) + 1) - 1);
	assert_true(got >= v && got - v <= v / 8);
}

static void check_quantiles(uint64_t n, uint64_t seed)
{
	uint64_t *v = calloc(n, sizeof(*v));
	struct rng rng = { seed };
	__u64 slots[GMEM_HIST_SLOTS] = { 0 };

	assert_non_null(v);
	for (uint64_t i = 0; i < n; i++) {
		v[i] = rng_magnitude(&rng) & LONGEST;
		slots[gmem_hist_slot(v[i])]++;
	}
	qsort(v, n, sizeof(*v), cmp);
	assert_int_equal(gmem_hist_total(slots), n);
	for (unsigned int q = 0; q <= 1000; q++)
		assert_quantile(slots, v, n, q);
	free(v);
}

static void test_quantiles(void **state)
{
	(void)state;
	for (uint64_t n = 1; n < 300; n++)
		check_quantiles(n, n);
	check_quantiles(1000, 1);
	check_quantiles(123457, 2);
}

static void test_quantiles_of_nothing(void **state)
{
	__u64 slots[GMEM_HIST_SLOTS] = { 0 };

	(void)state;
	assert_int_equal(gmem_hist_total(slots), 0);
	assert_int_equal(gmem_hist_quantile(slots, 0), 0);
	assert_int_equal(gmem_hist_quantile(slots, 0.5), 0);
	assert_int_equal(gmem_hist_quantile(slots, 1), 0);
}

static void test_quantiles_of_the_longest(void **state)
{
	__u64 slots[GMEM_HIST_SLOTS] = { [GMEM_HIST_SLOTS - 1] = 3, [5] = 1 };

	(void)state;
	assert_int_equal(gmem_hist_quantile(slots, 0.25), 5);
	assert_int_equal(gmem_hist_quantile(slots, 0.26), LONGEST);
	assert_int_equal(gmem_hist_quantile(slots, 1), LONGEST);
}

static void test_quantiles_of_many(void **state)
{
	__u64 slots[GMEM_HIST_SLOTS] = { [3] = 1ULL << 62, [7] = 1ULL << 62 };

	(void)state;
	assert_int_equal(gmem_hist_quantile(slots, 0.5), 3);
	assert_int_equal(gmem_hist_quantile(slots, 0.51), 7);
	assert_int_equal(gmem_hist_quantile(slots, 1), 7);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_log2),
	cmocka_unit_test(test_slots_are_adjacent),
	cmocka_unit_test(test_slot_holds_its_values),
	cmocka_unit_test(test_last_slot_takes_the_rest),
	cmocka_unit_test(test_quantiles),
	cmocka_unit_test(test_quantiles_of_nothing),
	cmocka_unit_test(test_quantiles_of_the_longest),
	cmocka_unit_test(test_quantiles_of_many),
};

TEST_UNIT(hist_unit, tests);
