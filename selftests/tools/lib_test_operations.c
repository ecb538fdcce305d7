// SPDX-License-Identifier: GPL-2.0-only
/* Operations in flight: pairs, phases, stalls and what serves them, snapshots. */
#include <string.h>

#include "lib_test.h"
#include "operations/operations.h"

static struct gmem_operations ops;

static int setup(void **state)
{
	(void)state;
	ops = (struct gmem_operations){ .nr = 0 };
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	gmem_operations_free(&ops);
	return 0;
}

#define DO(kind, ...) assert_int_equal(gmem_operations_apply(&ops, &REC(1, kind, __VA_ARGS__)), 0)

static void stall_begin(uint32_t vcpu, uint32_t tid, uint64_t start, uint64_t end)
{
	DO(GMEM_STALL_BEGIN, .h.tid = tid, .h.ts_ns = 100 + vcpu, .start = start, .end = end, .vcpu = vcpu);
}

static void stall_end(uint32_t vcpu)
{
	DO(GMEM_STALL_END, .vcpu = vcpu);
}

static void convert(uint32_t tid, uint64_t start, uint64_t end, int ret)
{
	DO(GMEM_ATTRIBUTES_END, .h.tid = tid, .h.ts_ns = 200, .start = start, .end = end, .dur_ns = 20, .ret = ret);
}

/* Returns the vCPU that a conversion serves, or -1. */
static int converts_for(uint32_t tid, uint64_t start)
{
	const struct gmem_inflight *s = gmem_operations_served(&ops, GMEM_ATTRIBUTES_END, tid, 0, start);

	return s ? (int)s->aux : -1;
}

static int punches_for(uint32_t tid, uint64_t start)
{
	const struct gmem_inflight *s = gmem_operations_served(&ops, GMEM_FALLOCATE_BEGIN, tid, 5, start);

	return s ? (int)s->aux : -1;
}

static const struct gmem_inflight *op_of(unsigned int end, uint32_t tid)
{
	return gmem_operations_find(&ops, &REC(1, end, .h.tid = tid));
}

static void test_an_end_finds_its_begin(void **state)
{
	(void)state;
	DO(GMEM_ATTRIBUTES_BEGIN, .h.tid = 7, .h.ts_ns = 10);
	DO(GMEM_FALLOCATE_BEGIN, .h.tid = 7, .h.ts_ns = 20);
	DO(GMEM_ATTRIBUTES_BEGIN, .h.tid = 8, .h.ts_ns = 30);
	stall_begin(8, 7, 0, 1);
	assert_int_equal(op_of(GMEM_ATTRIBUTES_END, 7)->begin_ns, 10);
	assert_int_equal(op_of(GMEM_FALLOCATE_END, 7)->begin_ns, 20);
	assert_int_equal(op_of(GMEM_ATTRIBUTES_END, 8)->begin_ns, 30);
	assert_null(op_of(GMEM_FALLOCATE_END, 8));
	/* A stall's vCPU pairs, and not its thread. */
	assert_int_equal(gmem_operations_find(&ops, &REC(1, GMEM_STALL_END, .h.tid = 9, .vcpu = 8))->begin_ns, 108);
	assert_null(gmem_operations_find(&ops, &REC(1, GMEM_STALL_END, .h.tid = 7, .vcpu = 7)));
	DO(GMEM_ATTRIBUTES_BEGIN, .h.tid = 7, .h.ts_ns = 40);	/* the end of the first was lost */
	assert_int_equal(op_of(GMEM_ATTRIBUTES_END, 7)->begin_ns, 40);
	assert_int_equal(ops.nr, 4);
	convert(7, 0, 1, 0);
	assert_null(op_of(GMEM_ATTRIBUTES_END, 7));
	assert_int_equal(ops.nr, 3);
}

static void test_operations_are_bounded(void **state)
{
	(void)state;
	for (uint32_t tid = 1; tid <= 20000; tid++)
		DO(GMEM_ATTRIBUTES_BEGIN, .h.tid = tid, .h.ts_ns = tid);
	assert_int_equal(ops.nr, 16384);
	assert_int_equal(ops.list[0]->tid, 20000 - 16384 + 1);
	assert_int_equal(ops.room, 16384);
}

