// SPDX-License-Identifier: GPL-2.0-only
/* Trends of the dashboard: what is one trend, states of changes, baselines, and the text in data and summary. */
#include "report_test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "dashboard/dashboard.h"

/* Adds @n runs of one value each, a second apart, of commits c1, c2 .. */
static void add_runs(struct dashboard *d, const char *more, const double *values, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct gmem_error e = { 0 };
		char text[512];

		snprintf(text, sizeof(text), "{\"name\":\"x\",\"scenario\":\"s\",\"commit\":\"c%zu\",\"time\":%zu,\"value\":%g%s}",
			 i + 1, i + 1, values[i], more);
		if (results_parse(&d->results, "f", text, strlen(text), &e))
			fail_msg("%s", e.what);
	}
}

/* Takes a config, as text. */
static enum gmem_status set_config(struct dashboard *d, const char *text)
{
	char path[] = "/tmp/gmem-config-XXXXXX";
	struct gmem_error e = { 0 };
	int fd = mkstemp(path);
	enum gmem_status status;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	dash_config_free(&d->config);
	dash_config_default(&d->config);
	status = dash_config_read(&d->config, path, &e);
	unlink(path);
	return status;
}

static struct dashboard fresh(void)
{
	struct dashboard d = { .folder = "f", .recordings = "", .version = "v" };

	dash_config_default(&d.config);
	return d;
}

static const double step[] = { 10, 10.01, 10, 9.99, 10, 10, 12, 12.01, 12, 11.99, 12, 12 };
#define NR (sizeof(step) / sizeof(*step))

static void a_step(void **state)
{
	struct dashboard d = fresh();

	(void)state;
	add_runs(&d, "", step, NR);
	assert_int_equal(dash_compute(&d), 0);
	assert_int_equal(d.nr_trends, 1);
	assert_int_equal(d.trends[0].nr_changes, 1);
	assert_true(dash_is_alert(&d.trends[0].changes[0]));
	assert_int_equal(dash_alerts(&d), 1);
	assert_int_equal(d.nr_groups, 1);
	assert_string_equal(d.groups[0].run->commit, "c7");
	assert_string_equal(dash_before(&d.trends[0], &d.trends[0].changes[0])->commit, "c6");
	dash_free(&d);
}

static void higher_is_better(void **state)
{
	struct dashboard d = fresh();

	(void)state;
	add_runs(&d, ",\"better\":\"higher\"", step, NR);
	assert_int_equal(dash_compute(&d), 0);
	assert_false(d.trends[0].changes[0].worse);
	assert_int_equal(dash_alerts(&d), 0);
	dash_free(&d);
}

static void order_is_by_time(void **state)
{
	double reversed[NR];
	struct dashboard d = fresh();

	(void)state;
	for (size_t i = 0; i < NR; i++)
		reversed[i] = step[NR - 1 - i];
	for (size_t i = NR; i > 0; i--) {
		struct gmem_error e;
		char text[128];

		snprintf(text, sizeof(text), "{\"name\":\"x\",\"time\":%zu,\"value\":%g}", i, step[i - 1]);
		assert_int_equal(results_parse(&d.results, "f", text, strlen(text), &e), 0);
	}
	assert_int_equal(dash_compute(&d), 0);
	assert_true(d.trends[0].points[0].value == step[0] && d.trends[0].points[NR - 1].value == reversed[0]);
	assert_int_equal(dash_alerts(&d), 1);
	dash_free(&d);
}

/* Variants, machines, parameters and units are trends of their own; commits, kernels and configurations are not. */
static void what_is_a_trend(void **state)
{
	static const char *const others[] = { ",\"variant\":\"v\"", ",\"machine\":{\"a\":1}", ",\"parameters\":{\"a\":1}",
					      ",\"unit\":\"s\"", ",\"suite\":\"t\"" };
	static const char *const same[] = { ",\"kernel\":\"6\"", ",\"config\":\"c\"", ",\"tool\":\"t\"",
					    ",\"parameters\":{}" };
	struct dashboard d = fresh();

	(void)state;
	add_runs(&d, "", step, 2);
	for (size_t i = 0; i < 5; i++)
		add_runs(&d, others[i], step, 2);
	for (size_t i = 0; i < 4; i++)
		add_runs(&d, same[i], step, 2);
	assert_int_equal(dash_compute(&d), 0);
	assert_int_equal(d.nr_trends, 6);
	dash_free(&d);
}

static size_t alerts_with(const char *config, const double *values, size_t n)
{
	struct dashboard d = fresh();
	size_t alerts;

	assert_int_equal(set_config(&d, config), 0);
	add_runs(&d, "", values, n);
	assert_int_equal(dash_compute(&d), 0);
	alerts = dash_alerts(&d);
	dash_free(&d);
	return alerts;
}

#define CONFIG "{\"schema\":\"gmem.dashboard/1\","

