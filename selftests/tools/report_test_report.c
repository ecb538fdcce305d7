// SPDX-License-Identifier: GPL-2.0-only
/* What reports look like, and that they say what the analysis has. */
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "report_test.h"

static const struct synth_load busy = {
	.seed = 7, .vms = 2, .vcpus = 4, .conversions = 3000, .noise = 0.5, .ends = true,
};

static char *text_of(const struct gmem_analysis *a, size_t max_vms, size_t *size)
{
	char *buf = NULL;
	struct report r;
	FILE *f = open_memstream(&buf, size);

	assert_int_equal(report_make(&r, a), 0);
	report_text(&r, max_vms, f);
	report_free(&r);
	fclose(f);
	return buf;
}

static void golden_text(const struct synth_load *o, const char *name)
{
	struct gmem_analysis *a = test_analysis(o);
	size_t size;
	char *buf = text_of(a, 8, &size);

	for (char *line = buf, *end; (end = strchr(line, '\n')); line = end + 1)
		assert_true(end - line <= 80);
	test_golden(name, buf, size);
	free(buf);
	gmem_analysis_free(a);
}

static void busy_text(void **state)
{
	(void)state;
	golden_text(&busy, "report-busy.txt");
}

/* Events are missing: what is exact is not what was seen. */
static void lossy_text(void **state)
{
	struct synth_load o = busy;

	(void)state;
	o.vms = 1;
	o.lost = 5;
	golden_text(&o, "report-lossy.txt");
}

static void empty_text(void **state)
{
	struct gmem_analysis *a = gmem_analysis_new();
	size_t size;
	char *buf = text_of(a, 8, &size);

	(void)state;
	test_golden("report-empty.txt", buf, size);
	free(buf);
	gmem_analysis_free(a);
}

/* Without half of the ends, the kernel's counts are what is shown. */
static int drop_some(void *ctx, const struct gmem_hdr *rec)
{
	static unsigned int n;

	if (rec->kind == GMEM_ATTRIBUTES_END && n++ % 2)
		return 0;
	return gmem_analysis_apply(ctx, rec, true);
}

static void counts_are_exact(void **state)
{
	struct gmem_analysis *a = gmem_analysis_new();
	struct report r;

	(void)state;
	assert_int_equal(synth_load(&busy, drop_some, a), 0);
	assert_int_equal(report_make(&r, a), 0);
	for (int d = 0; d < GMEM_DIRECTIONS; d++) {
		struct gmem_op_counters c = report_conversions(&r.total, d);
		struct gmem_dist dist = report_dist(&r.total, GMEM_S_CONVERSION, d);

		assert_int_equal(c.count, r.total.c.conversion[d].count);
		assert_int_equal(dist.count, c.count);
		assert_int_equal(dist.total_ns, c.total_ns);
		assert_true(r.sum.dist[GMEM_S_CONVERSION][d]->count < c.count);
	}
	report_free(&r);
	gmem_analysis_free(a);
}

static uint64_t at(struct json_object *o, const char *keys)
{
	char buf[128], *save, *key;

	snprintf(buf, sizeof(buf), "%s", keys);
	for (key = strtok_r(buf, ".", &save); key; key = strtok_r(NULL, ".", &save))
		assert_true(json_object_object_get_ex(o, key, &o));
	return json_object_get_uint64(o);
}

static void json_says_the_same(void **state)
{
	struct gmem_analysis *a = test_analysis(&busy);
	struct json_object *o;
	struct report r;

	(void)state;
	assert_int_equal(report_make(&r, a), 0);
	o = report_json(&r);
	assert_int_equal(at(o, "events"), a->nr_events);
	assert_int_equal(at(o, "total.conversions.to_private.count"),
			 r.total.c.conversion[GMEM_TO_PRIVATE].count);
	assert_int_equal(at(o, "total.latency.zap.to_shared.total_ns"),
			 r.total.c.phase_ns[GMEM_TO_SHARED][GMEM_PHASE_ZAP]);
	assert_int_equal(at(o, "total.windows.retries"), r.sum.window.retries);
	json_object_put(o);
	report_free(&r);
	gmem_analysis_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(busy_text),
	cmocka_unit_test(lossy_text),
	cmocka_unit_test(empty_text),
	cmocka_unit_test(counts_are_exact),
	cmocka_unit_test(json_says_the_same),
};

TEST_UNIT(report_unit, tests);
