// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the tables: kinds.h and metrics.h. */
#include "lib_test.h"

#include <string.h>

#include "abi/hist.h"
#include "abi/kinds.h"
#include "model/metrics.h"
#include "model/model.h"

static void test_kinds(void **state)
{
	(void)state;
	assert_null(gmem_kind(0));
	assert_null(gmem_kind(GMEM_KINDS));
	assert_null(gmem_kind(UINT32_MAX));
	for (unsigned int k = 1; k < GMEM_KINDS; k++) {
		const struct gmem_kind_info *info = gmem_kind(k);

		assert_non_null(info);
		assert_non_null(info->op);
		/* arg is an offset only for kinds with a binding. */
		assert_true(info->arg != GMEM_ARG_PGOFF || info->unit == GMEM_GFN);
		assert_true(info->unit != GMEM_PGOFF || info->has_ino);
		for (unsigned int other = 1; other < k; other++)
			assert_string_not_equal(info->name, gmem_kind(other)->name);
	}
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

static void test_kinds_come_in_pairs(void **state)
{
	(void)state;
	for (unsigned int k = 1; k < GMEM_KINDS; k++) {
		const struct gmem_kind_info *info = gmem_kind(k), *next = gmem_kind(k + 1);

		if (info->phase == GMEM_BEGIN) {
			assert_true(ends_with(info->name, "_begin"));
			assert_non_null(next);
			assert_int_equal(next->phase, GMEM_END);
			assert_true(ends_with(next->name, "_end"));
			assert_string_equal(next->op, info->op);
			assert_int_equal(next->unit, info->unit);
			/* A fault's begin has the place in arg, its end the result. */
			assert_true(next->arg == info->arg || k == GMEM_FAULT_BEGIN);
			assert_int_equal(next->has_ino, info->has_ino);
		} else if (info->phase == GMEM_END) {
			assert_int_equal(gmem_kind(k - 1)->phase, GMEM_BEGIN);
		} else {
			assert_string_equal(info->op, info->name);
		}
	}
}

static void test_names_of_losses(void **state)
{
	(void)state;
	for (int i = 0; i < GMEM_LOSSES; i++) {
		assert_non_null(gmem_loss_names[i]);
		for (int j = 0; j < i; j++)
			assert_string_not_equal(gmem_loss_names[i], gmem_loss_names[j]);
	}
}

static void test_metric_table(void **state)
{
	(void)state;
	assert_null(gmem_metric(""));
	assert_null(gmem_metric("no_such_metric"));
	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		const struct gmem_metric *m = &gmem_metrics[i];

		assert_ptr_equal(gmem_metric(m->key), m);	/* unique */
		assert_int_equal(strspn(m->key, "abcdefghijklmnopqrstuvwxyz0123456789_"),
				 strlen(m->key));
		assert_true(strlen(m->help) > 0);
		assert_true((int)strlen(m->title) <= m->width);
		/* Two adjacent columns of a table have different titles. */
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(m->title, gmem_metrics[k].title);
		if (m->type == GMEM_NS)
			assert_true(ends_with(m->key, "_ns"));
		if (m->type == GMEM_BYTES)
			assert_true(ends_with(m->key, "_bytes"));
		if (m->type == GMEM_PER_S || m->type == GMEM_BYTES_PER_S)
			assert_true(ends_with(m->key, "_per_s"));
	}
}

/* A help text is read without those around it. */
static void test_help_stands_alone(void **state)
{
	static const char *const references[] = { "of this", "these", "them", "those", "their", "that process" };

	(void)state;
	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		for (size_t r = 0; r < sizeof(references) / sizeof(*references); r++) {
			bool refers = strstr(gmem_metrics[i].help, references[r]);

			if (refers)
				print_message("# %s: %s\n", gmem_metrics[i].key, gmem_metrics[i].help);
			assert_false(refers);
		}
	}
}

static struct gmem_value get(const struct gmem_model *m, const char *key)
{
	const struct gmem_metric *metric = gmem_metric(key);

	assert_non_null(metric);
	return gmem_metric_get(metric, gmem_model_vm(m, 1), m);
}

static void assert_u(const struct gmem_model *m, const char *key, uint64_t want)
{
	uint64_t got = get(m, key).u;

	if (got != want)
		print_message("# %s\n", key);
	assert_int_equal(got, want);
}