static void test_phases_sum_up(void **state)
{
	const struct gmem_rec end = REC(1, GMEM_ATTRIBUTES_END, .h.tid = 7, .h.ts_ns = 1100, .dur_ns = 100);
	uint64_t ns[GMEM_PHASES];

	(void)state;
	DO(GMEM_ATTRIBUTES_BEGIN, .h.tid = 7, .h.ts_ns = 1000);
	assert_false(gmem_operation_phases(op_of(GMEM_ATTRIBUTES_END, 7), &end, ns));
	assert_false(gmem_operation_phases(NULL, &end, ns));
	DO(GMEM_ATTRIBUTES_PHASE, .h.tid = 7, .h.ts_ns = 1010, .phase = GMEM_PHASE_CHECK - GMEM_PHASE_CHECK);
	DO(GMEM_ATTRIBUTES_PHASE, .h.tid = 7, .h.ts_ns = 1030, .phase = GMEM_PHASE_ZAP - GMEM_PHASE_CHECK);
	assert_true(gmem_operation_phases(op_of(GMEM_ATTRIBUTES_END, 7), &end, ns));
	assert_int_equal(ns[GMEM_PHASE_LOCK], 10);
	assert_int_equal(ns[GMEM_PHASE_CHECK], 20);
	assert_int_equal(ns[GMEM_PHASE_RESERVE], 0);
	assert_int_equal(ns[GMEM_PHASE_ZAP], 70);
	assert_int_equal(ns[GMEM_PHASE_STORE] + ns[GMEM_PHASE_MIXED], 0);
}

static void test_an_end_with_phases_needs_no_begin(void **state)
{
	const struct gmem_conversion_rec c = {
		.r = { .h = { .ts_ns = 1100, .vm = 1, .kind = GMEM_ATTRIBUTES_END, .size = sizeof(c) },
		       .dur_ns = 100 },
		.phases = 1 << GMEM_PHASE_CHECK | 1 << GMEM_PHASE_STORE,
		.phase_ns = { [GMEM_PHASE_LOCK] = 30, [GMEM_PHASE_CHECK] = 20, [GMEM_PHASE_STORE] = 50 },
	};
	struct gmem_marks marks = { .nr = 0 };
	uint64_t ns[GMEM_PHASES];

	(void)state;
	assert_true(gmem_operation_phases(NULL, &c.r, ns));
	assert_memory_equal(ns, c.phase_ns, sizeof(ns));
	gmem_mark_operation(&marks, NULL, &c.r, 1000);
	assert_int_equal(marks.nr, 2);
	assert_int_equal(marks.list[0].what, GMEM_MARK_PHASE + GMEM_PHASE_CHECK);
	assert_int_equal(marks.list[0].at_ns, 1030);
	assert_int_equal(marks.list[1].what, GMEM_MARK_PHASE + GMEM_PHASE_STORE);
	assert_int_equal(marks.list[1].at_ns, 1050);
}

static void test_a_thread_serves_its_own_stall(void **state)
{
	(void)state;
	assert_int_equal(converts_for(7, 0x10), -1);
	stall_begin(0, 7, 0x10, 0x20);
	stall_begin(1, 8, 0x40, 0x50);
	/* Wherever it converts, and before the stall that waits for the gfn. */
	assert_int_equal(converts_for(7, 0x40), 0);
	assert_int_equal(converts_for(7, 0x99), 0);
	assert_int_equal(punches_for(8, 0x10), 1);
	assert_null(gmem_operations_served(&ops, GMEM_INVALIDATE_BEGIN, 7, 0, 0x10));
	stall_end(0);
	assert_int_equal(converts_for(7, 0x99), -1);
}

