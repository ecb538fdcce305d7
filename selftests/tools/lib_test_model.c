// SPDX-License-Identifier: GPL-2.0-only
/* Tests of model.h by records: the effect of each kind, and robustness against damaged streams. */
#include "lib_test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model/metrics.h"
#include "model/model.h"
#include "views/text.h"

static int setup(void **state)
{
	*state = gmem_model_new();
	return !*state;
}

static int teardown(void **state)
{
	gmem_model_free(*state);
	return 0;
}

static void ok(int err)
{
	assert_int_equal(err, 0);
}

static struct gmem_vm *vm_of(struct gmem_model *m, uint64_t id)
{
	struct gmem_vm *vm = gmem_model_vm(m, id);

	assert_non_null(vm);
	return vm;
}

static void bind(struct gmem_model *m, uint64_t ino, uint32_t slot, uint64_t gfn, uint64_t npages)
{
	ok(APPLY(m, 1, GMEM_BIND, .ino = ino, .start = gfn, .end = gfn + npages, .aux = slot));
}

static void set_private(struct gmem_model *m, uint64_t start, uint64_t end)
{
	ok(APPLY(m, 1, GMEM_ATTRIBUTES_END, .start = start, .end = end, .arg = TEST_PRIVATE,
		 .aux = 1));
}

static void set_shared(struct gmem_model *m, uint64_t start, uint64_t end)
{
	ok(APPLY(m, 1, GMEM_ATTRIBUTES_END, .start = start, .end = end, .aux = 1));
}

static void test_empty(void **state)
{
	assert_null(gmem_model_vm(*state, 1));
	gmem_model_forget(*state, UINT64_MAX);
	gmem_model_free(NULL);
}

static void test_first_record_makes_the_vm(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm;

	ok(APPLY(m, 7, GMEM_MEMORY_FAULT, .h.ts_ns = 50, .h.tgid = 123, .h.tid = 125));
	ok(APPLY(m, 7, GMEM_MEMORY_FAULT, .h.ts_ns = 60, .h.tgid = 124, .h.tid = 126));
	vm = vm_of(m, 7);
	assert_int_equal(vm->id, 7);
	assert_int_equal(vm->pid, 123);
	assert_int_equal(vm->seen_ns, 50);
	assert_int_equal(vm->ended_ns, 0);
	assert_int_equal(m->now_ns, 60);
	assert_int_equal(m->nr_events, 2);
	assert_null(gmem_model_vm(m, 8));
}

static void test_identity(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm_rec r = {
		.h = { .vm = 3, .kind = GMEM_VM, .size = sizeof(r), .tgid = 9 },
		.start_ns = 77,
	};

	memset(r.comm, 'x', sizeof(r.comm));	/* no NUL */
	ok(gmem_model_apply(m, &r.h));
	assert_int_equal(vm_of(m, 3)->pid, 9);
	assert_int_equal(vm_of(m, 3)->start_ns, 77);
	assert_int_equal(strlen(vm_of(m, 3)->comm), GMEM_COMM_LEN - 1);
	assert_int_equal(m->nr_events, 0);
}

static void test_time_is_the_latest(void **state)
{
	struct gmem_model *m = *state;

	ok(APPLY(m, 1, GMEM_MEMORY_FAULT, .h.ts_ns = 100));
	ok(APPLY(m, 1, GMEM_MEMORY_FAULT, .h.ts_ns = 90));
	assert_int_equal(m->now_ns, 100);
}

static void test_records_of_no_vm_make_none(void **state)
{
	struct gmem_model *m = *state;

	ok(APPLY(m, 0, GMEM_MEMORY_FAULT, .h.ts_ns = 5));
	ok(APPLY(m, 0, GMEM_BIND, .start = 0, .end = 8));
	assert_null(m->vms);
	assert_int_equal(m->now_ns, 5);
}

static void test_losses(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_lost_rec r = {
		.h = { .kind = GMEM_LOST, .size = sizeof(r) },
		.lost = { 1, 2, 3, 4 },
	};

	ok(gmem_model_apply(m, &r.h));
	r.lost[GMEM_LOST_VMS] = 20;
	ok(gmem_model_apply(m, &r.h));
	assert_int_equal(m->lost[GMEM_LOST_RINGBUF], 1);
	assert_int_equal(m->lost[GMEM_LOST_VMS], 20);
	assert_int_equal(m->lost[GMEM_LOST_UNPAIRED], 4);
	assert_null(m->vms);
}

