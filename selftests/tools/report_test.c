// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the analysis and its reports, as one TAP stream: report_test [PATTERN]. */
#include "report_test.h"

#include <stdlib.h>
#include <string.h>

#include "tap_diff.h"

void test_apply(struct gmem_analysis *a, struct gmem_hdr *h)
{
	static uint64_t now = 1000;

	if (!h->ts_ns)
		h->ts_ns = now += 10;
	now = h->ts_ns;
	assert_int_equal(gmem_analysis_apply(a, h, true), 0);
}

int test_on_record(void *analysis, const struct gmem_hdr *rec)
{
	return gmem_analysis_apply(analysis, rec, true);
}

struct gmem_analysis *test_analysis(const struct synth_load *o)
{
	struct gmem_analysis *a = gmem_analysis_new();

	assert_non_null(a);
	assert_int_equal(synth_load(o, test_on_record, a), 0);
	return a;
}

static void write_file(const char *path, const char *text, size_t size)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	assert_int_equal(fwrite(text, 1, size, f), size);
	assert_int_equal(fclose(f), 0);
}

void test_golden(const char *name, const char *text, size_t size)
{
	char path[256], *want;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "selftests/tools/golden/%s", name);
	if (getenv("GMEM_UPDATE_GOLDEN"))
		write_file(path, text, size);
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s is not there: GMEM_UPDATE_GOLDEN=1 makes it", path);
	want = calloc(1, size + 2);
	n = fread(want, 1, size + 1, f);
	fclose(f);
	if (n != size || memcmp(want, text, size)) {
		print_message("# lines that differ from %s:\n", path);
		tap_diff(want, text);
		free(want);
		fail();
	}
	free(want);
}

int main(int argc, char **argv)
{
	const struct test_unit *const units[] = { &analysis_unit, &report_unit, &compare_unit, &events_unit, &results_unit, &dashboard_unit };
	struct CMUnitTest all[128];
	size_t n = 0;

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++) {
		if (n + units[i]->n > sizeof(all) / sizeof(*all))
			abort();
		memcpy(&all[n], units[i]->tests, units[i]->n * sizeof(*all));
		n += units[i]->n;
	}
	cmocka_set_message_output(CM_OUTPUT_TAP);
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return _cmocka_run_group_tests("report", all, n, NULL, NULL) ? EXIT_FAILURE : EXIT_SUCCESS;
}