static void test_another_thread_serves_the_next_gfn(void **state)
{
	(void)state;
	stall_begin(0, 7, 0x10, 0x20);
	assert_int_equal(converts_for(9, 0x10), 0);
	assert_int_equal(punches_for(9, 0x10), -1);
	/* Page offsets of a file are no gfns. */
	assert_null(gmem_operations_served(&ops, GMEM_ATTRIBUTES_END, 9, 5, 0x10));
	/* Piece by piece: a failed one, and those of its own thread, do not count. */
	convert(9, 0x10, 0x14, -14);
	convert(7, 0x10, 0x14, 0);
	assert_int_equal(converts_for(9, 0x14), -1);
	convert(9, 0x10, 0x14, 0);
	assert_int_equal(converts_for(9, 0x10), -1);
	assert_int_equal(converts_for(9, 0x14), 0);
	convert(10, 0x14, 0x20, 0);
	assert_int_equal(converts_for(9, 0x20), -1);
	assert_int_equal(ops.nr, 1);
}

static void test_an_overlap_serves_no_stall(void **state)
{
	(void)state;
	stall_begin(0, 7, 0x10, 0x20);
	assert_int_equal(converts_for(9, 0x0f), -1);
	assert_int_equal(converts_for(9, 0x11), -1);
	convert(9, 0x0f, 0x20, 0);
	convert(9, 0x11, 0x20, 0);
	assert_int_equal(ops.list[0]->marks.nr, 1);
	assert_int_equal(converts_for(9, 0x10), 0);
}

/* As in the programs' map of waiters, which has one vCPU for a thread and one for a gfn. */
static void test_a_later_stall_takes_the_place(void **state)
{
	(void)state;
	stall_begin(0, 7, 0x10, 0x20);
	stall_begin(1, 8, 0x10, 0x20);
	assert_int_equal(converts_for(9, 0x10), 1);
	stall_end(1);
	assert_int_equal(converts_for(9, 0x10), -1);
	assert_int_equal(converts_for(7, 0x10), 0);
	stall_begin(2, 7, 0x30, 0x40);
	assert_int_equal(punches_for(7, 0), 2);
	stall_end(2);
	assert_int_equal(punches_for(7, 0), -1);
	/* A stall that comes to the gfn that another waits for. */
	stall_begin(3, 3, 0x50, 0x60);
	stall_begin(4, 4, 0x58, 0x60);
	convert(9, 0x50, 0x58, 0);
	assert_int_equal(converts_for(9, 0x58), 3);
}

/* The maps of bpf/gmem_stall.bpf.h: vCPU + 1 by thread and by gfn, and the stalls. */
#define SMALL 24

static struct {
	int by_tid[SMALL], by_gfn[SMALL];
	struct {
		bool open;
		uint32_t tid;
		uint64_t next, end;
	} stalls[SMALL];
} maps;

static void map_close(uint32_t vcpu)
{
	int *tid = &maps.by_tid[maps.stalls[vcpu].tid], *gfn = &maps.by_gfn[maps.stalls[vcpu].next];

	if (!maps.stalls[vcpu].open)
		return;
	*tid = *tid == (int)vcpu + 1 ? 0 : *tid;
	*gfn = *gfn == (int)vcpu + 1 ? 0 : *gfn;
	maps.stalls[vcpu].open = false;
}

static void map_open(uint32_t vcpu, uint32_t tid, uint64_t start, uint64_t end)
{
	map_close(vcpu);
	maps.by_tid[tid] = maps.by_gfn[start] = (int)vcpu + 1;
	maps.stalls[vcpu].open = true;
	maps.stalls[vcpu].tid = tid;
	maps.stalls[vcpu].next = start;
	maps.stalls[vcpu].end = end;
}

static void map_convert(uint32_t tid, uint64_t start, uint64_t end)
{
	int vcpu = maps.by_gfn[start] - 1;

	if (maps.by_tid[tid] || vcpu < 0)
		return;
	maps.by_gfn[start] = 0;
	maps.stalls[vcpu].next = end;
	if (end < maps.stalls[vcpu].end)
		maps.by_gfn[end] = vcpu + 1;
}

