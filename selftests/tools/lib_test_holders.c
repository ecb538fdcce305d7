// SPDX-License-Identifier: GPL-2.0-only
/* Tests of the model: holders of VMs and of their files, and orphans. */
#include "lib_test.h"

#include <string.h>

#include "model/model.h"

#define PID 70

static int setup(void **state)
{
	struct gmem_model *m = gmem_model_new();

	*state = m;
	if (!m)
		return -1;
	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 10, .ino = 5, .end = 512, .nr_pages = 100);
	APPLY(m, 1, GMEM_SCAN_SLOT, .h.ts_ns = 10, .ino = 5, .start = 0, .end = 512);
	return APPLY(m, 1, GMEM_SCAN_END, .h.ts_ns = 10);
}

static int teardown(void **state)
{
	gmem_model_free(*state);
	return 0;
}

static int holds(struct gmem_model *m, uint64_t ts_ns, uint32_t pid, uint64_t ino)
{
	struct gmem_holder_rec r = {
		.h = { .ts_ns = ts_ns, .vm = 1, .tgid = pid, .kind = GMEM_HOLDER, .size = sizeof(r) },
		.ino = ino, .comm = "vmm",
	};

	return gmem_model_apply(m, &r.h);
}

static void looked(struct gmem_model *m, uint64_t begin_ns, uint64_t end_ns)
{
	assert_int_equal(APPLY(m, 0, GMEM_HOLDERS, .h.ts_ns = end_ns, .dur_ns = end_ns - begin_ns), 0);
}

static void test_holders(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = gmem_model_vm(m, 1);

	for (int i = 0; i < 3; i++)
		assert_int_equal(holds(m, 20, PID, 0), 0);
	assert_int_equal(holds(m, 20, PID, 5), 0);
	assert_int_equal(holds(m, 20, PID + 1, 5), 0);
	looked(m, 15, 30);
	assert_int_equal(vm->holders.nr, 1);
	assert_int_equal(vm->files[0].holders.nr, 2);
	assert_int_equal(vm->files[0].holders.list[1].pid, PID + 1);
	assert_string_equal(vm->files[0].holders.list[1].comm, "vmm");
	assert_false(vm->orphan);
	assert_int_equal(gmem_vm_unused(m, vm).bytes, 0);
	holds(m, 40, PID + 1, 5);
	assert_int_equal(vm->holders.nr, 1);
	looked(m, 35, 50);
	assert_int_equal(vm->holders.nr, 0);
	assert_int_equal(vm->files[0].holders.nr, 1);
	assert_true(vm->orphan);
	assert_int_equal(gmem_vm_unused(m, vm).bytes, 100 * 4096);
	holds(m, 60, PID + 2, 0);	/* its descriptor was in flight */
	assert_false(vm->orphan);
	APPLY(m, 1, GMEM_VM_END, .h.ts_ns = 70);
	assert_false(vm->orphan);
	looked(m, 80, 90);
	assert_false(vm->orphan);
}

/* A VM that appeared during the scan of holders is not an orphan yet. */
static void test_new_vm_is_no_orphan(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = gmem_model_vm(m, 1);

	looked(m, 10, 30);
	assert_false(vm->orphan);
	looked(m, 11, 31);
	assert_true(vm->orphan);
}

static void test_creator_has_it(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm;

	APPLY(m, 2, GMEM_CREATE, .h.ts_ns = 20, .h.tgid = PID, .ino = 6, .end = 512);
	vm = gmem_model_vm(m, 2);
	assert_int_equal(vm->holders.nr, 1);
	assert_int_equal(vm->files[0].holders.list[0].pid, PID);
	looked(m, 15, 30);
	assert_int_equal(vm->holders.nr, 1);
	assert_false(vm->orphan);
}

