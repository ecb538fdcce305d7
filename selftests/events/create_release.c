// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_gmem_create and kvm_gmem_release, and of the identity of VMs and files. */
#include <errno.h>
#include <inttypes.h>
#include <linux/kvm.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"
#include "failslab.h"
#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define SIZE (8 * PAGE)

#define EVENTS "kvm_gmem_create kvm_gmem_.*"

static void want_create(struct trace *t, const struct testvm *vm, int gmem, uint64_t size)
{
	trace_want(t, "kvm_gmem_create: vm %" PRIu64 " ino %" PRIu64 " size 0x%" PRIx64
		   " flags 0x0 ret 0", vm->id, gmem_ino(gmem), size);
}

static void want_release(struct trace *t, const struct testvm *vm, uint64_t ino,
			 uint64_t nr_pages)
{
	trace_want(t, "kvm_gmem_release: vm %" PRIu64 " ino %" PRIu64 " nr_pages %" PRIu64,
		   vm->id, ino, nr_pages);
}

static void fields(void)
{
	struct testvm vm;
	struct trace t;
	uint64_t ino;
	int gmem;

	trace_open(&t, EVENTS);
	testvm_create(&vm);
	gmem = gmem_new(&vm, SIZE);
	ino = gmem_ino(gmem);
	CHECK_EQ(fdinfo_number(gmem, "ino"), ino);
	CHECK(vm.id > 0);
	want_create(&t, &vm, gmem, SIZE);
	trace_check(&t);

	CHECK_EQ(gmem_allocate(gmem, PAGE, 3 * PAGE), 0);
	trace_clear(&t);
	close(gmem);
	want_release(&t, &vm, ino, 3);
	trace_check(&t);
}

static void two_vms(void)
{
	struct testvm vm[2];
	uint64_t ino[2];
	struct trace t;
	int gmem[2], i;

	trace_open(&t, EVENTS);
	for (i = 0; i < 2; i++)
		testvm_create(&vm[i]);
	CHECK(vm[0].id != vm[1].id);
	for (i = 0; i < 2; i++) {
		gmem[i] = gmem_new(&vm[i], (i + 1) * SIZE);
		ino[i] = gmem_ino(gmem[i]);
		want_create(&t, &vm[i], gmem[i], (i + 1) * SIZE);
	}
	CHECK(ino[0] != ino[1]);
	for (i = 1; i >= 0; i--) {
		close(gmem[i]);
		want_release(&t, &vm[i], ino[i], 0);
	}
	trace_check(&t);
}

static void two_files(void)
{
	struct testvm vm;
	struct trace t;
	int gmem[2], i;

	trace_open(&t, EVENTS);
	testvm_create(&vm);
	for (i = 0; i < 2; i++) {
		gmem[i] = gmem_new(&vm, SIZE);
		want_create(&t, &vm, gmem[i], SIZE);
	}
	CHECK(gmem_ino(gmem[0]) != gmem_ino(gmem[1]));
	trace_check(&t);
}

static void last_close(void)
{
	struct testvm vm;
	struct trace t;
	int gmem, copy;
	uint64_t ino;

	testvm_create(&vm);
	gmem = gmem_new(&vm, SIZE);
	ino = gmem_ino(gmem);
	copy = dup(gmem);
	trace_open(&t, EVENTS);
	close(gmem);
	trace_check(&t);
	close(copy);
	want_release(&t, &vm, ino, 0);
	trace_check(&t);
}

static void outlives_vm_fd(void)
{
	struct testvm vm;
	struct trace t;
	uint64_t ino;
	int gmem;

	testvm_create(&vm);
	gmem = gmem_new(&vm, SIZE);
	ino = gmem_ino(gmem);
	CHECK_EQ(slot_bind(&vm, 1, RAM_GPA, SIZE, gmem, 0), 0);
	trace_open(&t, EVENTS);
	close(vm.fd);
	trace_check(&t);
	/* The release invalidates the binding; the VM's end has none left to undo. */
	close(gmem);
	trace_want(&t, "kvm_gmem_invalidate_begin: vm %" PRIu64 " ino %" PRIu64
		   " pgoff [0x0, 0x%lx) cause release", vm.id, ino, SIZE / PAGE);
	trace_want(&t, "kvm_gmem_invalidate_end: vm %" PRIu64 " ino %" PRIu64
		   " pgoff [0x0, 0x%lx) cause release", vm.id, ino, SIZE / PAGE);
	want_release(&t, &vm, ino, 0);
	trace_check(&t);
}

static void fail(struct trace *t, const struct testvm *vm, uint64_t size, uint64_t flags, int ret)
{
	CHECK_EQ(gmem_create(vm, size, flags), ret);
	trace_want(t, "kvm_gmem_create: vm %" PRIu64 " ino 0 size 0x%" PRIx64 " flags 0x%" PRIx64
		   " ret %d", vm->id, size, flags, ret);
}

static void failed_creation(void)
{
	struct testvm vm;
	struct trace t;

	trace_open(&t, EVENTS);
	testvm_create(&vm);
	fail(&t, &vm, 0, 0, -EINVAL);
	fail(&t, &vm, PAGE + 1, 0, -EINVAL);
	fail(&t, &vm, 7 * PAGE - 1, 0, -EINVAL);
	fail(&t, &vm, 1ULL << 63, 0, -EINVAL);
	fail(&t, &vm, SIZE, 1ULL << 63, -EINVAL);
	fail(&t, &vm, SIZE, UINT64_MAX, -EINVAL);
	trace_check(&t);
}

static void no_descriptor(void)
{
	struct rlimit none = { 0 }, some;
	struct testvm vm;
	struct trace t;

	trace_open(&t, EVENTS);
	testvm_create(&vm);
	CHECK(!getrlimit(RLIMIT_NOFILE, &some));
	none.rlim_max = some.rlim_max;
	CHECK(!setrlimit(RLIMIT_NOFILE, &none));
	fail(&t, &vm, SIZE, 0, -EMFILE);
	CHECK(!setrlimit(RLIMIT_NOFILE, &some));
	trace_check(&t);
}

static void no_memory(void)
{
	struct failslab failslab;
	struct testvm vm;
	struct trace t;
	int r;

	trace_open(&t, EVENTS);
	testvm_create(&vm);
	failslab_setup(&failslab);
	failslab_begin(&failslab);
	r = gmem_create(&vm, SIZE, 0);
	failslab_end(&failslab);
	CHECK_EQ(r, -ENOMEM);
	trace_want(&t, "kvm_gmem_create: vm %" PRIu64 " ino 0 size 0x%lx flags 0x0 ret %d", vm.id,
		   SIZE, -ENOMEM);
	trace_check(&t);
}

static void ids_are_not_used_again(void)
{
	struct testvm first, second;
	struct trace t;

	trace_open(&t, "kvm_gmem_create");
	testvm_create(&first);
	close(first.fd);
	testvm_create(&second);
	CHECK(second.id > first.id);
}

static const struct event_test tests[] = {
	{ "create and release agree with stat and fdinfo", fields },
	{ "two VMs of a process have different numbers", two_vms },
	{ "two files of a VM have different inodes", two_files },
	{ "release comes with the last of several file descriptors", last_close },
	{ "a file that outlives the VM's file descriptor", outlives_vm_fd },
	{ "not created: size 0, size not in pages, unknown flags", failed_creation },
	{ "not created: no file descriptor", no_descriptor },
	{ "not created: out of memory", no_memory },
	{ "the number of an ended VM is not used again", ids_are_not_used_again },
};
TESTS_MAIN(tests)