static void test_slots_are_kept_by_gfn(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm;

	bind(m, 5, 2, 0x200, 0x10);
	bind(m, 5, 1, 0x100, 0x20);
	ok(APPLY(m, 1, GMEM_BIND, .ino = 6, .start = 0x180, .end = 0x190, .arg = 0x40,
		 .aux = 1 << 16 | 3));
	vm = vm_of(m, 1);
	assert_int_equal(vm->nr_slots, 3);
	assert_int_equal(vm->slots[0].gfn, 0x100);
	assert_int_equal(vm->slots[1].gfn, 0x180);
	assert_int_equal(vm->slots[2].gfn, 0x200);
	assert_int_equal(vm->slots[1].slot, 1 << 16 | 3);
	assert_int_equal(vm->slots[1].npages, 0x10);
	assert_int_equal(vm->slots[1].ino, 6);
	assert_int_equal(vm->slots[1].pgoff, 0x40);
	assert_int_equal(gmem_vm_slot_bytes(vm), 0x40 << 12);
}

static void test_unbind_takes_one_slot(void **state)
{
	struct gmem_model *m = *state;

	bind(m, 5, 1, 0x100, 0x10);
	bind(m, 5, 2, 0x200, 0x10);
	bind(m, 6, 3, 0x300, 0x10);
	ok(APPLY(m, 1, GMEM_UNBIND, .ino = 6, .start = 0x200, .end = 0x210, .aux = 2));
	assert_int_equal(vm_of(m, 1)->nr_slots, 3);
	ok(APPLY(m, 1, GMEM_UNBIND, .ino = 5, .start = 0x200, .end = 0x210, .aux = 2));
	assert_int_equal(vm_of(m, 1)->nr_slots, 2);
	assert_int_equal(vm_of(m, 1)->slots[0].slot, 1);
	assert_int_equal(vm_of(m, 1)->slots[1].slot, 3);
	bind(m, 6, 2, 0x200, 0x8);
	assert_int_equal(vm_of(m, 1)->slots[1].npages, 8);
}

static void test_failed_bind_binds_nothing(void **state)
{
	struct gmem_model *m = *state;

	ok(APPLY(m, 1, GMEM_BIND, .ino = 5, .start = 0, .end = 8, .aux = 1, .ret = -EINVAL));
	assert_int_equal(vm_of(m, 1)->nr_slots, 0);
	assert_int_equal(m->nr_events, 1);
}

static void test_failed_creation_adds_no_file(void **state)
{
	struct gmem_model *m = *state;

	ok(APPLY(m, 1, GMEM_CREATE, .end = 8, .ret = -EINVAL));
	assert_int_equal(vm_of(m, 1)->nr_files, 0);
	assert_int_equal(m->nr_events, 1);
}

static void test_bind_of_no_pages_binds_nothing(void **state)
{
	struct gmem_model *m = *state;

	ok(APPLY(m, 1, GMEM_BIND, .ino = 5, .start = 8, .end = 8));
	ok(APPLY(m, 1, GMEM_BIND, .ino = 5, .start = 8, .end = 4));
	assert_int_equal(vm_of(m, 1)->nr_slots, 0);
	assert_int_equal(gmem_vm_slot_bytes(vm_of(m, 1)), 0);
}

/* A memslot is bound once: if its unbind was lost, the next bind replaces it. */
static void test_bind_replaces_the_slot(void **state)
{
	struct gmem_model *m = *state;

	bind(m, 5, 1, 0x100, 0x10);
	bind(m, 5, 2, 0x300, 0x10);
	bind(m, 6, 1, 0x200, 0x8);
	assert_int_equal(vm_of(m, 1)->nr_slots, 2);
	assert_int_equal(vm_of(m, 1)->slots[0].gfn, 0x200);
	assert_int_equal(vm_of(m, 1)->slots[0].ino, 6);
	bind(m, 5, 1, 0x400, 0x8);
	assert_int_equal(vm_of(m, 1)->nr_slots, 2);
	assert_int_equal(vm_of(m, 1)->slots[0].slot, 2);
	assert_int_equal(vm_of(m, 1)->slots[1].gfn, 0x400);
}

