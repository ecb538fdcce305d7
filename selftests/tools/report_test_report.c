// SPDX-License-Identifier: GPL-2.0-only
/* Layout of reports, and agreement with the analysis. */
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "report_test.h"
#include "tap_diff.h"

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

static void assert_contains(const char *text, const char *part)
{
	if (strstr(text, part))
		return;
	print_message("# missing:\n");
	tap_comment(part);
	print_message("# in:\n");
	tap_comment(text);
	fail();
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

/* Events are missing: exact counts differ from those of the events. */
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

/* Drops half of the ends: the report shows the kernel's counts. */
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

/* A begin repeated by a snapshot is not an event; the age is as of the last record. */
static void in_flight_at_the_end(void **state)
{
	struct gmem_analysis *a = gmem_analysis_new();
	size_t size;
	char *text;

	(void)state;
	RECORD(a, GMEM_BIND, .end = 100, .h.ts_ns = 1000);
	RECORD(a, GMEM_ATTRIBUTES_BEGIN, .start = 5, .end = 7, .arg = TEST_PRIVATE, .h.ts_ns = 2000);
	RECORD(a, GMEM_ATTRIBUTES_PHASE, .start = 5, .end = 7, .arg = 3, .h.ts_ns = 3000);
	for (uint64_t ts = 10000; ts < 40000; ts += 10000) {
		RECORD(a, GMEM_INFLIGHT, .h.ts_ns = ts);
		RECORD(a, GMEM_STALL_BEGIN, .start = 5, .end = 7, .aux = 1, .h.ts_ns = 1500, .h.flags = GMEM_REC_REPEATED);
		RECORD(a, GMEM_ATTRIBUTES_BEGIN, .start = 5, .end = 7, .arg = TEST_PRIVATE, .h.ts_ns = 2000,
		       .h.flags = GMEM_REC_REPEATED);
		RECORD(a, GMEM_SYNC, .h.ts_ns = ts);
	}
	assert_int_equal(a->nr_events, 3);
	assert_int_equal(a->model->nr_events, 3);
	text = text_of(a, 8, &size);
	assert_non_null(strstr(text, "IN FLIGHT AT THE END\n"
				     " 28.5us: VM 1 tid 9 gfn [0x5, 0x7) 8K\n"
				     "         stall of vCPU 1, to shared\n"
				     " 28.0us: VM 1 tid 9 gfn [0x5, 0x7) 8K\n"
				     "         conversion to private, store\n"));
	free(text);
	RECORD(a, GMEM_ATTRIBUTES_END, .start = 5, .end = 7, .arg = TEST_PRIVATE, .dur_ns = 40000, .h.ts_ns = 42000);
	RECORD(a, GMEM_INFLIGHT, .h.ts_ns = 43000);
	RECORD(a, GMEM_SYNC, .h.ts_ns = 43000);
	text = text_of(a, 8, &size);
	assert_null(strstr(text, "IN FLIGHT"));
	free(text);
	gmem_analysis_free(a);
}

/*
 * A conversion without phases has only a duration: the report must not attribute it to the lock.
 */
static void page_knows_no_phase(void **state)
{
	(void)state;
	for (int phases = 0; phases < 2; phases++) {
		struct gmem_analysis *a = gmem_analysis_new();
		char *text = NULL;
		struct report r;
		size_t size;
		FILE *f;

		RECORD(a, GMEM_BIND, .end = 100);
		RECORD(a, GMEM_ATTRIBUTES_BEGIN, .start = 5, .end = 7, .arg = TEST_PRIVATE);
		if (phases)
			RECORD(a, GMEM_ATTRIBUTES_PHASE, .start = 5, .end = 7);
		RECORD(a, GMEM_ATTRIBUTES_END, .start = 5, .end = 7, .arg = TEST_PRIVATE, .aux = 1, .dur_ns = 20);
		assert_int_equal(report_make(&r, a), 0);
		f = open_memstream(&text, &size);
		report_html(&r, 1, f);
		fclose(f);
		assert_int_equal(strstr(text, "title=\"lock: ") != NULL, phases);
		assert_int_equal(strstr(text, "title=\"ioctl: ") != NULL, !phases);
		free(text);
		report_free(&r);
		gmem_analysis_free(a);
	}
}

/* Columns count characters on the screen, not bytes, and no character is cut in two. */
static void names_are_aligned(void **state)
{
	static const struct { const char *name, *row; } names[] = {
		{ "gr\u00f6\u00dfe\u65e5\u672c-very-long", "gr\u00f6\u00dfe\u65e5\u672c-very-    400K" },
		{ "\u65e5\u672c\u65e5\u672c\u65e5\u672c\u65e5\u672c", "\u65e5\u672c\u65e5\u672c\u65e5\u672c\u65e5     400K" },
		{ "e\u0301", "e\u0301                  400K" },
		{ "plain", "plain              400K" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct gmem_analysis *a = gmem_analysis_new();
		struct gmem_name_rec n = { .h = { .vm = 1, .kind = GMEM_NAME, .size = sizeof(n) } };
		size_t size;
		char *text;

		snprintf(n.name, sizeof(n.name), "%s", names[i].name);
		test_apply(a, &n.h);
		RECORD(a, GMEM_BIND, .end = 100);
		RECORD(a, GMEM_SCAN_END, .start = 0);
		text = text_of(a, 8, &size);
		assert_contains(text, names[i].row);
		free(text);
		gmem_analysis_free(a);
	}
}

static const char *const written[] = {
	"  punches: 3 that failed, 1 that freed nothing, 1 whose begin was not seen\n",
	"  preallocations: 2 that failed\n", "  populate: 1 that failed\n", "  faults of vCPUs: 1 that failed\n",
	"  faults of VMM: 1 that failed\n", "  files created: 2 that failed\n", "  bindings: 1 that failed\n",
};

/* Every format counts operations that failed or changed nothing. */
static void failures_are_counted(void **state)
{
	static const char html[] = "/tmp/gmem-report-test.html";
	struct gmem_analysis *a = gmem_analysis_new();
	struct json_object *o, *ops, *op, *v;
	struct report r;
	size_t size;
	char *text;
	FILE *f;

	(void)state;
	for (int i = 0; i < 3; i++)
		RECORD(a, GMEM_FALLOCATE_END, .ino = 5, .end = 8, .arg = 3, .ret = -22, .dur_ns = 5);
	RECORD(a, GMEM_FALLOCATE_END, .ino = 5, .end = 8, .arg = 3, .nr_pages = 8, .dur_ns = 5);
	RECORD(a, GMEM_FALLOCATE_END, .ino = 5, .end = 8, .arg = 3, .nr_pages = 0, .dur_ns = 5);
	RECORD(a, GMEM_FALLOCATE_END, .ino = 5, .end = 8, .arg = 3, .nr_pages = 8);
	for (int i = 0; i < 2; i++)
		RECORD(a, GMEM_FALLOCATE_END, .ino = 5, .end = 8, .ret = -28, .dur_ns = 5);
	RECORD(a, GMEM_POPULATE_END, .ino = 5, .end = 8, .ret = -14, .dur_ns = 5);
	RECORD(a, GMEM_FAULT_END, .ino = 5, .end = 1, .ret = -12, .dur_ns = 5);
	RECORD(a, GMEM_USER_FAULT_END, .ino = 5, .end = 1, .ret = -12, .dur_ns = 5);
	RECORD(a, GMEM_CREATE, .end = 8, .ret = -22);
	RECORD(a, GMEM_CREATE, .end = 8, .ret = -22);
	RECORD(a, GMEM_CREATE, .ino = 5, .end = 8);
	RECORD(a, GMEM_BIND, .ino = 5, .end = 8, .ret = -17);
	text = text_of(a, 8, &size);
	for (size_t i = 0; i < sizeof(written) / sizeof(*written); i++)
		assert_contains(text, written[i]);
	free(text);
	assert_int_equal(report_make(&r, a), 0);
	o = report_json(&r);
	assert_true(json_object_object_get_ex(o, "total", &ops));
	assert_true(json_object_object_get_ex(ops, "operations", &ops));
	assert_true(json_object_object_get_ex(ops, "punch", &op));
	assert_true(json_object_object_get_ex(op, "failed", &v));
	assert_int_equal(json_object_get_int(v), 3);
	assert_true(json_object_object_get_ex(op, "unchanged", &v));
	assert_int_equal(json_object_get_int(v), 1);
	assert_true(json_object_object_get_ex(op, "untimed", &v));
	assert_int_equal(json_object_get_int(v), 1);
	assert_true(json_object_object_get_ex(op, "count", &v));
	assert_int_equal(json_object_get_int(v), 3);
	json_object_put(o);
	f = fopen(html, "w+");
	assert_non_null(f);
	report_html(&r, 8, f);
	rewind(f);
	text = calloc(1, 1 << 20);
	assert_true(fread(text, 1, (1 << 20) - 1, f) > 0);
	assert_non_null(strstr(text, "punches: 3 that failed, 1 that freed nothing"));
	assert_non_null(strstr(text, "preallocations: 2 that failed"));
	free(text);
	fclose(f);
	remove(html);
	report_free(&r);
	gmem_analysis_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(failures_are_counted),
	cmocka_unit_test(busy_text),
	cmocka_unit_test(lossy_text),
	cmocka_unit_test(empty_text),
	cmocka_unit_test(counts_are_exact),
	cmocka_unit_test(json_says_the_same),
	cmocka_unit_test(in_flight_at_the_end),
	cmocka_unit_test(names_are_aligned),
	cmocka_unit_test(page_knows_no_phase),
};

TEST_UNIT(report_unit, tests);
