// SPDX-License-Identifier: GPL-2.0-only
/* Tests of history.h and recent.h, and of the model that feeds them. */
#include "lib_test.h"

#include <string.h>

#include "bpf/gmem_hist.h"
#include "model/history.h"
#include "model/model.h"
#include "model/recent.h"

/* Adds conversions to a VM's counters. */
static void did(struct gmem_counters *c, enum gmem_direction d, uint64_t ns, unsigned int n)
{
	c->conversion[d].count += n;
	c->conversion_hist[d][gmem_hist_slot(ns)] += n;
	c->phase_hist[d][GMEM_PHASE_ZAP][gmem_log2(ns / 2)] += n;
}

static uint32_t at(const struct gmem_histories *hs, uint64_t vm, size_t i, enum gmem_latency of,
		   uint64_t ns)
{
	const struct gmem_period *p = gmem_history_at(gmem_histories_of(hs, vm), i);

	assert_non_null(p);
	return p->counts[of][GMEM_TO_PRIVATE][gmem_log2(ns)];
}

static void test_periods(void **state)
{
	struct gmem_histories *hs = gmem_histories_new();
	struct gmem_counters a = { 0 }, b = { 0 };

	(void)state;
	assert_null(gmem_history_at(gmem_histories_of(hs, 0), 0));
	gmem_histories_sync(hs, 100);
	did(&b, GMEM_TO_PRIVATE, 5000, 3);
	assert_int_equal(gmem_histories_add(hs, 1, &a, &b), 0);
	assert_null(gmem_history_at(gmem_histories_of(hs, 1), 0));
	gmem_histories_sync(hs, 200);
	a = b;
	did(&b, GMEM_TO_PRIVATE, 9000, 4);
	gmem_histories_add(hs, 1, &a, &b);
	gmem_histories_add(hs, 2, &a, &b);
	gmem_histories_add(hs, 3, &b, &b);
	gmem_histories_sync(hs, 300);
	assert_int_equal(at(hs, 1, 0, GMEM_LATENCY_CONVERSION, 9000), 4);
	assert_int_equal(at(hs, 1, 0, GMEM_LATENCY_CONVERSION, 5000), 0);
	assert_int_equal(at(hs, 1, 1, GMEM_LATENCY_CONVERSION, 5000), 3);
	assert_int_equal(at(hs, 0, 0, GMEM_LATENCY_CONVERSION, 9000), 8);
	assert_int_equal(at(hs, 0, 0, GMEM_LATENCY_PHASE + GMEM_PHASE_ZAP, 4500), 8);
	assert_int_equal(at(hs, 0, 0, GMEM_LATENCY_STALL, 9000), 0);
	assert_int_equal(gmem_history_at(gmem_histories_of(hs, 0), 0)->begin_ns, 200);
	assert_int_equal(gmem_history_at(gmem_histories_of(hs, 0), 0)->end_ns, 300);
	assert_null(gmem_history_at(gmem_histories_of(hs, 2), 1));
	assert_null(gmem_histories_of(hs, 3));
	gmem_histories_forget(hs, 1);
	assert_null(gmem_histories_of(hs, 1));
	assert_int_equal(at(hs, 2, 0, GMEM_LATENCY_CONVERSION, 9000), 4);
	gmem_histories_free(hs);
}

static void test_history_is_bounded(void **state)
{
	struct gmem_histories *hs = gmem_histories_new(), *copy;
	struct gmem_counters zero = { 0 }, c;

	(void)state;
	for (unsigned int i = 0; i < 2 * GMEM_HISTORY_PERIODS; i++) {
		c = zero;
		did(&c, GMEM_TO_PRIVATE, 1000, i + 1);
		gmem_histories_add(hs, 7, &zero, &c);
		gmem_histories_sync(hs, i);
	}
	copy = gmem_histories_copy(hs);
	gmem_histories_free(hs);
	for (size_t i = 0; i < GMEM_HISTORY_PERIODS; i++)
		assert_int_equal(at(copy, 0, i, GMEM_LATENCY_CONVERSION, 1000),
				 2 * GMEM_HISTORY_PERIODS - i);
	assert_null(gmem_history_at(gmem_histories_of(copy, 0), GMEM_HISTORY_PERIODS));
	assert_non_null(gmem_history_at(gmem_histories_of(copy, 7), GMEM_HISTORY_VM_PERIODS - 1));
	assert_null(gmem_history_at(gmem_histories_of(copy, 7), GMEM_HISTORY_VM_PERIODS));
	gmem_histories_free(copy);
}