static void test_files_and_release(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm;

	ok(APPLY(m, 1, GMEM_CREATE, .ino = 5, .end = 100, .arg = 1));
	ok(APPLY(m, 1, GMEM_CREATE, .ino = 4, .end = 200));
	ok(APPLY(m, 1, GMEM_CREATE, .ino = 6, .end = 300));
	bind(m, 5, 1, 0x100, 0x10);
	bind(m, 4, 2, 0x200, 0x10);
	bind(m, 5, 3, 0x300, 0x10);
	vm = vm_of(m, 1);
	assert_int_equal(vm->nr_files, 3);
	assert_int_equal(vm->files[0].ino, 5);
	assert_int_equal(vm->files[0].size_pages, 100);
	assert_int_equal(vm->files[0].flags, 1);
	ok(APPLY(m, 1, GMEM_RELEASE, .ino = 5));
	assert_int_equal(vm->nr_files, 2);
	assert_int_equal(vm->files[0].ino, 4);
	assert_int_equal(vm->files[1].ino, 6);
	assert_int_equal(vm->nr_slots, 1);	/* the kernel emits no unbind for the others */
	assert_int_equal(vm->slots[0].slot, 2);
	ok(APPLY(m, 1, GMEM_RELEASE, .ino = 99));
	assert_int_equal(vm->nr_files, 2);
}

static void test_vms_are_apart(void **state)
{
	struct gmem_model *m = *state;

	bind(m, 5, 1, 0, 0x10);
	ok(APPLY(m, 2, GMEM_BIND, .ino = 5, .start = 0, .end = 0x20, .aux = 1));
	ok(APPLY(m, 2, GMEM_CREATE, .ino = 5));
	set_private(m, 0, 8);
	ok(APPLY(m, 2, GMEM_RELEASE, .ino = 5));
	assert_int_equal(vm_of(m, 1)->nr_slots, 1);
	assert_int_equal(vm_of(m, 2)->nr_slots, 0);
	assert_int_equal(vm_of(m, 1)->private.nr_pages, 8);
	assert_int_equal(vm_of(m, 2)->private.nr_pages, 0);
}

static void test_attributes(void **state)
{
	struct gmem_model *m = *state;
	const struct gmem_ranges *p;

	set_private(m, 10, 20);
	p = &vm_of(m, 1)->private;
	assert_int_equal(p->nr_pages, 10);
	ok(APPLY(m, 1, GMEM_ATTRIBUTES_END, .start = 20, .end = 30, .arg = TEST_PRIVATE));
	assert_int_equal(p->nr_pages, 10);	/* aux 0: unchanged */
	ok(APPLY(m, 1, GMEM_ATTRIBUTES_END, .start = 10, .end = 20, .aux = 1, .ret = -ENOMEM));
	assert_int_equal(p->nr_pages, 10);
	ok(APPLY(m, 1, GMEM_ATTRIBUTES_END, .start = 10, .end = 20, .aux = 1, .ino = 4));
	assert_int_equal(p->nr_pages, 10);	/* offsets of a file, not guest frames */
	ok(APPLY(m, 1, GMEM_ATTRIBUTES_BEGIN, .start = 10, .end = 20));
	assert_int_equal(p->nr_pages, 10);
	ok(APPLY(m, 1, GMEM_ATTRIBUTES_END, .start = 20, .end = 21, .aux = 1,
		 .arg = TEST_PRIVATE | 0x30));
	assert_int_equal(p->nr_pages, 11);
	assert_int_equal(p->nr_extents, 1);
	set_shared(m, 12, 14);
	assert_int_equal(p->nr_pages, 9);
	assert_int_equal(p->nr_extents, 2);
	ok(APPLY(m, 1, GMEM_ATTRIBUTES_END, .start = 0, .end = 30, .aux = 1, .arg = 0x30));
	assert_int_equal(p->nr_pages, 0);	/* other attributes, but not private */
}

static void begin(struct gmem_model *m, unsigned int kind, uint32_t tid, uint64_t ts)
{
	ok(APPLY(m, 1, kind, .h.tid = tid, .h.ts_ns = ts, .ino = ts + 1, .start = ts + 2,
		 .end = ts + 3, .arg = ts + 4));
}

static void end(struct gmem_model *m, unsigned int kind, uint32_t tid)
{
	ok(APPLY(m, 1, kind, .h.tid = tid));
}