static void test_the_programs_have_the_same_rule(void **state)
{
	struct rng rng = { 12 };
	size_t served = 0;

	(void)state;
	memset(&maps, 0, sizeof(maps));
	for (int i = 0; i < 200000; i++) {
		uint32_t vcpu = (uint32_t)rng_below(&rng, 6), tid = 1 + (uint32_t)rng_below(&rng, 9);
		uint64_t start = rng_below(&rng, 16), end = start + 1 + rng_below(&rng, 7);
		int by_tid = maps.by_tid[tid], found = by_tid ? by_tid : maps.by_gfn[start];

		assert_int_equal(converts_for(tid, start), found - 1);
		assert_int_equal(punches_for(tid, start), by_tid - 1);
		served += found && !by_tid;
		switch (rng_below(&rng, 3)) {
		case 0:
			stall_begin(vcpu, tid, start, end);
			map_open(vcpu, tid, start, end);
			break;
		case 1:
			stall_end(vcpu);
			map_close(vcpu);
			break;
		default:
			convert(tid, start, end, 0);
			map_convert(tid, start, end);
		}
	}
	assert_true(served > 10000);
}

static void test_a_stall_has_marks_of_what_served_it(void **state)
{
	static const struct gmem_mark want[] = {
		{ GMEM_MARK_EXIT, 0 }, { GMEM_MARK_IOCTL, 80 }, { GMEM_MARK_PHASE + GMEM_PHASE_CHECK, 85 },
		{ GMEM_MARK_IOCTL_END, 100 }, { GMEM_MARK_PUNCH, 190 }, { GMEM_MARK_PUNCH_END, 200 },
	};

	(void)state;
	stall_begin(0, 7, 0x10, 0x20);
	DO(GMEM_ATTRIBUTES_BEGIN, .h.tid = 9, .h.ts_ns = 180, .start = 0x10, .end = 0x20);
	DO(GMEM_ATTRIBUTES_PHASE, .h.tid = 9, .h.ts_ns = 185, .phase = 0);
	convert(9, 0x10, 0x20, 0);
	DO(GMEM_FALLOCATE_END, .h.tid = 7, .h.ts_ns = 250, .end = 4, .mode = 0, .dur_ns = 10);	/* no punch */
	DO(GMEM_FALLOCATE_END, .h.tid = 7, .h.ts_ns = 300, .end = 4, .mode = 3, .dur_ns = 10);
	assert_int_equal(ops.list[0]->marks.nr, sizeof(want) / sizeof(*want));
	for (size_t i = 0; i < sizeof(want) / sizeof(*want); i++) {
		assert_int_equal(ops.list[0]->marks.list[i].what, want[i].what);
		assert_int_equal(ops.list[0]->marks.list[i].at_ns, want[i].at_ns);
	}
	for (int i = 0; i < 30; i++)
		DO(GMEM_FALLOCATE_END, .h.tid = 7, .h.ts_ns = 300, .end = 4, .mode = 3, .dur_ns = 10);
	assert_int_equal(ops.list[0]->marks.nr, GMEM_MARKS_MAX - 1);
}

static void test_origin_is_the_memory_fault_of_the_stall(void **state)
{
	(void)state;
	DO(GMEM_MEMORY_FAULT, .start = 0x10, .end = 0x11, .vcpu = 0);
	DO(GMEM_MEMORY_FAULT, .start = 0x10, .end = 0x11, .vcpu = UINT32_MAX);
	stall_begin(0, 7, 0x10, 0x11);
	stall_begin(1, 8, 0x30, 0x31);
	assert_int_equal(ops.list[0]->origin, GMEM_BY_ACCESS);
	assert_int_equal(ops.list[1]->origin, GMEM_BY_HYPERCALL);
	DO(GMEM_MEMORY_FAULT, .start = 0x30, .end = 0x31, .vcpu = 1);	/* after its stall */
	assert_int_equal(ops.list[1]->origin, GMEM_BY_ACCESS);
	stall_end(0);
	stall_begin(0, 7, 0x10, 0x11);	/* the fault was that of the stall before */
	assert_int_equal(ops.list[0]->origin, GMEM_BY_HYPERCALL);
	DO(GMEM_MEMORY_FAULT, .start = 0x50, .end = 0x51, .vcpu = 2);
	stall_begin(2, 9, 0x50, 0x51);
	assert_int_equal(ops.list[2]->origin, GMEM_BY_ACCESS);
	stall_begin(2, 9, 0x50, 0x51);	/* the end was lost */
	assert_int_equal(ops.list[2]->origin, GMEM_BY_HYPERCALL);
	convert(7, 0x10, 0x11, 0);
	DO(GMEM_MEMORY_FAULT, .start = 0x10, .end = 0x11, .vcpu = 0);	/* too late */
	assert_int_equal(ops.list[0]->origin, GMEM_BY_HYPERCALL);
	stall_end(0);
	stall_begin(0, 7, 0x10, 0x11);	/* nor is it that of the next */
	assert_int_equal(ops.list[0]->origin, GMEM_BY_HYPERCALL);
}

