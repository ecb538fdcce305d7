// SPDX-License-Identifier: GPL-2.0-only
/* Results of the analysis, exact to the page and the nanosecond. */
#include <stdlib.h>
#include <string.h>

#include "report_test.h"

#define SLOT 1024	/* pages, at gfn 4096, at offset 0 of inode 5 */

static const struct synth_load small = { .seed = 3, .vms = 2, .vcpus = 3, .conversions = 2000, .noise = 0.4 };

static struct gmem_analysis *with_slot(void)
{
	struct gmem_analysis *a = gmem_analysis_new();

	assert_non_null(a);
	RECORD(a, GMEM_CREATE, .ino = 5, .end = SLOT);
	RECORD(a, GMEM_BIND, .ino = 5, .start = 4096, .end = 4096 + SLOT);
	return a;
}

static void convert(struct gmem_analysis *a, uint64_t start, uint64_t end, bool private)
{
	RECORD(a, GMEM_ATTRIBUTES_BEGIN, .start = start, .end = end, .arg = private ? TEST_PRIVATE : 0);
	RECORD(a, GMEM_ATTRIBUTES_END, .start = start, .end = end, .arg = private ? TEST_PRIVATE : 0,
	       .aux = 1, .dur_ns = 10);
}

static void punch(struct gmem_analysis *a, uint64_t start, uint64_t end)
{
	RECORD(a, GMEM_FALLOCATE_END, .ino = 5, .start = start, .end = end, .arg = 3, .dur_ns = 5);
}

static void agrees(const struct gmem_vm_stats *vm, int d)
{
	const struct gmem_op_counters *c = &vm->now.conversion[d];
	const struct gmem_dist *dist = vm->seen.dist[GMEM_S_CONVERSION][d];
	struct gmem_op_sum sum = { 0, 0, 0 };
	uint64_t phases = 0;

	for (int i = 0; i < GMEM_CLASSES; i++) {
		sum.count += vm->seen.size[i][d].count;
		sum.bytes += vm->seen.size[i][d].bytes;
	}
	for (int i = 0; i < GMEM_PHASES; i++) {
		assert_int_equal(vm->seen.dist[GMEM_S_PHASE + i][d]->total_ns, vm->now.phase_ns[d][i]);
		phases += vm->now.phase_ns[d][i];
	}
	assert_int_equal(sum.count, c->count);
	assert_int_equal(sum.bytes, c->bytes);
	assert_int_equal(dist->count, c->count);
	assert_int_equal(dist->total_ns, c->total_ns);
	assert_int_equal(dist->max_ns, c->max_ns);
	assert_memory_equal(dist->slots, vm->now.conversion_hist[d], sizeof(dist->slots));
	assert_int_equal(phases, c->total_ns);
	assert_int_equal(vm->seen.dist[GMEM_S_STALL][d]->total_ns, vm->now.stall[d].total_ns);
}

static void events_equal_counters(void **state)
{
	struct gmem_analysis *a = test_analysis(&small);
	size_t n = 0;

	(void)state;
	for (struct gmem_vm_stats *vm = a->vms; vm; vm = vm->next, n++) {
		for (int d = 0; d < GMEM_DIRECTIONS; d++)
			agrees(vm, d);
		assert_int_equal(vm->seen.dist[GMEM_S_PUNCH][0]->total_ns, vm->now.punch.total_ns);
		assert_int_equal(vm->seen.dist[GMEM_S_WINDOW][0]->total_ns, vm->now.window.total_ns);
		assert_int_equal(vm->seen.dist[GMEM_S_FAULT][0]->count, vm->now.fault.count);
		assert_int_equal(vm->seen.touched_pages, vm->now.faulted_pages);
		assert_int_equal(vm->seen.window.retries + vm->seen.retries_outside, vm->now.fault_retries);
	}
	assert_int_equal(n, 2);
	gmem_analysis_free(a);
}