static void test_inflight_pairs_by_task_and_kind(void **state)
{
	struct gmem_model *m = *state;
	const struct gmem_inflight *op;
	struct gmem_vm *vm;

	begin(m, GMEM_FALLOCATE_BEGIN, 1, 100);
	begin(m, GMEM_INVALIDATE_BEGIN, 1, 110);
	begin(m, GMEM_ATTRIBUTES_BEGIN, 2, 120);
	vm = vm_of(m, 1);
	assert_int_equal(vm->ops.nr, 3);
	op = vm->ops.list[1];
	assert_int_equal(op->kind, GMEM_INVALIDATE_BEGIN);
	assert_int_equal(op->begin_ns, 110);
	assert_int_equal(op->tid, 1);
	assert_int_equal(op->ino, 111);
	assert_int_equal(op->start, 112);
	assert_int_equal(op->end, 113);
	assert_int_equal(op->arg, 114);
	end(m, GMEM_ATTRIBUTES_END, 1);
	end(m, GMEM_ATTRIBUTES_END, 3);
	assert_int_equal(vm->ops.nr, 3);
	end(m, GMEM_INVALIDATE_END, 1);
	assert_int_equal(vm->ops.nr, 2);
	assert_int_equal(vm->ops.list[0]->kind, GMEM_FALLOCATE_BEGIN);
	assert_int_equal(vm->ops.list[1]->kind, GMEM_ATTRIBUTES_BEGIN);
	end(m, GMEM_FALLOCATE_END, 1);
	end(m, GMEM_ATTRIBUTES_END, 2);
	assert_int_equal(vm->ops.nr, 0);
	end(m, GMEM_ATTRIBUTES_END, 2);	/* its begin was lost */
	assert_int_equal(vm->ops.nr, 0);
}

static void test_failed_operations_are_over(void **state)
{
	struct gmem_model *m = *state;

	begin(m, GMEM_ATTRIBUTES_BEGIN, 1, 100);
	ok(APPLY(m, 1, GMEM_ATTRIBUTES_END, .h.tid = 1, .ret = -ENOMEM));
	assert_int_equal(vm_of(m, 1)->ops.nr, 0);
}

static void test_lost_ends_go_with_the_next(void **state)
{
	struct gmem_model *m = *state;

	begin(m, GMEM_ATTRIBUTES_BEGIN, 1, 100);
	begin(m, GMEM_ATTRIBUTES_BEGIN, 2, 110);
	begin(m, GMEM_ATTRIBUTES_BEGIN, 1, 120);
	begin(m, GMEM_ATTRIBUTES_BEGIN, 1, 130);
	end(m, GMEM_ATTRIBUTES_END, 1);
	assert_int_equal(vm_of(m, 1)->ops.nr, 1);
	assert_int_equal(vm_of(m, 1)->ops.list[0]->tid, 2);
}

/* Stalls pair by vCPU: a thread may run many vCPUs, and another thread may take one over. */
static void test_stalls_pair_by_vcpu(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_stall_rec end = {
		.r = REC(1, GMEM_STALL_END, .h.tid = 7, .aux = 1),
	};

	end.r.h.size = sizeof(end);
	ok(APPLY(m, 1, GMEM_STALL_BEGIN, .h.tid = 5, .aux = 0));
	ok(APPLY(m, 1, GMEM_STALL_BEGIN, .h.tid = 5, .aux = 1));
	assert_int_equal(vm_of(m, 1)->ops.nr, 2);
	ok(gmem_model_apply(m, &end.r.h));
	assert_int_equal(vm_of(m, 1)->ops.nr, 1);
	assert_int_equal(vm_of(m, 1)->ops.list[0]->aux, 0);
}

static void test_operations_in_flight_are_repeated(void **state)
{
	struct gmem_model *m = *state;

	begin(m, GMEM_ATTRIBUTES_BEGIN, 1, 100);
	begin(m, GMEM_FALLOCATE_BEGIN, 2, 110);
	ok(APPLY(m, 2, GMEM_ATTRIBUTES_BEGIN, .h.tid = 9));
	ok(APPLY(m, 0, GMEM_INFLIGHT, .h.ts_ns = 200));
	begin(m, GMEM_FALLOCATE_BEGIN, 2, 110);
	begin(m, GMEM_FALLOCATE_BEGIN, 2, 110);
	ok(APPLY(m, 0, GMEM_SYNC, .h.ts_ns = 201));
	assert_int_equal(vm_of(m, 1)->ops.nr, 1);
	assert_int_equal(vm_of(m, 1)->ops.list[0]->begin_ns, 110);
	assert_int_equal(vm_of(m, 2)->ops.nr, 0);
}

