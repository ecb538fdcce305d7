// SPDX-License-Identifier: GPL-2.0-only
/* Single events: phases in a conversion's end record, and the order of lines. */
#include <string.h>

#include "abi/conversion.h"
#include "input/in_order.h"
#include "input/unfold.h"
#include "report_test.h"

/* Returns a failed or interrupted conversion: lock 30, check 20, no reserve, zap 50. */
static struct gmem_conversion_rec conversion(void)
{
	return (struct gmem_conversion_rec){
		.r = {
			.h = { .ts_ns = 1100, .vm = 1, .tgid = 9, .tid = 9, .kind = GMEM_ATTRIBUTES_END,
			       .size = sizeof(struct gmem_conversion_rec) },
			.start = 5, .end = 7, .arg = TEST_PRIVATE, .aux = 1, .dur_ns = 100,
		},
		.phases = 1 << GMEM_PHASE_LOCK | 1 << GMEM_PHASE_CHECK | 1 << GMEM_PHASE_ZAP | 1ULL << 40,
		.phase_ns = { [GMEM_PHASE_LOCK] = 30, [GMEM_PHASE_CHECK] = 20, [GMEM_PHASE_ZAP] = 50 },
	};
}

struct seen {
	struct gmem_rec r[8];
	unsigned int n;
	int stop_at;
};

static int see(void *ctx, const struct gmem_hdr *rec)
{
	struct seen *s = ctx;

	assert_true(s->n < 8);
	assert_int_equal(rec->size, sizeof(struct gmem_rec));
	memcpy(&s->r[s->n++], rec, sizeof(struct gmem_rec));
	return (int)s->n == s->stop_at ? -5 : 0;
}

static void unfolds(void **state)
{
	struct gmem_conversion_rec c = conversion();
	struct seen s = { .n = 0 };

	(void)state;
	assert_int_equal(unfold(&c.r.h, see, &s), 0);
	assert_int_equal(s.n, 3);
	assert_int_equal(gmem_conversion_events(&c.r.h), 2);
	assert_int_equal(s.r[0].h.kind, GMEM_ATTRIBUTES_PHASE);
	assert_int_equal(s.r[0].h.ts_ns, 1030);
	assert_int_equal(s.r[0].arg, 0);
	assert_int_equal(s.r[0].dur_ns, 0);
	assert_int_equal(s.r[1].h.ts_ns, 1050);
	assert_int_equal(s.r[1].arg, GMEM_PHASE_ZAP - GMEM_PHASE_CHECK);
	assert_int_equal(s.r[1].end, 7);
	assert_int_equal(s.r[2].h.kind, GMEM_ATTRIBUTES_END);
	assert_int_equal(s.r[2].dur_ns, 100);
	s = (struct seen){ .stop_at = 2 };
	assert_int_equal(unfold(&c.r.h, see, &s), -5);
	assert_int_equal(s.n, 2);
}

/* A record without phases, or without a duration, stays as it is. */
static void others_stay(void **state)
{
	struct gmem_conversion_rec c = conversion();
	struct seen s = { .n = 0 };

	(void)state;
	c.r.h.size = sizeof(c.r);
	assert_int_equal(unfold(&c.r.h, see, &s), 0);
	assert_int_equal(s.n, 1);
	assert_memory_equal(&s.r[0], &c.r, sizeof(c.r));
	c = conversion();
	c.r.dur_ns = 0;
	assert_null(gmem_conversion(&c.r.h));
	c = conversion();
	c.phases = 0;
	assert_int_equal(gmem_conversion_events(&c.r.h), 0);
	c = conversion();
	c.r.h.kind = GMEM_FALLOCATE_END;
	assert_null(gmem_conversion(&c.r.h));
}

