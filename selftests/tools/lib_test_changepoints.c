// SPDX-License-Identifier: GPL-2.0-only
/*
 * Change points: the series that Hunter and Apache Otava publish in their tests and documents, with the
 * points given there, and series made up.
 */
#include "lib_test.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "analysis/changepoints.h"
#include "analysis/statistics.h"

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static void points(const double *v, size_t n, const struct gmem_change_rules *rules, const size_t *want, long nr)
{
	struct gmem_change_point *p;

	assert_int_equal(gmem_change_points(v, n, rules, &p), nr);
	for (long i = 0; i < nr; i++)
		assert_int_equal(p[i].at, want[i]);
	free(p);
}

#define POINTS(v, rules, ...)							\
	points(v, LENGTH(v), rules, (const size_t[]){ __VA_ARGS__ },		\
	       LENGTH(((const size_t[]){ __VA_ARGS__ })))
#define NO_POINTS(v, rules) points(v, LENGTH(v), rules, NULL, 0)

static const struct gmem_change_rules otava = { 50, 0.001, 0 };

/* github.com/apache/otava (1ceb1537a49d), tests/analysis_test.py: test_single_series; Hunter has the same. */
static void test_otava_single(void **state)
{
	static const double v[] = { 1.02, 0.95, 0.99, 1.00, 1.12, 1.00, 1.01, 0.98, 1.01, 0.96,
				    0.50, 0.51, 0.48, 0.48, 0.55, 0.50, 0.49, 0.51, 0.50, 0.49 };
	static const struct gmem_change_rules rules = { 10, 0.0001, 0 };

	(void)state;
	POINTS(v, &rules, 10);
	POINTS(v, &otava, 10);
}

/* tests/series_test.py: test_change_point_detection, test_change_point_min_magnitude. */
static void test_otava_two(void **state)
{
	static const double first[] = { 1.02, 0.95, 0.99, 1.00, 1.12, 0.90, 0.50, 0.51, 0.48, 0.48, 0.55 };
	static const double second[] = { 2.02, 2.03, 2.01, 2.04, 1.82, 1.85, 1.79, 1.81, 1.80, 1.76, 1.78 };
	static const struct gmem_change_rules large = { 50, 0.001, 0.2 };

	(void)state;
	POINTS(first, &otava, 6);
	POINTS(second, &otava, 4);
	POINTS(first, &large, 6);
	NO_POINTS(second, &large);
}

/* tests/series_test.py: test_div_by_zero; two points, the first at 3. */
static void test_otava_from_zero(void **state)
{
	static const double v[] = { 0, 0, 0, 1.00, 1.12, 0.90, 0.50, 0.51, 0.48, 0.48, 0.55 };

	(void)state;
	POINTS(v, &otava, 3, 6);
}

/* tests/change_point_divisive_test.py: test_ttest, which is the weak search alone, by p 0.01. */
static void test_otava_divisive(void **state)
{
	static const double v[] = { 0.3, 2.4, 1.5, -0.9, -0.5, 99.7, 98.3, 99.1,
				    149.0, 149.7, 149.5, 149.1, 148.8, 150.0 };
	static const struct gmem_change_rules rules = { 50, 0.01, 0 };

	(void)state;
	POINTS(v, &rules, 5, 8);
}

/* docs/CSV.md, and Hunter's README: metric2 changes at aaa6, by -12.9 %, metric1 does not. */
static void test_otava_csv(void **state)
{
	static const double metric1[] = { 154023, 138455, 143112, 149190, 132098, 151344, 155145, 148889, 149466, 148209 };
	static const double metric2[] = { 10.43, 10.23, 10.29, 10.91, 10.34, 10.69, 9.23, 9.11, 9.13, 9.03 };
	struct gmem_change_point *p;

	(void)state;
	NO_POINTS(metric1, &otava);
	POINTS(metric2, &otava, 6);
	assert_int_equal(gmem_change_points(metric2, LENGTH(metric2), &otava, &p), 1);
	assert_true(fabs(p->after / p->before - 1 + 0.129) < 0.0005);
	free(p);
}

/* Fills @v with a level and noise of about a normal distribution. */
static void make_noise(struct rng *r, double *v, size_t n, double level, double deviation)
{
	for (size_t i = 0; i < n; i++) {
		double sum = -6;

		for (int k = 0; k < 12; k++)
			sum += (double)rng_below(r, 1 << 20) / (1 << 20);
		v[i] = level * (1 + deviation * sum);
	}
}