/* The busiest VMs are kept: a busy newcomer replaces the idlest. */
static void test_kept_are_the_busiest(void **state)
{
	struct gmem_histories *hs = gmem_histories_new();
	struct gmem_counters zero = { 0 }, c;

	(void)state;
	for (unsigned int vm = 1; vm <= GMEM_HISTORY_VMS; vm++) {
		c = zero;
		did(&c, GMEM_TO_PRIVATE, 1000, 10 + vm);
		gmem_histories_add(hs, vm, &zero, &c);
	}
	c = zero;
	did(&c, GMEM_TO_PRIVATE, 1000, 5);
	gmem_histories_add(hs, 100, &zero, &c);
	assert_null(gmem_histories_of(hs, 100));
	did(&c, GMEM_TO_PRIVATE, 1000, 50);
	gmem_histories_add(hs, 100, &zero, &c);
	assert_non_null(gmem_histories_of(hs, 100));
	assert_null(gmem_histories_of(hs, 1));
	assert_non_null(gmem_histories_of(hs, 2));
	gmem_histories_sync(hs, 1);
	assert_int_equal(at(hs, 100, 0, GMEM_LATENCY_CONVERSION, 1000), 55);
	assert_null(gmem_history_at(gmem_histories_of(hs, 100), 1));
	gmem_histories_free(hs);
}

static const struct gmem_recent_change *latest(const struct gmem_recent *r)
{
	return gmem_recent_of(r, 0, UINT64_MAX);
}

static void test_recent(void **state)
{
	struct gmem_recent r = { .made = 0 };

	(void)state;
	assert_null(latest(&r));
	assert_null(latest(NULL));
	gmem_recent_add(&r, 10, 5, 5, GMEM_TO_PRIVATE);
	assert_null(latest(&r));
	for (uint64_t i = 0; i < 3 * GMEM_RECENT; i++)
		gmem_recent_add(&r, i, i * 10, i * 10 + 1, GMEM_TO_PRIVATE);
	for (uint64_t i = 2 * GMEM_RECENT; i < 3 * GMEM_RECENT; i++)
		assert_int_equal(gmem_recent_of(&r, i * 10, i * 10 + 1)->ts_ns, i);
	assert_null(gmem_recent_of(&r, 0, 2 * GMEM_RECENT * 10));
	assert_int_equal(latest(&r)->ts_ns, 3 * GMEM_RECENT - 1);
	assert_int_equal(gmem_recent_of(&r, 3000, 3001)->ts_ns, 300);
	assert_null(gmem_recent_of(&r, 3001, 3010));
}

static void test_neighbours_are_joined(void **state)
{
	const uint64_t ms = 1000000;
	struct gmem_recent r = { .made = 0 };
	const struct gmem_recent_change *c;

	(void)state;
	for (uint64_t i = 0; i <= 100; i++)
		gmem_recent_add(&r, i * ms, i, i + 1, GMEM_TO_SHARED);
	c = latest(&r);
	assert_int_equal(c->start, 0);
	assert_int_equal(c->end, 101);
	assert_int_equal(c->begin_ns, 0);
	assert_int_equal(c->ts_ns, 100 * ms);
	assert_int_equal(r.made, 1);
	gmem_recent_add(&r, 101 * ms, 101, 102, GMEM_TO_SHARED);	/* too late */
	gmem_recent_add(&r, 101 * ms, 102, 103, GMEM_TO_PRIVATE);	/* other direction */
	gmem_recent_add(&r, 101 * ms, 104, 105, GMEM_TO_PRIVATE);	/* not adjacent */
	assert_int_equal(r.made, 4);
}