/* A request by access is counted as one, whichever of its two records comes first. */
static void causes(void **state)
{
	struct gmem_analysis *a = with_slot();
	struct gmem_stall_rec end = { .r = { .h = { .vm = 1, .tid = 9, .kind = GMEM_STALL_END,
		.size = sizeof(end) }, .start = 4096, .end = 4097, .arg = TEST_PRIVATE, .dur_ns = 90 },
		.ioctl_ns = 10, .ioctls = 1 };

	(void)state;
	for (int order = 0; order < 3; order++) {
		if (order == 0)
			RECORD(a, GMEM_MEMORY_FAULT, .start = 4096, .end = 4097, .aux = 0);
		RECORD(a, GMEM_STALL_BEGIN, .start = 4096, .end = 4097, .arg = TEST_PRIVATE);
		if (order == 1)
			RECORD(a, GMEM_MEMORY_FAULT, .start = 4096, .end = 4097, .aux = 0);
		convert(a, 4096, 4097, true);
		end.r.h.ts_ns = 0;
		test_apply(a, &end.r.h);
	}
	convert(a, 4096, 4100, false);
	assert_int_equal(a->vms->seen.origin[GMEM_BY_ACCESS][GMEM_TO_PRIVATE].count, 2);
	assert_int_equal(a->vms->seen.origin[GMEM_BY_HYPERCALL][GMEM_TO_PRIVATE].count, 1);
	assert_int_equal(a->vms->seen.origin[GMEM_BY_VMM][GMEM_TO_SHARED].count, 1);
	assert_int_equal(a->vms->seen.stall_origin[GMEM_BY_ACCESS][GMEM_TO_PRIVATE].count, 2);
	assert_int_equal(a->vms->seen.dist[GMEM_S_STALL_VMM][GMEM_TO_PRIVATE]->total_ns, 3 * 80);
	gmem_analysis_free(a);
}

static void discards(void **state)
{
	struct gmem_analysis *a = with_slot();
	const struct gmem_vm_stats *vm;

	(void)state;
	convert(a, 4096, 4096 + 100, true);
	vm = a->vms;
	convert(a, 4096, 4096 + 50, false);
	assert_int_equal(vm->left.nr_pages, 50);
	punch(a, 0, 20);
	assert_int_equal(vm->left.nr_pages, 30);
	convert(a, 4096 + 20, 4096 + 30, true);		/* in use again */
	assert_int_equal(vm->left.nr_pages, 20);
	punch(a, 60, 70);				/* first discarded, then converted */
	convert(a, 4096 + 50, 4096 + 100, false);
	assert_int_equal(vm->left.nr_pages, 20 + 40);
	convert(a, 4096 + 500, 4096 + 600, false);	/* was never private */
	assert_int_equal(vm->left.nr_pages, 60);
	RECORD(a, GMEM_RELEASE, .ino = 5);
	assert_int_equal(vm->left.nr_pages, 0);
	assert_int_equal(vm->left_max_pages, 60);
	gmem_analysis_free(a);
}

static void touches(void **state)
{
	struct gmem_analysis *a = with_slot();

	(void)state;
	convert(a, 4096, 4096 + 512, true);
	RECORD(a, GMEM_FAULT_END, .ino = 5, .start = 4100, .end = 4101, .nr_pages = 1, .dur_ns = 7);
	RECORD(a, GMEM_FAULT_END, .ino = 5, .start = 4100, .end = 4101, .nr_pages = 0, .dur_ns = 7);
	RECORD(a, GMEM_FAULT_END, .ino = 5, .start = 4700, .end = 4701, .nr_pages = 1, .dur_ns = 7);
	assert_int_equal(a->vms->seen.touched_pages, 2);
	assert_int_equal(a->vms->seen.touched_again_pages, 1);
	assert_int_equal(a->vms->seen.dist[GMEM_S_FAULT][0]->count, 3);
	assert_int_equal(a->vms->seen.dist[GMEM_S_TOUCH_AGAIN][0]->count, 1);
	assert_int_equal(a->vms->seen.huge_faults, 0);
	RECORD(a, GMEM_FAULT_END, .ino = 5, .start = 4609, .end = 4610, .nr_pages = 512, .dur_ns = 7);
	assert_int_equal(a->vms->seen.touched_pages, 514);
	assert_int_equal(a->vms->seen.huge_faults, 1);
	assert_int_equal(a->vms->seen.saved_faults, 511);
	gmem_analysis_free(a);
}