static void test_noise_marks_nothing(void **state)
{
	struct rng r = { 1 };
	unsigned int false_alarms = 0;
	double v[100];

	(void)state;
	for (int i = 0; i < 200; i++) {
		make_noise(&r, v, 20, 1000, 0.0001);
		points(v, 20, &GMEM_CHANGE_RULES_DEFAULT, NULL, 0);
	}
	/* A place is chosen out of many, so chance makes a point more often than max_p. */
	for (int i = 0; i < 200; i++) {
		struct gmem_change_point *p;

		make_noise(&r, v, 100, 1000, 0.02);
		false_alarms += gmem_change_points(v, 100, &GMEM_CHANGE_RULES_DEFAULT, &p) != 0;
		free(p);
	}
	print_message("# %u of 200 series of 100 values of 2 %% noise have a point\n", false_alarms);
	assert_true(false_alarms <= 10);
}

/* Wherever it is, and however large. */
static void test_an_outlier_marks_nothing(void **state)
{
	static const double factors[] = { 0.1, 0.9, 1.1, 2, 100 };
	struct rng r = { 2 };
	double v[20];

	(void)state;
	for (size_t k = 0; k < LENGTH(factors) * LENGTH(v); k++) {
		make_noise(&r, v, LENGTH(v), 1000, 0.001);
		v[k % LENGTH(v)] *= factors[k / LENGTH(v)];
		NO_POINTS(v, &GMEM_CHANGE_RULES_DEFAULT);
	}
}

/* From the second value of the new level on, and in a long series. */
static void test_a_step_is_found(void **state)
{
	static const size_t at[] = { 10, 18, 30, 77, 100, 110 };
	struct rng r = { 3 };
	double v[200];

	(void)state;
	for (size_t k = 0; k < LENGTH(at); k++) {
		make_noise(&r, v, LENGTH(v), 1000, 0.005);
		for (size_t i = at[k]; i < LENGTH(v); i++)
			v[i] *= 1.1;
		POINTS(v, &GMEM_CHANGE_RULES_DEFAULT, at[k]);
		if (at[k] >= 8)
			points(v, at[k] + 2, &GMEM_CHANGE_RULES_DEFAULT, &at[k], 1);
		points(v, at[k] + 1, &GMEM_CHANGE_RULES_DEFAULT, NULL, 0);
	}
}

static void test_steps_and_an_outlier(void **state)
{
	struct rng r = { 4 };
	double v[120];

	(void)state;
	make_noise(&r, v, LENGTH(v), 1000, 0.005);
	for (size_t i = 30; i < LENGTH(v); i++)
		v[i] *= i < 80 ? 1.1 : 0.8;
	v[0] *= 3;
	v[55] *= 2;
	POINTS(v, &GMEM_CHANGE_RULES_DEFAULT, 30, 80);
}

static void test_constant_and_short(void **state)
{
	static const double v[] = { 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1 }, zero[40], step[] = { 1, 1, 2, 2 };
	struct gmem_change_rules rules = otava;
	struct gmem_change_point *p;

	(void)state;
	NO_POINTS(v, &rules);
	NO_POINTS(zero, &rules);
	POINTS(step, &rules, 2);
	for (size_t n = 0; n < 4; n++)
		points(step, n, &rules, NULL, 0);
	rules.window = 3;
	assert_int_equal(gmem_change_points(step, 4, &rules, &p), -EINVAL);
	assert_null(p);
}

/* tests/analysis_test.py: test_significance_tester; and values of tables. */
static void test_tails(void **state)
{
	(void)state;
	assert_true(fabs(gmem_t_tails(2.228, 10) - 0.05) < 1e-4);
	assert_true(fabs(gmem_t_tails(3.646, 30) - 0.001) < 1e-5);
	assert_true(fabs(gmem_t_tails(0, 8) - 1) < 1e-9);
}

static void test_without_memory(void **state)
{
	static const double v[] = { 1, 1, 2, 2 };
	struct gmem_change_point *p;

	(void)state;
	for (unsigned int i = 0; i < 4; i++) {
		long got;

		alloc_fail_after(i);
		got = gmem_change_points(v, LENGTH(v), &otava, &p);
		assert_true(alloc_restore());
		assert_int_equal(got, -ENOMEM);
		assert_null(p);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_otava_single),
	cmocka_unit_test(test_otava_two),
	cmocka_unit_test(test_otava_from_zero),
	cmocka_unit_test(test_otava_divisive),
	cmocka_unit_test(test_otava_csv),
	cmocka_unit_test(test_noise_marks_nothing),
	cmocka_unit_test(test_an_outlier_marks_nothing),
	cmocka_unit_test(test_a_step_is_found),
	cmocka_unit_test(test_steps_and_an_outlier),
	cmocka_unit_test(test_constant_and_short),
	cmocka_unit_test(test_tails),
	cmocka_unit_test(test_without_memory),
};

TEST_UNIT(changepoints_unit, tests);