static void repeat(unsigned int kind, uint32_t tid, uint64_t begin_ns)
{
	DO(kind, .h.tid = tid, .h.ts_ns = begin_ns, .h.flags = GMEM_REC_REPEATED, .start = 0x10, .end = 0x20);
}

static void test_a_snapshot_keeps_what_it_repeats(void **state)
{
	(void)state;
	stall_begin(0, 7, 0x10, 0x20);
	convert(9, 0x10, 0x14, 0);
	DO(GMEM_ATTRIBUTES_BEGIN, .h.tid = 9, .h.ts_ns = 300);
	DO(GMEM_ATTRIBUTES_PHASE, .h.tid = 9, .h.ts_ns = 310, .phase = 0);
	DO(GMEM_ATTRIBUTES_BEGIN, .h.tid = 5, .h.ts_ns = 320);
	DO(GMEM_ATTRIBUTES_PHASE, .h.tid = 5, .h.ts_ns = 330, .phase = 0);
	DO(GMEM_FALLOCATE_BEGIN, .h.tid = 5, .h.ts_ns = 340);
	gmem_operations_doubt(&ops);
	repeat(GMEM_STALL_BEGIN, 7, 100);
	repeat(GMEM_ATTRIBUTES_BEGIN, 9, 300);
	repeat(GMEM_ATTRIBUTES_BEGIN, 5, 321);	/* another one: the end of the first was lost */
	DO(GMEM_POPULATE_BEGIN, .h.tid = 5, .h.ts_ns = 360);	/* begins meanwhile */
	assert_int_equal(ops.nr, 5);
	gmem_operations_settle(&ops);
	assert_int_equal(ops.nr, 4);
	assert_null(op_of(GMEM_FALLOCATE_END, 5));
	assert_non_null(op_of(GMEM_POPULATE_END, 5));
	assert_int_equal(op_of(GMEM_ATTRIBUTES_END, 9)->marks.nr, 1);
	assert_int_equal(op_of(GMEM_ATTRIBUTES_END, 9)->phase, GMEM_PHASE_CHECK + 1);
	assert_int_equal(op_of(GMEM_ATTRIBUTES_END, 5)->marks.nr, 0);
	assert_int_equal(op_of(GMEM_ATTRIBUTES_END, 5)->phase, 0);
	/* The stall has its marks, and waits for the next piece. */
	assert_int_equal(ops.list[0]->marks.nr, 3);
	assert_int_equal(converts_for(9, 0x14), 0);
	gmem_operations_settle(&ops);
	assert_int_equal(ops.nr, 4);
}

static void test_copy(void **state)
{
	struct gmem_operations copy;

	(void)state;
	stall_begin(1, 7, 0x10, 0x20);
	stall_begin(0, 8, 0x30, 0x40);
	assert_int_equal(gmem_operations_copy(&copy, &ops), 0);
	stall_end(0);
	stall_end(1);
	assert_int_equal(copy.nr, 2);
	assert_int_equal(copy.list[0]->begin_ns, 100);
	assert_int_equal(copy.list[1]->next, 0x10);
	gmem_operations_free(&copy);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_an_end_finds_its_begin),
	TEST(test_operations_are_bounded),
	TEST(test_phases_sum_up),
	TEST(test_an_end_with_phases_needs_no_begin),
	TEST(test_a_thread_serves_its_own_stall),
	TEST(test_another_thread_serves_the_next_gfn),
	TEST(test_an_overlap_serves_no_stall),
	TEST(test_a_later_stall_takes_the_place),
	TEST(test_the_programs_have_the_same_rule),
	TEST(test_a_stall_has_marks_of_what_served_it),
	TEST(test_origin_is_the_memory_fault_of_the_stall),
	TEST(test_a_snapshot_keeps_what_it_repeats),
	TEST(test_copy),
};

TEST_UNIT(operations_unit, tests);