static void states(void **state)
{
	static const struct {
		const char *config;
		size_t alerts;
	} cases[] = {
		{ CONFIG "\"changes\":[{\"commit\":\"c7\",\"state\":\"accepted\"}]}", 0 },
		{ CONFIG "\"changes\":[{\"commit\":\"c7\",\"state\":\"invalid\",\"note\":\"n\"}]}", 0 },
		{ CONFIG "\"changes\":[{\"commit\":\"c7\",\"state\":\"investigating\"}]}", 1 },
		{ CONFIG "\"changes\":[{\"commit\":\"c6\",\"state\":\"accepted\"}]}", 1 },
		{ CONFIG "\"changes\":[{\"commit\":\"c7\",\"match\":\"s/y\",\"state\":\"accepted\"}]}", 1 },
		{ CONFIG "\"changes\":[{\"commit\":\"c7\",\"match\":\"s/*\",\"state\":\"accepted\"}]}", 0 },
		{ CONFIG "\"series\":[{\"match\":\"s/x\",\"threshold\":0.3}]}", 0 },
		{ CONFIG "\"series\":[{\"match\":\"s/x\",\"threshold\":0.3},{\"match\":\"*\",\"threshold\":0.1}]}", 1 },
		{ CONFIG "\"series\":[{\"match\":\"s/x\",\"better\":\"higher\"}]}", 0 },
		{ CONFIG "\"min_magnitude\":0.3,\"series\":[{\"match\":\"s/x\",\"threshold\":0.25,\"baseline\":9}]}", 1 },
		{ CONFIG "\"min_magnitude\":0.3,\"series\":[{\"match\":\"s/x\",\"threshold\":0.25,\"baseline\":10}]}", 0 },
		{ CONFIG "\"min_magnitude\":0.3,\"series\":[{\"match\":\"s/x\",\"threshold\":0.25,\"baseline\":\"c12\"}]}", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t alerts = alerts_with(cases[i].config, step, NR);

		if (alerts != cases[i].alerts)
			fail_msg("%s: %zu alerts", cases[i].config, alerts);
	}
}

static void fixed(void **state)
{
	struct dashboard d = fresh();
	double values[30];

	(void)state;
	for (size_t i = 0; i < 30; i++)
		values[i] = (i / 10 == 1 ? 12 : 10) + 0.1 * (double)(i % 3);
	add_runs(&d, "", values, 30);
	assert_int_equal(dash_compute(&d), 0);
	assert_int_equal(d.trends[0].nr_changes, 2);
	assert_int_equal(d.trends[0].changes[0].state, DASH_FIXED);
	assert_int_equal(dash_alerts(&d), 0);
	dash_free(&d);
}

static void bad_configs(void **state)
{
	static const char *const texts[] = {
		"", "7", "{}", "{\"schema\":\"gmem.dashboard/2\"}", CONFIG "\"windw\":7}", CONFIG "\"window\":3}",
		CONFIG "\"window\":7.5}", CONFIG "\"max_p\":\"1\"}", CONFIG "\"link_commit\":\"javascript:%s\"}",
		CONFIG "\"link_commit\":\"https://x/%s%n\"}", CONFIG "\"series\":{}}", CONFIG "\"series\":[7]}",
		CONFIG "\"series\":[{}]}", CONFIG "\"series\":[{\"match\":\"*\",\"baseline\":[]}]}",
		CONFIG "\"changes\":[{\"commit\":\"c\"}]}", CONFIG "\"changes\":[{\"commit\":\"c\",\"state\":\"fixed\"}]}",
		CONFIG "\"changes\":[{\"commit\":\"\",\"state\":\"accepted\"}]}", CONFIG "\"title\":\"t\"} 7",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct dashboard d = fresh();

		if (set_config(&d, texts[i]) != GMEM_E_IO)
			fail_msg("accepted: %s", texts[i]);
		dash_free(&d);
	}
}

/* The data of a page are JSON, and have no "<", whatever is in the results. */
static void data_are_safe(void **state)
{
	struct dashboard d = fresh();
	struct json_object *o, *trend;
	char *text = NULL;
	size_t size;
	FILE *out;

	(void)state;
	add_runs(&d, ",\"variant\":\"</script><!--\\\"\\\\\\u0001\"", step, NR);
	assert_int_equal(dash_compute(&d), 0);
	out = open_memstream(&text, &size);
	dash_data(&d, out);
	fclose(out);
	assert_null(strchr(text, '<'));
	o = json_tokener_parse(text);
	assert_non_null(o);
	trend = json_object_array_get_idx(json_object_object_get(o, "trends"), 0);
	assert_string_equal(json_object_get_string(json_object_object_get(trend, "variant")), "</script><!--\"\\\x01");
	json_object_put(o);
	free(text);
	dash_free(&d);
}

/* Without commits, changes are attributed to kernels. */
static void kernels(void **state)
{
	struct dashboard d = fresh();

	(void)state;
	assert_int_equal(set_config(&d, CONFIG "\"changes\":[{\"commit\":\"6.12.7\",\"state\":\"accepted\"}]}"), 0);
	for (size_t i = 0; i < 2 * NR; i++) {
		struct gmem_error e;
		char text[128];

		snprintf(text, sizeof(text), "{\"name\":\"%zu\",\"kernel\":\"6.12.%zu\",\"time\":%zu,\"value\":%g}", i % 2,
			 i / 2 + 1, i, step[i / 2]);
		assert_int_equal(results_parse(&d.results, "f", text, strlen(text), &e), 0);
	}
	assert_int_equal(dash_compute(&d), 0);
	assert_int_equal(d.nr_groups, 1);
	assert_int_equal(d.groups[0].nr, 2);
	assert_string_equal(dash_culprit(d.groups[0].run), "6.12.7");
	assert_int_equal(dash_alerts(&d), 0);
	dash_free(&d);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(a_step),
	cmocka_unit_test(higher_is_better),
	cmocka_unit_test(order_is_by_time),
	cmocka_unit_test(what_is_a_trend),
	cmocka_unit_test(states),
	cmocka_unit_test(fixed),
	cmocka_unit_test(kernels),
	cmocka_unit_test(bad_configs),
	cmocka_unit_test(data_are_safe),
};

TEST_UNIT(dashboard_unit, tests);