static struct gmem_op_counters op(uint64_t base)
{
	return (struct gmem_op_counters){
		.count = base, .bytes = base + 1, .total_ns = base + 2, .max_ns = base + 3,
		.failed = base + 4, .unchanged = base + 5,
	};
}

static void apply_counters(struct gmem_model *m, uint64_t ts, uint64_t base)
{
	struct gmem_counters_rec r = {
		.h = { .vm = 1, .kind = GMEM_COUNTERS, .size = sizeof(r), .ts_ns = ts },
		.c = {
			.conversion = {
				[GMEM_TO_SHARED] = op(base + 100),
				[GMEM_TO_PRIVATE] = op(base + 200),
			},
			.punch = op(base + 300),
			.allocate = op(base + 400),
			.invalidate = op(base + 500),
			.punched_pages = base + 600,
			.allocated_pages = base + 700,
			.memory_faults = base + 800,
			.conversion_hist = {
				[GMEM_TO_SHARED] = { [5] = 90, [100] = 10 },
				[GMEM_TO_PRIVATE] = { [50] = 3, [60] = 300 },
			},
		},
	};

	assert_int_equal(gmem_model_apply(m, &r.h), 0);
}

static void assert_op(const struct gmem_model *m, const char *name, uint64_t base)
{
	static const char *const fields[] = {
		"count", "bytes", "total_ns", "max_ns", "failed", "unchanged",
	};
	char key[64] = "";

	for (unsigned int i = 0; i < 6; i++) {
		strcpy(key, name);
		strcat(key, "_");
		strcat(key, fields[i]);
		if (i < 5 || gmem_metric(key))
			assert_u(m, key, base + i);
	}
}

static void test_counters(void **state)
{
	struct gmem_model *m = gmem_model_new();

	(void)state;
	assert_non_null(m);
	apply_counters(m, 1000, 0);
	assert_op(m, "to_shared", 100);
	assert_op(m, "to_private", 200);
	assert_op(m, "punch", 300);
	assert_op(m, "allocate", 400);
	assert_op(m, "invalidate", 500);
	assert_u(m, "to_private_unchanged", 205);
	assert_u(m, "punched_pages", 600);
	assert_u(m, "allocated_pages", 700);
	assert_u(m, "memory_faults", 800);
	assert_u(m, "conversion_max_ns", 203);
	gmem_model_free(m);
}

static uint64_t high(unsigned int slot)
{
	return gmem_hist_low(slot + 1) - 1;
}

static void test_latencies(void **state)
{
	struct gmem_model *m = gmem_model_new();

	(void)state;
	assert_non_null(m);
	/* A quantile is the slot's upper end, but never above the maximum. */
	apply_counters(m, 1000, 0);
	assert_u(m, "to_shared_p50_ns", high(5));
	assert_u(m, "to_shared_p99_ns", 103);
	assert_u(m, "to_private_p50_ns", 203);
	assert_u(m, "conversion_p99_ns", 203);
	apply_counters(m, 2000, 1000000);
	assert_u(m, "to_shared_p50_ns", high(5));
	assert_u(m, "to_shared_p99_ns", high(100));
	assert_u(m, "to_private_p50_ns", high(60));
	assert_u(m, "conversion_p50_ns", high(60));	/* 403 in all: 90, 3, 300, 10 */
	assert_u(m, "conversion_p99_ns", high(100));
	gmem_model_free(m);
}

static void test_rates(void **state)
{
	struct gmem_model *m = gmem_model_new();

	(void)state;
	assert_non_null(m);
	apply_counters(m, 1000000000, 0);
	assert_true(get(m, "conversions_per_s").f == 0);
	apply_counters(m, 3000000000, 50);
	assert_true(get(m, "conversions_per_s").f == 50);	/* 2 * 50 in 2 s */
	assert_true(get(m, "converted_bytes_per_s").f == 50);
	gmem_model_free(m);
}

/* A single refresh gives no rate; all counts of a VM that appears later belong to the time since then. */
static void test_rates_need_two_refreshes(void **state)
{
	const struct gmem_metric *rate = gmem_metric("conversions_per_s");
	struct gmem_probes_rec probes = { .h = { .kind = GMEM_PROBES, .size = sizeof(probes) } };
	struct gmem_model *m = gmem_model_new();

	(void)state;
	assert_non_null(m);
	assert_int_equal(gmem_model_apply(m, &probes.h), 0);
	APPLY(m, 0, GMEM_SYNC, .h.ts_ns = 1000000000);
	assert_false(gmem_metric_known(rate, m->features));
	apply_counters(m, 2990000000, 0);
	APPLY(m, 0, GMEM_SYNC, .h.ts_ns = 3000000000);
	assert_true(gmem_metric_known(rate, m->features));
	assert_true(get(m, "conversions_per_s").f > 150 && get(m, "conversions_per_s").f < 152);	/* 300 in 1.99 s */
	/* Rates stay known when other probe groups are requested. */
	assert_int_equal(gmem_model_apply(m, &probes.h), 0);
	assert_true(gmem_metric_known(rate, m->features));
	gmem_model_free(m);
}