/* Slot: gfns 100 to 200 are pgoffs 10 to 110; 120 to 140 are private. */
static void test_double_backed(void **state)
{
	struct gmem_map_rec pages = {
		.h = { .vm = 1, .kind = GMEM_PAGES, .size = sizeof(pages) },
		.end = GMEM_UNKNOWN, .nr = 2, .ino = 5,
		.extents = { { 0, 15 }, { 25, 35 } },
	};
	struct gmem_map_rec shared = {
		.h = { .vm = 1, .kind = GMEM_SHARED_PAGES, .size = sizeof(shared) },
		.start = 100, .end = 200, .nr = 1, .extents = { { 110, 125 } },
	};
	struct gmem_model *m = *state;
	struct gmem_vm *vm;

	m->features = 0;
	ok(APPLY(m, 1, GMEM_SCAN_FILE, .ino = 5, .end = 200, .nr_pages = 25));
	ok(APPLY(m, 1, GMEM_SCAN_SLOT, .ino = 5, .start = 100, .end = 200, .arg = 10));
	ok(APPLY(m, 1, GMEM_ATTRIBUTES_END, .start = 120, .end = 140, .arg = TEST_PRIVATE, .aux = 1));
	ok(gmem_model_apply(m, &pages.h));
	ok(gmem_model_apply(m, &shared.h));
	ok(APPLY(m, 0, GMEM_BACKING, .h.ts_ns = 9, .dur_ns = 3));
	vm = vm_of(m, 1);
	/* pgoffs 10 to 15 are gfns 100 to 105, shared; 25 to 35 are 115 to 125, shared below 120 */
	assert_int_equal(gmem_vm_double_backed(vm).private_bytes, 10 << 12);
	assert_int_equal(gmem_vm_double_backed(vm).shared_bytes, 5 << 12);
	assert_int_equal(gmem_vm_shared_populated_bytes(vm), 15 << 12);
	assert_int_equal(m->features, GMEM_FEATURE_BACKING);
	assert_int_equal(m->backing_took_ns, 3);
	ok(APPLY(m, 1, GMEM_SCAN_FILE, .ino = 5, .end = 200, .nr_pages = 0));
	assert_int_equal(gmem_vm_double_backed(vm).private_bytes, 0);
	ok(APPLY(m, 1, GMEM_RELEASE, .ino = 5));
	assert_int_equal(gmem_vm_double_backed(vm).shared_bytes, 0);	/* no slot is left */
}

static void test_names(void **state)
{
	struct gmem_name_rec r = {
		.h = { .vm = 1, .kind = GMEM_NAME, .size = sizeof(r) },
		.name = "db", .cgroup = "/machine",
	};
	struct gmem_model *m = *state;

	ok(gmem_model_apply(m, &r.h));
	assert_string_equal(vm_of(m, 1)->name, "db");
	assert_string_equal(vm_of(m, 1)->cgroup, "/machine");
	memset(r.name, 'x', sizeof(r.name));	/* a recording may lack the final NUL */
	ok(gmem_model_apply(m, &r.h));
	assert_int_equal(strlen(vm_of(m, 1)->name), sizeof(r.name) - 1);
}

static void test_losses_by_cpu(void **state)
{
	struct gmem_lost_cpu_rec r = {
		.h = { .cpu = 2, .kind = GMEM_LOST_CPU, .size = sizeof(r) }, .lost = 7,
	};
	struct gmem_model *m = *state;

	ok(gmem_model_apply(m, &r.h));
	r.h.cpu = 0;
	r.lost = 1;
	ok(gmem_model_apply(m, &r.h));
	assert_int_equal(m->nr_lost_cpus, 3);
	assert_int_equal(m->lost_by_cpu[0], 1);
	assert_int_equal(m->lost_by_cpu[1], 0);
	assert_int_equal(m->lost_by_cpu[2], 7);
	r.h.cpu = -1;
	ok(gmem_model_apply(m, &r.h));
	assert_int_equal(m->nr_lost_cpus, 3);
}