static void test_model_feeds_them(void **state)
{
	struct gmem_model *m = gmem_model_new();
	struct gmem_counters_rec c = {
		.h = { .vm = 1, .kind = GMEM_COUNTERS, .size = sizeof(c), .ts_ns = 50 },
	};
	struct gmem_hot_range hot;
	struct gmem_vm *vm;

	(void)state;
	assert_int_equal(APPLY(m, 1, GMEM_CREATE, .ino = 1, .end = 512), 0);
	vm = gmem_model_vm(m, 1);
	APPLY(m, 1, GMEM_ATTRIBUTES_END, .end = 5, .arg = TEST_PRIVATE, .aux = 0);
	APPLY(m, 1, GMEM_ATTRIBUTES_END, .end = 5, .arg = TEST_PRIVATE, .aux = 1, .ret = -5);
	assert_null(vm->hot);
	assert_null(vm->recent);
	APPLY(m, 1, GMEM_ATTRIBUTES_END, .h.ts_ns = 40, .start = 2, .end = 5, .arg = TEST_PRIVATE,
	      .aux = 1);
	assert_int_equal(gmem_hot_top(vm->hot, &hot, 1), 1);
	assert_int_equal(hot.bytes, 3 * 4096);
	assert_int_equal(latest(vm->recent)->start, 2);
	assert_int_equal(latest(vm->recent)->direction, GMEM_TO_PRIVATE);
	did(&c.c, GMEM_TO_PRIVATE, 777, 2);
	assert_int_equal(gmem_model_apply(m, &c.h), 0);
	did(&c.c, GMEM_TO_PRIVATE, 777, 3);
	assert_int_equal(gmem_model_apply(m, &c.h), 0);
	APPLY(m, 0, GMEM_SYNC, .h.ts_ns = 60);
	assert_int_equal(at(m->histories, 1, 0, GMEM_LATENCY_CONVERSION, 777), 5);
	gmem_model_free(m);
}

static void test_phase_of_what_is_in_flight(void **state)
{
	struct gmem_model *m = gmem_model_new();
	struct gmem_vm *vm;

	(void)state;
	APPLY(m, 1, GMEM_ATTRIBUTES_BEGIN, .h.tid = 7, .end = 5, .arg = TEST_PRIVATE);
	APPLY(m, 1, GMEM_ATTRIBUTES_BEGIN, .h.tid = 8, .end = 5, .arg = TEST_PRIVATE);
	vm = gmem_model_vm(m, 1);
	assert_int_equal(vm->ops.list[0]->phase, 0);
	APPLY(m, 1, GMEM_ATTRIBUTES_PHASE, .h.tid = 8, .arg = 2);
	assert_int_equal(vm->ops.list[0]->phase, 0);
	assert_int_equal(vm->ops.list[1]->phase, GMEM_PHASE_ZAP + 1);
	APPLY(m, 1, GMEM_ATTRIBUTES_PHASE, .h.tid = 8, .arg = 4);
	assert_int_equal(vm->ops.list[1]->phase, GMEM_PHASE_MIXED + 1);
	APPLY(m, 1, GMEM_ATTRIBUTES_PHASE, .h.tid = 8, .arg = UINT64_MAX);
	assert_int_equal(vm->ops.list[1]->phase, 0);
	/* A snapshot's phase belongs to the operation that began then. */
	APPLY(m, 1, GMEM_PHASE, .h.tid = 8, .arg = 3, .h.ts_ns = 900, .dur_ns = 900 - vm->ops.list[1]->begin_ns);
	assert_int_equal(vm->ops.list[1]->phase, GMEM_PHASE_STORE + 1);
	APPLY(m, 1, GMEM_PHASE, .h.tid = 8, .arg = 1, .h.ts_ns = 900, .dur_ns = 1);
	assert_int_equal(vm->ops.list[1]->phase, GMEM_PHASE_STORE + 1);
	gmem_model_free(m);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_periods),
	cmocka_unit_test(test_history_is_bounded),
	cmocka_unit_test(test_kept_are_the_busiest),
	cmocka_unit_test(test_recent),
	cmocka_unit_test(test_neighbours_are_joined),
	cmocka_unit_test(test_model_feeds_them),
	cmocka_unit_test(test_phase_of_what_is_in_flight),
};

TEST_UNIT(history_unit, tests);