static void test_memory(void **state)
{
	struct gmem_model *m = gmem_model_new();

	(void)state;
	assert_non_null(m);
	APPLY(m, 1, GMEM_BIND, .start = 0, .end = 1024, .h.tgid = 77);
	APPLY(m, 1, GMEM_ATTRIBUTES_END, .start = 100, .end = 200, .arg = TEST_PRIVATE, .aux = 1);
	APPLY(m, 1, GMEM_ATTRIBUTES_END, .start = 5000, .end = 5001, .arg = TEST_PRIVATE, .aux = 1);
	/* there may be slots and attributes from before the events */
	assert_true(get(m, "slot_bytes").unknown);
	APPLY(m, 1, GMEM_SCAN_END);
	assert_u(m, "vm", 1);
	assert_u(m, "pid", 77);
	assert_string_equal(get(m, "comm").s, "");
	assert_u(m, "slot_bytes", 1024 << 12);
	assert_u(m, "private_bytes", 100 << 12);
	assert_u(m, "shared_bytes", 924 << 12);
	assert_u(m, "extents", 2);
	assert_u(m, "blocks", 2);
	assert_u(m, "mixed_blocks", 1);
	gmem_model_free(m);
}

static void test_inflight(void **state)
{
	struct gmem_model *m = gmem_model_new();

	(void)state;
	assert_non_null(m);
	APPLY(m, 1, GMEM_FALLOCATE_BEGIN, .h.ts_ns = 50, .h.tid = 1);
	assert_u(m, "inflight", 0);
	assert_u(m, "inflight_age_ns", 0);
	APPLY(m, 1, GMEM_ATTRIBUTES_BEGIN, .h.ts_ns = 200, .h.tid = 2);
	assert_u(m, "inflight_age_ns", 0);	/* begun just now */
	APPLY(m, 1, GMEM_ATTRIBUTES_BEGIN, .h.ts_ns = 150, .h.tid = 3);
	APPLY(m, 1, GMEM_MEMORY_FAULT, .h.ts_ns = 1000);
	assert_u(m, "inflight", 2);
	assert_u(m, "inflight_age_ns", 850);
	APPLY(m, 1, GMEM_ATTRIBUTES_END, .h.ts_ns = 1100, .h.tid = 3);
	assert_u(m, "inflight", 1);
	assert_u(m, "inflight_age_ns", 900);
	APPLY(m, 1, GMEM_VM_END, .h.ts_ns = 2000);
	assert_u(m, "inflight", 0);
	gmem_model_free(m);
}

static void test_order(void **state)
{
	const struct gmem_metric *u = gmem_metric("vm"), *f = gmem_metric("conversions_per_s");
	const struct gmem_metric *s = gmem_metric("comm");
	const struct gmem_value a = { .u = 1, .f = 0.25, .s = "a" };
	const struct gmem_value b = { .u = UINT64_MAX, .f = 0.5, .s = "b" };
	const struct gmem_metric *const all[] = { u, f, s };

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(gmem_value_cmp(all[i], a, b) < 0);
		assert_true(gmem_value_cmp(all[i], b, a) > 0);
		assert_true(gmem_value_cmp(all[i], a, a) == 0);
	}
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_help_stands_alone),
	cmocka_unit_test(test_kinds),
	cmocka_unit_test(test_kinds_come_in_pairs),
	cmocka_unit_test(test_names_of_losses),
	cmocka_unit_test(test_metric_table),
	cmocka_unit_test(test_counters),
	cmocka_unit_test(test_latencies),
	cmocka_unit_test(test_rates),
	cmocka_unit_test(test_rates_need_two_refreshes),
	cmocka_unit_test(test_memory),
	cmocka_unit_test(test_inflight),
	cmocka_unit_test(test_order),
};

TEST_UNIT(metrics_unit, tests);