/* Ends recorded without begins, as with --longer, still have their phases. */
static void end_alone_has_phases(void **state)
{
	struct gmem_analysis *a = gmem_analysis_new();
	struct gmem_conversion_rec c = conversion();
	const struct gmem_long_op *op;
	struct gmem_vm_stats *vm;

	(void)state;
	RECORD(a, GMEM_BIND, .end = 100);
	assert_int_equal(gmem_analysis_apply(a, &c.r.h, true), 0);
	vm = a->vms;
	assert_int_equal(a->nr_events, 4);
	assert_int_equal(a->model->nr_events, 4);
	assert_int_equal(vm->seen.by_kind[GMEM_ATTRIBUTES_PHASE], 2);
	for (int i = 0; i < GMEM_PHASES; i++)
		assert_int_equal(vm->seen.dist[GMEM_S_PHASE + i][GMEM_TO_PRIVATE]->total_ns, c.phase_ns[i]);
	op = &a->longest[GMEM_LONG_CONVERSION].ops[0];
	assert_int_equal(op->marks.nr, 3);
	assert_int_equal(op->marks.list[1].what, GMEM_MARK_PHASE + GMEM_PHASE_ZAP);
	assert_int_equal(op->marks.list[1].at_ns, 50);
	gmem_analysis_free(a);
}

static int add_record(struct in_order *o, uint64_t ts_ns, uint32_t tid)
{
	const struct gmem_rec r = {
		.h = { .ts_ns = ts_ns, .tid = tid, .kind = GMEM_BIND, .size = sizeof(r) },
	};

	return in_order_add(o, &r.h);
}

static void puts_in_order(void **state)
{
	static const uint64_t times[] = { 10, 30, 20, 20, 5 };
	struct seen s = { .n = 0 };
	struct in_order o;

	(void)state;
	assert_int_equal(in_order_init(&o, see, &s), 0);
	for (uint32_t i = 0; i < 5; i++)
		assert_int_equal(add_record(&o, times[i], i), 0);
	assert_int_equal(s.n, 0);
	assert_int_equal(in_order_flush(&o), 0);
	assert_int_equal(s.n, 5);
	/* Records of the same time stay in the order of arrival. */
	assert_int_equal(s.r[0].h.tid, 4);
	assert_int_equal(s.r[1].h.tid, 0);
	assert_int_equal(s.r[2].h.tid, 2);
	assert_int_equal(s.r[3].h.tid, 3);
	assert_int_equal(s.r[4].h.tid, 1);
	in_order_free(&o);
}

struct sequence {
	uint64_t n;
	uint64_t last_ns;
	uint64_t late;
};

static int follow(void *ctx, const struct gmem_hdr *rec)
{
	struct sequence *s = ctx;

	s->n++;
	s->late += rec->ts_ns < s->last_ns;
	s->last_ns = rec->ts_ns;
	return 0;
}

/*
 * Many more records than the buffer holds: all are emitted, and a late record is sorted in if its
 * place is still in the buffer.
 */
static void holds_back_a_few(void **state)
{
	struct sequence s = { .n = 0 };
	struct in_order o;

	(void)state;
	assert_int_equal(in_order_init(&o, follow, &s), 0);
	for (uint64_t i = 0; i < 10 * IN_ORDER_HELD; i++)
		assert_int_equal(add_record(&o, i % 100 == 99 ? 10000 + i - 90 : 10000 + i, 0), 0);
	assert_int_equal(s.n, 9 * IN_ORDER_HELD);
	assert_int_equal(in_order_flush(&o), 0);
	assert_int_equal(s.n, 10 * IN_ORDER_HELD);
	assert_int_equal(s.late, 0);
	for (uint64_t i = 0; i < IN_ORDER_HELD; i++)
		assert_int_equal(add_record(&o, 10000 + 20 * IN_ORDER_HELD + i, 0), 0);
	assert_int_equal(add_record(&o, 10000, 0), 0);
	assert_int_equal(in_order_flush(&o), 0);
	assert_int_equal(s.late, 1);
	in_order_free(&o);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(unfolds),
	cmocka_unit_test(others_stay),
	cmocka_unit_test(end_alone_has_phases),
	cmocka_unit_test(puts_in_order),
	cmocka_unit_test(holds_back_a_few),
};

TEST_UNIT(events_unit, tests);