static void test_bindings(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = gmem_model_vm(m, 1);

	assert_int_equal(gmem_file_bindings(vm, &vm->files[0]), 1);
	APPLY(m, 1, GMEM_BIND, .ino = 5, .start = 1000, .end = 1008, .arg = 1, .aux = 9);
	assert_int_equal(gmem_file_bindings(vm, &vm->files[0]), 2);
	assert_false(gmem_file_unused(vm, &vm->files[0]));
	APPLY(m, 1, GMEM_UNBIND, .ino = 5, .aux = 9);
	APPLY(m, 1, GMEM_UNBIND, .ino = 5, .aux = 0);
	assert_int_equal(gmem_file_bindings(vm, &vm->files[0]), 0);
	assert_true(gmem_file_unused(vm, &vm->files[0]));
	assert_int_equal(gmem_vm_unused(m, vm).bytes, 100 * 4096);
}

/* A mapped file is in use, whoever holds the VM and whatever is bound. */
static void test_mapped(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = gmem_model_vm(m, 1);

	APPLY(m, 1, GMEM_UNBIND, .ino = 5, .aux = 0);
	assert_int_equal(gmem_vm_unused(m, vm).bytes, 100 * 4096);
	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 20, .ino = 5, .end = 512, .nr_pages = 100,
	      .start = GMEM_FILE_MAPPED);
	assert_true(vm->files[0].mapped);
	assert_false(gmem_file_unused(vm, &vm->files[0]));
	looked(m, 25, 30);
	assert_true(vm->orphan);
	assert_int_equal(gmem_vm_unused(m, vm).bytes, 0);
	APPLY(m, 1, GMEM_SCAN_FILE, .h.ts_ns = 40, .ino = 5, .end = 512, .nr_pages = 100);
	assert_int_equal(gmem_vm_unused(m, vm).bytes, 100 * 4096);
}

/* A map is stale exactly while there are marked blocks that were not scanned. */
static void test_behind(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = gmem_model_vm(m, 1);

	APPLY(m, 1, GMEM_SCAN_BEGIN, .h.ts_ns = 20);
	APPLY(m, 1, GMEM_BEHIND, .h.ts_ns = 25, .aux = 1);
	assert_int_equal(vm->map, GMEM_MAP_READING);
	APPLY(m, 1, GMEM_SCAN_END, .h.ts_ns = 30);
	assert_int_equal(vm->map, GMEM_MAP_STALE);
	APPLY(m, 1, GMEM_BEHIND, .h.ts_ns = 35, .aux = 0);
	assert_int_equal(vm->map, GMEM_MAP_CURRENT);
	APPLY(m, 1, GMEM_BEHIND, .h.ts_ns = 40, .aux = 1);
	assert_int_equal(vm->map, GMEM_MAP_STALE);

	/* A map that is stale for another reason stays stale. */
	struct gmem_lost_rec lost = {
		.h = { .ts_ns = 45, .kind = GMEM_LOST, .size = sizeof(lost) },
		.lost[GMEM_LOST_DAMAGED] = 1,
	};

	assert_int_equal(gmem_model_apply(m, &lost.h), 0);
	APPLY(m, 1, GMEM_BEHIND, .h.ts_ns = 50, .aux = 0);
	assert_int_equal(vm->map, GMEM_MAP_STALE);
}

/* Holders of VMs without private memory, of files that are gone, and too many of them. */
static void test_odd_holders(void **state)
{
	struct gmem_model *m = *state;
	struct gmem_vm *vm = gmem_model_vm(m, 1);
	struct gmem_holder_rec r = {
		.h = { .vm = 99, .kind = GMEM_HOLDER, .size = sizeof(r) },
	};

	assert_int_equal(gmem_model_apply(m, &r.h), 0);
	assert_null(gmem_model_vm(m, 99));
	assert_int_equal(holds(m, 20, PID, 12345), 0);
	for (uint32_t pid = 1; pid < 3 * GMEM_HOLDERS_MAX; pid++)
		assert_int_equal(holds(m, 20, pid, 0), 0);
	assert_int_equal(vm->holders.nr, GMEM_HOLDERS_MAX);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
	TEST(test_holders), TEST(test_new_vm_is_no_orphan), TEST(test_creator_has_it),
	TEST(test_bindings), TEST(test_odd_holders),
	TEST(test_mapped), TEST(test_behind),
};

TEST_UNIT(holders_unit, tests);