/*
 * Operations in flight are sorted by begin: the ring buffer orders records of several CPUs
 * differently.
 */
static void test_inflight_is_in_order_of_begin(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm;

	begin(m, GMEM_ATTRIBUTES_BEGIN, 1, 120);
	begin(m, GMEM_ATTRIBUTES_BEGIN, 2, 100);
	begin(m, GMEM_ATTRIBUTES_BEGIN, 3, 110);
	begin(m, GMEM_ATTRIBUTES_BEGIN, 4, 110);
	vm = vm_of(m, 1);
	assert_int_equal(vm->ops.list[0]->tid, 2);
	assert_int_equal(vm->ops.list[1]->tid, 3);
	assert_int_equal(vm->ops.list[2]->tid, 4);
	assert_int_equal(vm->ops.list[3]->tid, 1);
}

static void test_end_of_a_vm(void **state)
{
	struct gmem_model *m = *state;

	bind(m, 5, 1, 0, 8);
	begin(m, GMEM_ATTRIBUTES_BEGIN, 1, 100);
	ok(APPLY(m, 1, GMEM_VM_END, .h.ts_ns = 200));
	assert_int_equal(vm_of(m, 1)->ended_ns, 200);
	assert_int_equal(vm_of(m, 1)->ops.nr, 0);
}

static void test_forget(void **state)
{
	struct gmem_model *m = *state;

	for (uint64_t id = 1; id <= 100; id++) {
		ok(APPLY(m, id, GMEM_BIND, .ino = id, .start = 0, .end = 8, .h.ts_ns = 1));
		ok(APPLY(m, id, GMEM_CREATE, .ino = id));
		ok(APPLY(m, id, GMEM_ATTRIBUTES_BEGIN, .h.tid = id));
		ok(APPLY(m, id, GMEM_ATTRIBUTES_END, .aux = 1, .arg = TEST_PRIVATE, .end = 4));
		if (id % 2)
			ok(APPLY(m, id, GMEM_VM_END, .h.ts_ns = 1000 + id));
	}
	gmem_model_forget(m, 1051);
	for (uint64_t id = 1; id <= 100; id++) {
		if (id % 2 && id <= 51)
			assert_null(gmem_model_vm(m, id));
		else
			assert_non_null(gmem_model_vm(m, id));
	}
	assert_int_equal(HASH_COUNT(m->vms), 74);
	gmem_model_forget(m, UINT64_MAX);
	assert_int_equal(HASH_COUNT(m->vms), 50);
}

static struct gmem_counters_rec counters(uint64_t ts, uint64_t count)
{
	struct gmem_counters_rec r = {
		.h = { .vm = 1, .kind = GMEM_COUNTERS, .size = sizeof(r), .ts_ns = ts },
		.c.conversion[GMEM_TO_PRIVATE].count = count,
	};

	return r;
}

static double rate(struct gmem_model *m)
{
	return gmem_vm_conversions_per_s(vm_of(m, 1));
}

static void count(struct gmem_model *m, uint64_t ts, uint64_t n)
{
	struct gmem_counters_rec r = counters(ts, n);

	ok(gmem_model_apply(m, &r.h));
}

static void test_rates(void **state)
{
	struct gmem_model *m = *state;

	count(m, 1000000000, 100);
	assert_true(rate(m) == 0);
	count(m, 1500000000, 150);
	assert_true(rate(m) == 100);
	assert_int_equal(vm_of(m, 1)->counters_ns, 1500000000);
	assert_int_equal(vm_of(m, 1)->before_ns, 1000000000);
	count(m, 1500000000, 160);
	assert_true(rate(m) == 0);	/* no time passed */
	count(m, 3500000000, 160);
	assert_true(rate(m) == 0);
	count(m, 4500000000, 10);
	assert_true(rate(m) == 0);	/* counters started over */
	assert_int_equal(m->nr_events, 0);
}

static void refresh(struct gmem_model *m, uint64_t ts)
{
	APPLY(m, 0, GMEM_SYNC, .h.ts_ns = ts);
}

