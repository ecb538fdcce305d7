// SPDX-License-Identifier: GPL-2.0-only
/* Reader of results: both forms, and what it refuses, by place. */
#include "report_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/results.h"

#define HEAD "{\"schema\":\"gmem.results/1\",\"time\":\"2026-11-28T14:00:00Z\","

static struct results read_good(const char *text)
{
	struct results r = { 0 };
	struct gmem_error e = { 0 };

	if (results_parse(&r, "f", text, strlen(text), &e))
		fail_msg("%s: %s", text, e.what);
	return r;
}

/* Checks that the text is refused, that the error has @why, and that nothing is added. */
static void refused(const char *text, const char *why)
{
	struct results r = { 0 };
	struct gmem_error e = { 0 };

	assert_int_equal(results_parse(&r, "f", text, strlen(text), &e), GMEM_E_IO);
	if (!strstr(e.what, why) || !*e.hint)
		fail_msg("'%s' has not '%s'", e.what, why);
	assert_int_equal(r.nr, 0);
	results_free(&r);
}

static void document(void **state)
{
	struct results r = read_good(HEAD "\"commit\":\"abc\",\"kernel\":\"6.12\",\"scenario\":\"s\",\"repeats\":2,"
		"\"parameters\":{\"b\":1,\"a\":{\"d\":2,\"c\":3}},\"series\":[{\"name\":\"x\",\"unit\":\"ns\",\"values\":[1,3]},"
		"{\"name\":\"y\",\"better\":\"higher\",\"value\":7,\"histogram\":[[0,1,5]],\"recording\":\"a/b.gmem\"}]}");

	(void)state;
	assert_int_equal(r.nr, 1);
	assert_string_equal(r.runs[0].commit, "abc");
	assert_string_equal(r.runs[0].variant, "");
	assert_string_equal(r.runs[0].parameters, "{\"a\":{\"c\":3,\"d\":2},\"b\":1}");
	assert_int_equal(r.runs[0].nr, 2);
	assert_true(results_median(&r.runs[0].series[0]) == 2 && !r.runs[0].series[0].higher);
	assert_true(results_median(&r.runs[0].series[1]) == 7 && r.runs[0].series[1].higher);
	assert_non_null(r.runs[0].series[1].histogram);
	assert_string_equal(r.runs[0].series[1].recording, "a/b.gmem");
	results_free(&r);
}

static void plain_forms(void **state)
{
	static const char *const texts[] = {
		"{\"name\":\"x\",\"value\":1,\"time\":5}",
		" [{\"name\":\"x\",\"value\":1,\"time\":5}] \n",
		"{\"name\":\"x\",\"value\":1,\"time\":5}\n{\"name\":\"y\",\"values\":[2],\"time\":6}\n",
		"[{\"name\":\"x\",\"value\":1,\"time\":5},{\"name\":\"y\",\"values\":[2],\"time\":6}]",
	};

	(void)state;
	for (size_t i = 0; i < 4; i++) {
		struct results r = read_good(texts[i]);

		assert_int_equal(r.nr, 1 + i / 2);
		assert_true(r.runs[0].time_s == 5);
		assert_string_equal(r.runs[r.nr - 1].series[0].name, i < 2 ? "x" : "y");
		results_free(&r);
	}
}

static void places_of_errors(void **state)
{
	(void)state;
	refused("", "line 1, column 1: no results");
	refused("{\"name\":\"x\",\n \"value\":}", "line 2, column 10");
	refused("{\"name\":\"x\",\"value\":1,\"time\":5}\n{\"name\":", "line 2, column 9: the file ends");
	refused("{\"name\":\"\xff\",\"value\":1,\"time\":5}", "line 1, column 10");
	refused("{\"name\":\"x\",\"value\":1,\"time\":5}\n7", "document 2: not an object");
	refused("{\"name\":\"x\",\"value\":1,\"time\":5}\n{\"name\":\"y\",\"time\":5}", "document 2: y: either 'values' or");
}

static void what_is_refused(void **state)
{
	static const char *const cases[][2] = {
		{ HEAD "\"series\":[]}", "'series' is empty" },
		{ HEAD "\"series\":7}", "'series' is not an array" },
		{ HEAD "\"name\":\"x\",\"value\":1}", "'series' is missing" },
		{ HEAD "\"series\":[7]}", "a series is not an object" },
		{ HEAD "\"series\":[{\"value\":1}]}", "'name'" },
		{ HEAD "\"series\":[{\"name\":\"x\",\"values\":[]}]}", "x: 'values' is empty" },
		{ HEAD "\"series\":[{\"name\":\"x\",\"values\":[1,\"2\"]}]}", "not a number" },
		{ HEAD "\"series\":[{\"name\":\"x\",\"value\":1e999}]}", "not a number" },
		{ HEAD "\"series\":[{\"name\":\"x\",\"value\":NaN}]}", "not a number" },
		{ HEAD "\"series\":[{\"name\":\"x\",\"value\":1,\"better\":\"more\"}]}", "'better'" },
		{ HEAD "\"series\":[{\"name\":\"x\",\"value\":1,\"recording\":\"/etc/x\"}]}", "'recording'" },
		{ HEAD "\"series\":[{\"name\":\"x\",\"value\":1,\"recording\":\"a/../../x\"}]}", "'recording'" },
		{ HEAD "\"series\":[{\"name\":\"x\",\"value\":1,\"histogram\":[[1,2]]}]}", "'histogram'" },
		{ HEAD "\"commit\":7,\"series\":[{\"name\":\"x\",\"value\":1}]}", "'commit'" },
		{ HEAD "\"machine\":7,\"series\":[{\"name\":\"x\",\"value\":1}]}", "'machine'" },
		{ "{\"schema\":\"gmem.results/2\",\"time\":1,\"series\":[]}", "'schema' is not gmem.results/1" },
		{ "{\"name\":\"x\",\"value\":1}", "'time' is missing" },
		{ "{\"name\":\"x\",\"value\":1,\"time\":\"yesterday\"}", "'time' is neither" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		refused(cases[i][0], cases[i][1]);
}

static void times(void **state)
{
	static const struct {
		const char *text;
		double time_s;
	} good[] = {
		{ "1970-01-01T00:00:00Z", 0 }, { "2026-11-28T14:00:00Z", 1795874400 }, { "2026-11-28 14:00:00z", 1795874400 },
		{ "2026-11-28T15:30:00.5+01:30", 1795874400.5 }, { "2026-11-28T13:00:00-0100", 1795874400 },
	};
	static const char *const wrong[] = {
		"", "2026-11-28", "2026-11-28T14:00:00", "2026-13-28T14:00:00Z", "2026-11-28T14:00:00Zx", "2026-11-28T14:00:00+1",
	};
	double t;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		assert_true(results_parse_time(good[i].text, &t));
		assert_true(t == good[i].time_s);
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		assert_false(results_parse_time(wrong[i], &t));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(document),
	cmocka_unit_test(plain_forms),
	cmocka_unit_test(places_of_errors),
	cmocka_unit_test(what_is_refused),
	cmocka_unit_test(times),
};

TEST_UNIT(results_unit, tests);