static void retries(void **state)
{
	struct gmem_analysis *a = with_slot();
	const struct gmem_seen *seen;

	(void)state;
	RECORD(a, GMEM_FAULT_RETRY, .start = 4100, .end = 4101);
	seen = &a->vms->seen;
	assert_int_equal(seen->retries_outside, 1);
	RECORD(a, GMEM_INVALIDATE_BEGIN, .ino = 5, .start = 0, .end = 4);
	RECORD(a, GMEM_INVALIDATE_BEGIN, .start = 4096, .end = 4200, .arg = 3);
	RECORD(a, GMEM_FAULT_RETRY, .start = 4100, .end = 4101);
	RECORD(a, GMEM_FAULT_RETRY, .start = 4100, .end = 4101);
	RECORD(a, GMEM_PREFETCH_RETRY, .start = 4100, .end = 4101);	/* stalls no vCPU */
	RECORD(a, GMEM_INVALIDATE_END, .start = 4096, .end = 4200, .arg = 3, .dur_ns = 9);
	assert_int_equal(seen->by_kind[GMEM_PREFETCH_RETRY], 1);
	assert_int_equal(seen->window.retries, 2);
	assert_int_equal(seen->window.with_retries, 1);
	assert_int_equal(seen->window.max_retries, 2);
	/* the other window is open */
	RECORD(a, GMEM_FAULT_RETRY, .start = 4150, .end = 4151);
	assert_int_equal(seen->invalidate.retries, 1);
	gmem_analysis_free(a);
}

static void a_number_is_used_again(void **state)
{
	struct gmem_analysis *a = with_slot();
	struct gmem_vm_rec vm = { .h = { .vm = 1, .tgid = 77, .kind = GMEM_VM, .size = sizeof(vm) } };

	(void)state;
	convert(a, 4096, 4097, true);
	RECORD(a, GMEM_VM_END, .ret = 0);
	test_apply(a, &vm.h);
	convert(a, 4096, 4099, true);
	assert_int_equal(a->nr_vms, 2);
	assert_int_equal(a->vms->seen.size[0][GMEM_TO_PRIVATE].count, 1);
	assert_int_equal(a->vms->next->seen.size[1][GMEM_TO_PRIVATE].count, 1);
	assert_int_equal(a->vms->next->pid, 77);
	gmem_analysis_free(a);
}

/*
 * Counters from before the first record do not count: a recording may have been cut at its front.
 */
static void counters_before(void **state)
{
	struct gmem_analysis *a = gmem_analysis_new();
	struct gmem_counters_rec c = { .h = { .vm = 1, .kind = GMEM_COUNTERS, .size = sizeof(c) } };
	struct gmem_counters got;

	(void)state;
	c.c.conversion[GMEM_TO_SHARED].count = 100;
	test_apply(a, &c.h);
	convert(a, 0, 1, false);
	c.c.conversion[GMEM_TO_SHARED].count = 101;
	c.h.ts_ns = 0;
	test_apply(a, &c.h);
	assert_true(gmem_vm_stats_counters(a, a->vms, &got));
	assert_int_equal(got.conversion[GMEM_TO_SHARED].count, 1);
	gmem_analysis_free(a);
}

/* Random bytes cause no crash, no endless loop, and no unbounded memory. */
static void any_bytes(void **state)
{
	struct gmem_analysis *a = gmem_analysis_new();
	union {
		struct gmem_hdr h;
		struct gmem_rec r;
		uint64_t words[sizeof(struct gmem_map_rec) / 8];
	} u;

	(void)state;
	srand(1);
	for (int i = 0; i < 30000; i++) {
		for (size_t n = 0; n < 24; n++)
			u.words[n] = rand() % 3 ? (uint64_t)rand() % 64 : (uint64_t)rand() * 0x123456789ULL;
		u.h.vm = (uint64_t)rand() % 4;
		u.h.kind = (uint16_t)(rand() % (GMEM_KINDS + 2));
		u.h.size = (uint16_t)(rand() % 8 ? sizeof(u) : (size_t)rand() % 64);
		u.h.ts_ns = (uint64_t)rand() % 1000;
		if (u.h.kind == GMEM_COUNTERS || u.h.kind == GMEM_LOST)
			continue;
		gmem_analysis_apply(a, &u.h, true);
	}
	assert_true(a->nr_vms < 30000);
	gmem_analysis_free(a);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(events_equal_counters),
	cmocka_unit_test(causes),
	cmocka_unit_test(discards),
	cmocka_unit_test(touches),
	cmocka_unit_test(retries),
	cmocka_unit_test(a_number_is_used_again),
	cmocka_unit_test(counters_before),
	cmocka_unit_test(any_bytes),
};

TEST_UNIT(analysis_unit, tests);
