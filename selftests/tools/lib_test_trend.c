// SPDX-License-Identifier: GPL-2.0-only
#include "lib_test.h"

#include <string.h>

#include "model/model.h"
#include "model/trend.h"

#define SECOND 1000000000ULL

/* Applies a refresh in which VM @id has made @count conversions in total. */
static void counters(struct gmem_model *m, uint64_t ts_ns, uint64_t id, uint64_t count)
{
	struct gmem_counters_rec r = {
		.h = { .ts_ns = ts_ns, .vm = id, .kind = GMEM_COUNTERS, .size = sizeof(r) },
	};

	r.c.conversion[GMEM_TO_SHARED].count = count;
	assert_int_equal(gmem_model_apply(m, &r.h), 0);
}

static void check(const struct gmem_trend *t, uint64_t vm, uint64_t until_s, size_t known,
		  const float *want, size_t n)
{
	float got[GMEM_TREND_POINTS + 8];

	assert_int_equal(gmem_trend_get(t, vm, until_s * SECOND, got, n), known);
	for (size_t i = 0; i < n; i++)
		assert_true(got[i] == want[i]);
}

static void test_rates_of_each_and_of_all(void **state)
{
	struct gmem_model *m = gmem_model_new();
	struct gmem_trend t = { .refreshes = 0 };

	(void)state;
	for (uint64_t s = 1; s <= 4; s++) {
		counters(m, s * SECOND, 1, s * s);
		if (s >= 2)
			counters(m, s * SECOND, 2, 10 * s);
		assert_int_equal(gmem_trend_add(&t, m), 0);
		/* no time has passed: nothing is added */
		assert_int_equal(gmem_trend_add(&t, m), 0);
	}
	check(&t, 1, 4, 4, (float[]){ 0, 0, 3, 5, 7 }, 5);
	check(&t, 2, 4, 3, (float[]){ 0, 0, 10, 10 }, 4);
	check(&t, 0, 4, 4, (float[]){ 0, 3, 15, 17 }, 4);
	/* Later values are left out: a paused screen shows the time of the pause. */
	check(&t, 1, 3, 3, (float[]){ 0, 0, 3, 5 }, 4);
	check(&t, 1, 0, 0, (float[]){ 0, 0 }, 2);
	check(&t, 99, 4, 0, (float[]){ 0, 0 }, 2);
	gmem_trend_free(&t);
	check(&t, 1, 4, 0, (float[]){ 0, 0 }, 2);
	gmem_model_free(m);
}

static void test_goes_round_and_forgets(void **state)
{
	struct gmem_model *m = gmem_model_new();
	struct gmem_trend t = { .refreshes = 0 };
	float got[GMEM_TREND_POINTS + 8];

	(void)state;
	for (uint64_t s = 1; s <= 3 * GMEM_TREND_POINTS; s++) {
		counters(m, s * SECOND, 1, s * (s + 1) / 2);
		gmem_trend_add(&t, m);
	}
	assert_int_equal(gmem_trend_get(&t, 1, UINT64_MAX, got, GMEM_TREND_POINTS + 8),
			 GMEM_TREND_POINTS);
	for (int i = 0; i < GMEM_TREND_POINTS; i++)
		assert_true(got[i + 8] == 2 * GMEM_TREND_POINTS + i + 1);
	assert_true(got[7] == 0);
	/* A VM that ended: its number may be reused for another VM. */
	m->vms->ended_ns = 1;
	gmem_model_forget(m, 2);
	counters(m, 1000 * SECOND, 2, 0);
	gmem_trend_add(&t, m);
	assert_int_equal(gmem_trend_get(&t, 1, UINT64_MAX, got, 4), 0);
	gmem_trend_free(&t);
	gmem_model_free(m);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_rates_of_each_and_of_all),
	cmocka_unit_test(test_goes_round_and_forgets),
};

TEST_UNIT(trend_unit, tests);
