// SPDX-License-Identifier: GPL-2.0-only
/*
 * Comparisons: equal runs never compare as worse, a slow-down in one phase is found and named, and
 * undecidable comparisons are reported as such.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/statistics.h"
#include "compare/compare.h"
#include "report_test.h"

#define PAIRS 20

/* Returns a run. Runs of one kind differ by up to 1 % as a whole, and operations by up to half. */
static struct synth_load run_of(uint64_t seed, uint64_t conversions)
{
	return (struct synth_load){
		.seed = seed * 7919, .vms = 2, .vcpus = 4, .conversions = conversions, .noise = 0.5,
		.drift = 0.01 * (double)(seed * 2654435761U % 1000) / 1000,
	};
}

static void add_run(struct cmp_set *set, enum cmp_side side, const struct synth_load *o)
{
	struct cmp_samples *samples = cmp_samples_new();
	struct gmem_analysis *a = gmem_analysis_new();

	assert_non_null(samples);
	a->on_value = cmp_samples_value;
	a->ctx = samples;
	assert_int_equal(synth_load(o, test_on_record, a), 0);
	assert_int_equal(cmp_samples_add_run(samples, a, set, side), 0);
	gmem_analysis_free(a);
	cmp_samples_free(samples);
}

static struct cmp_results judge(const struct cmp_set *set)
{
	struct cmp_rules rules;
	struct cmp_results r;

	cmp_rules_default(&rules);
	assert_int_equal(cmp_judge(&r, set, &rules), 0);
	return r;
}

static size_t alarms(uint64_t seed, size_t runs, uint64_t conversions)
{
	struct cmp_set set = { .nr = 0 };
	struct cmp_results r;
	size_t worse;

	for (size_t i = 0; i < runs; i++) {
		struct synth_load a = run_of(seed * 100 + 2 * i, conversions);
		struct synth_load b = run_of(seed * 100 + 2 * i + 1, conversions);

		add_run(&set, CMP_BASE, &a);
		add_run(&set, CMP_NEW, &b);
	}
	r = judge(&set);
	worse = r.by_verdict[CMP_WORSE];
	if (worse)
		cmp_text(&r, false, stdout);
	assert_true(r.by_verdict[CMP_SAME] > 20);
	cmp_results_free(&r);
	cmp_set_free(&set);
	return worse;
}

static void no_false_alarm_single(void **state)
{
	size_t n = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= PAIRS; seed++)
		n += alarms(seed, 1, 20000);
	assert_int_equal(n, 0);
}

static void no_false_alarm_repeated(void **state)
{
	size_t n = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= PAIRS; seed++)
		n += alarms(seed, 5, 2000);
	assert_int_equal(n, 0);
}

static const struct cmp_result *find(const struct cmp_results *r, const char *key)
{
	for (size_t i = 0; i < r->nr; i++) {
		if (!strcmp(r->results[i].metric->key, key))
			return &r->results[i];
	}
	fail_msg("there is no metric %s", key);
	return NULL;
}

/* Checks that only that phase, and sums that include it, are worse. */
static void only_what_was_planted(const struct cmp_results *r, const char *phase)
{
	size_t n = 0;

	for (size_t i = 0; i < r->nr; i++) {
		const char *key = r->results[i].metric->key;

		if (r->results[i].verdict != CMP_WORSE)
			continue;
		if (strstr(key, phase))
			n++;
		else
			assert_true(strstr(key, "conversion") || strstr(key, "stall") || strstr(key, "window"));
	}
	assert_true(n > 0);
}

static void plant(size_t runs, uint64_t conversions, double slower)
{
	struct cmp_set set = { .nr = 0 };
	struct cmp_results r;

	for (size_t i = 0; i < runs; i++) {
		struct synth_load a = run_of(900 + 2 * i, conversions), b = run_of(901 + 2 * i, conversions);

		b.slower[GMEM_PHASE_STORE] = slower;
		add_run(&set, CMP_BASE, &a);
		add_run(&set, CMP_NEW, &b);
	}
	r = judge(&set);
	only_what_was_planted(&r, "store");
	assert_int_equal(find(&r, "to_shared.4K.store.p50_ns")->verdict, CMP_WORSE);
	assert_int_equal(find(&r, "to_private.2M.store.p50_ns_per_page")->verdict, CMP_WORSE);
	assert_true(fabs(find(&r, "to_shared.4K.store.p50_ns")->change - slower) < 0.03);
	assert_int_equal(find(&r, "to_shared.4K.zap.p50_ns")->verdict, CMP_SAME);
	cmp_results_free(&r);
	cmp_set_free(&set);
}