/* A VM that did nothing is left out of some refreshes. */
static void test_rate_after_a_rest(void **state)
{
	struct gmem_model *m = *state;

	count(m, 1000000000, 100);
	refresh(m, 1000001000);
	count(m, 2000000000, 150);
	refresh(m, 2000001000);
	assert_true(rate(m) == 50);
	count(m, 3000000000, 150);
	refresh(m, 3000001000);
	assert_true(rate(m) == 0);
	for (uint64_t s = 4; s < 100; s++)
		refresh(m, s * 1000000000 + 1000);
	count(m, 100000000000 + 1000, 350);
	assert_true(rate(m) == 200);
	refresh(m, 100000002000);
	count(m, 101000001000, 450);
	assert_true(rate(m) == 100);
	assert_int_equal(vm_of(m, 1)->before_ns, 100000001000);
}

static void test_short_records_are_refused(void **state)
{
	static const size_t sizes[GMEM_KINDS] = {
		[GMEM_VM]	= sizeof(struct gmem_vm_rec),
		[GMEM_COUNTERS]	= sizeof(struct gmem_counters_rec),
		[GMEM_LOST]	= sizeof(struct gmem_lost_rec),
		[GMEM_SCAN_MAP]	= sizeof(struct gmem_map_rec),
		[GMEM_PROBES]	= sizeof(struct gmem_probes_rec),
		[GMEM_NAME]	= sizeof(struct gmem_name_rec),
		[GMEM_PAGES]	= sizeof(struct gmem_map_rec),
		[GMEM_SHARED_PAGES] = sizeof(struct gmem_map_rec),
		[GMEM_DOUBLE_BACKED]	= sizeof(struct gmem_map_rec),
		[GMEM_LOST_CPU]	= sizeof(struct gmem_lost_cpu_rec),
		[GMEM_STALL_END] = sizeof(struct gmem_stall_rec),
		[GMEM_COST]	= sizeof(struct gmem_cost_rec),
		[GMEM_HOLDER]	= sizeof(struct gmem_holder_rec),
		[GMEM_CLOCK]	= sizeof(struct gmem_clock_rec),
		[GMEM_MAPPED]	= sizeof(struct gmem_mapped_rec),
	};
	struct gmem_model *m = *state;

	for (unsigned int kind = 1; kind < GMEM_KINDS; kind++) {
		size_t least = sizes[kind] ? sizes[kind] : sizeof(struct gmem_rec);

		for (size_t size = sizeof(struct gmem_hdr); size < least; size += 4) {
			struct gmem_hdr *h = calloc(1, size);

			assert_non_null(h);
			*h = (struct gmem_hdr){ .vm = 1, .kind = kind, .size = size, .ts_ns = 9 };
			assert_int_equal(gmem_model_apply(m, h), -EINVAL);
			free(h);
		}
	}
	assert_null(m->vms);
	assert_int_equal(m->now_ns, 0);
	assert_int_equal(m->nr_events, 0);
}

static void test_unknown_kinds_are_ignored(void **state)
{
	static const unsigned int kinds[] = { 0, GMEM_KINDS, GMEM_KINDS + 1, 0xffff };
	struct gmem_model *m = *state;

	for (int i = 0; i < 4; i++) {
		struct gmem_hdr h = { .vm = 1, .kind = kinds[i], .size = sizeof(h) };

		ok(gmem_model_apply(m, &h));
	}
	assert_null(m->vms);
	assert_int_equal(m->nr_events, 0);
}

static void test_longer_records_are_taken(void **state)
{
	struct {
		struct gmem_rec r;
		uint64_t later[4];
	} r = { .r = REC(1, GMEM_BIND, .end = 8), .later = { 1, 2, 3, 4 } };

	r.r.h.size = sizeof(r);
	ok(gmem_model_apply(*state, &r.r.h));
	assert_int_equal(vm_of(*state, 1)->nr_slots, 1);
}

/*
 * Applies a record with every allocation failing once; afterwards the same record must take effect.
 */
static void apply_without_memory(struct gmem_model *m, const struct gmem_hdr *h, bool event)
{
	for (unsigned int n = 0; ; n++) {
		uint64_t nr_events = m->nr_events;
		int err;

		alloc_fail_after(n);
		err = gmem_model_apply(m, h);
		if (!alloc_restore() || !err) {
			ok(err);
			assert_int_equal(m->nr_events, nr_events + event);
			return;
		}
		assert_int_equal(err, -ENOMEM);
		assert_int_equal(m->nr_events, nr_events);
	}
}