static void planted_single(void **state)
{
	(void)state;
	plant(1, 40000, 0.1);
}

static void planted_repeated(void **state)
{
	(void)state;
	plant(5, 4000, 0.1);
}

/* A phase that disappears: 7.3 does not reserve when it clears, so the time drops to none. */
static void a_phase_goes(void **state)
{
	struct cmp_set set = { .nr = 0 };
	struct synth_load a = run_of(1, 8000), b = run_of(2, 8000);
	struct cmp_results r;

	(void)state;
	b.slower[GMEM_PHASE_RESERVE] = -1;
	add_run(&set, CMP_BASE, &a);
	add_run(&set, CMP_NEW, &b);
	r = judge(&set);
	assert_int_equal(find(&r, "to_private.4K.reserve.p50_ns")->verdict, CMP_BETTER);
	assert_int_equal(r.by_verdict[CMP_WORSE], 0);
	cmp_results_free(&r);
	cmp_set_free(&set);
}

/* Runs that differ much among themselves: a change of their mean is no evidence. */
static void noise_is_not_a_regression(void **state)
{
	static const double base[] = { 100, 140, 90 }, now[] = { 130, 150, 100 };
	struct cmp_set set = { .nr_runs = { 3, 3 } };
	struct cmp_results r;

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct cmp_value a = { .value = base[i], .count = 1000 }, b = { .value = now[i], .count = 1000 };

		assert_int_equal(cmp_set_add(&set, CMP_BASE, "x.p50_ns", CMP_LESS_IS_BETTER, &a), 0);
		assert_int_equal(cmp_set_add(&set, CMP_NEW, "x.p50_ns", CMP_LESS_IS_BETTER, &b), 0);
	}
	r = judge(&set);
	assert_int_equal(r.results[0].verdict, CMP_UNSURE);
	cmp_results_free(&r);
	cmp_set_free(&set);
}

static void too_few(void **state)
{
	struct cmp_set set = { .nr_runs = { 1, 1 } };
	struct cmp_value a = { .value = 100, .count = 5 }, b = { .value = 900, .count = 5 };
	struct cmp_results r;

	(void)state;
	cmp_set_add(&set, CMP_BASE, "x.p50_ns", CMP_LESS_IS_BETTER, &a);
	cmp_set_add(&set, CMP_NEW, "x.p50_ns", CMP_LESS_IS_BETTER, &b);
	r = judge(&set);
	assert_int_equal(r.results[0].verdict, CMP_FEW);
	cmp_results_free(&r);
	cmp_set_free(&set);
}

/* Values from tables of Student's t. */
static void student(void **state)
{
	(void)state;
	assert_true(fabs(gmem_t_critical(0.05, 10) - 2.228) < 0.001);
	assert_true(fabs(gmem_t_critical(0.01, 4) - 4.604) < 0.001);
	assert_true(fabs(gmem_t_critical(0.001, 30) - 3.646) < 0.001);
	assert_true(fabs(gmem_t_critical(0.05, 1e6) - 1.960) < 0.001);
	assert_true(fabs(gmem_t_critical(0.01, 1) - 63.657) < 0.01);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(student),
	cmocka_unit_test(no_false_alarm_single),
	cmocka_unit_test(no_false_alarm_repeated),
	cmocka_unit_test(planted_single),
	cmocka_unit_test(planted_repeated),
	cmocka_unit_test(a_phase_goes),
	cmocka_unit_test(noise_is_not_a_regression),
	cmocka_unit_test(too_few),
};

TEST_UNIT(compare_unit, tests);