static void test_no_memory(void **state)
{
	struct gmem_model *m = *state;

	/* Many VMs: the hash grows meanwhile. */
	for (uint64_t id = 1; id <= 2000; id++) {
		struct gmem_counters_rec c = counters(1, id);

		c.h.vm = id;
		apply_without_memory(m, &c.h, false);
		apply_without_memory(m, &REC(id, GMEM_CREATE, .ino = 1).h, true);
		apply_without_memory(m, &REC(id, GMEM_BIND, .ino = 1, .end = 8).h, true);
		apply_without_memory(m, &REC(id, GMEM_ATTRIBUTES_BEGIN, .end = 8).h, true);
		apply_without_memory(m, &REC(id, GMEM_ATTRIBUTES_END, .end = 4, .aux = 1,
					     .arg = TEST_PRIVATE).h, true);
	}
	assert_int_equal(HASH_COUNT(m->vms), 2000);
	for (uint64_t id = 1; id <= 2000; id++) {
		const struct gmem_vm *vm = vm_of(m, id);

		assert_int_equal(vm->nr_files, 1);
		assert_int_equal(vm->nr_slots, 1);
		assert_int_equal(vm->ops.nr, 0);
		assert_int_equal(gmem_vm_private_bytes(vm), 4 << 12);
		assert_int_equal(vm->now.conversion[GMEM_TO_PRIVATE].count, id);
	}
}

static void read_everything(struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;
	char buf[64];

	HASH_ITER(hh, m->vms, vm, tmp) {
		for (size_t i = 0; i < gmem_nr_metrics; i++) {
			const struct gmem_metric *metric = &gmem_metrics[i];

			gmem_text_value(buf, sizeof(buf), metric,
					gmem_metric_get(metric, vm, m));
		}
	}
}

/* Applies damaged recordings: any bytes in any order, for sanitizers. */
static void test_random_bytes(void **state)
{
	struct gmem_model *m = *state;
	struct rng rng = { 4 };

	for (int i = 0; i < 20000; i++) {
		union {
			uint64_t words[sizeof(struct gmem_counters_rec) / 8];
			struct gmem_hdr h;
			struct gmem_rec rec;
		} r;
		char buf[64];

		for (size_t w = 0; w < sizeof(r) / 8; w++)
			r.words[w] = rng_magnitude(&rng);
		r.h.kind = rng_below(&rng, GMEM_KINDS + 1);
		r.h.size = sizeof(r);
		r.h.vm = rng_below(&rng, 8);
		r.h.tid = rng_below(&rng, 8);
		ok(gmem_model_apply(m, &r.h));
		gmem_text_arg(buf, sizeof(buf), r.h.kind, r.rec.arg);
		gmem_text_errno(buf, sizeof(buf), r.rec.ret);
		if (i % 500 == 0)
			read_everything(m);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_empty),
	TEST(test_first_record_makes_the_vm),
	TEST(test_identity),
	TEST(test_time_is_the_latest),
	TEST(test_records_of_no_vm_make_none),
	TEST(test_losses),
	TEST(test_slots_are_kept_by_gfn),
	TEST(test_unbind_takes_one_slot),
	TEST(test_failed_bind_binds_nothing),
	TEST(test_failed_creation_adds_no_file),
	TEST(test_bind_of_no_pages_binds_nothing),
	TEST(test_bind_replaces_the_slot),
	TEST(test_files_and_release),
	TEST(test_vms_are_apart),
	TEST(test_attributes),
	TEST(test_inflight_pairs_by_task_and_kind),
	TEST(test_failed_operations_are_over),
	TEST(test_lost_ends_go_with_the_next),
	TEST(test_stalls_pair_by_vcpu),
	TEST(test_double_backed),
	TEST(test_names),
	TEST(test_losses_by_cpu),
	TEST(test_operations_in_flight_are_repeated),
	TEST(test_inflight_is_in_order_of_begin),
	TEST(test_end_of_a_vm),
	TEST(test_forget),
	TEST(test_rates),
	TEST(test_rate_after_a_rest),
	TEST(test_short_records_are_refused),
	TEST(test_unknown_kinds_are_ignored),
	TEST(test_longer_records_are_taken),
	TEST(test_no_memory),
	TEST(test_random_bytes),
};

TEST_UNIT(model_unit, tests);
