// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_gmem_fault_begin and _end: pages that the guest's faults need. */
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

#include "failslab.h"
#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define NR_PAGES 64
#define SIZE (NR_PAGES * PAGE)
/* First page of the slot in the file. */
#define PGOFF 16
/* Page of the slot whose index in the file needs a node of its own in the page cache. */
#define FAR 50

struct bed {
	struct testvm vm;
	struct testvcpu vcpu;
	struct trace t;
	int gmem;
	uint64_t ino;
};

static void setup(struct bed *b)
{
	testvm_create(&b->vm);
	vcpu_create(&b->vm, &b->vcpu, 0);
	b->gmem = gmem_new(&b->vm, SIZE + PGOFF * PAGE);
	b->ino = gmem_ino(b->gmem);
	CHECK_EQ(slot_bind(&b->vm, 1, RAM_GPA, SIZE, b->gmem, PGOFF * PAGE), 0);
	CHECK_EQ(set_private(&b->vm, RAM_GPA, SIZE), 0);
	trace_open(&b->t, "kvm_gmem_fault_end kvm_gmem_fault_begin");
}

/* Expects a fault at @page, counted from the start of the slot. */
static void want(struct bed *b, uint64_t ino, uint64_t page, const char *how, int ret)
{
	trace_want(&b->t, "kvm_gmem_fault_begin: vm %" PRIu64 " ino %" PRIu64 " gfn 0x%" PRIx64
		   " pgoff 0x%" PRIx64, b->vm.id, ino, RAM_GFN + page, PGOFF + page);
	trace_want(&b->t, "kvm_gmem_fault_end: vm %" PRIu64 " ino %" PRIu64 " gfn 0x%" PRIx64
		   " pgoff 0x%" PRIx64 " order 0 %s prepare_ns * ret %d", b->vm.id, ino,
		   RAM_GFN + page, PGOFF + page, how, ret);
}

static int touch(struct bed *b, uint64_t page, uint64_t nr_pages)
{
	return vcpu_touch(&b->vcpu, RAM_GPA + page * PAGE, nr_pages);
}

static void first_touch(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(touch(&b, 3, 2), 0);
	want(&b, b.ino, 3, "allocated", 0);
	want(&b, b.ino, 4, "allocated", 0);
	trace_check(&b.t);
	/* The pages are mapped now: no fault. */
	CHECK_EQ(touch(&b, 3, 2), 0);
	trace_check(&b.t);
}

static void after_a_zap(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(touch(&b, 5, 1), 0);
	CHECK_EQ(set_shared(&b.vm, RAM_GPA + 5 * PAGE, PAGE), 0);
	/* Otherwise the zero page may be mapped first and then replaced, with an invalidation. */
	b.vm.shared[5 * PAGE] = 1;
	trace_clear(&b.t);
	/* A fault on the shared side does not concern guest_memfd. */
	CHECK_EQ(touch(&b, 5, 1), 0);
	trace_check(&b.t);
	CHECK_EQ(set_private(&b.vm, RAM_GPA + 5 * PAGE, PAGE), 0);
	CHECK_EQ(touch(&b, 5, 1), 0);
	want(&b, b.ino, 5, "present", 0);
	trace_check(&b.t);
}

static void after_a_punch(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(touch(&b, 7, 1), 0);
	CHECK_EQ(gmem_punch(b.gmem, (PGOFF + 7) * PAGE, PAGE), 0);
	trace_clear(&b.t);
	CHECK_EQ(touch(&b, 7, 1), 0);
	want(&b, b.ino, 7, "allocated", 0);
	trace_check(&b.t);
}

static void after_fallocate(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(gmem_allocate(b.gmem, (PGOFF + 8) * PAGE, PAGE), 0);
	CHECK_EQ(touch(&b, 8, 2), 0);
	want(&b, b.ino, 8, "present", 0);
	want(&b, b.ino, 9, "allocated", 0);
	trace_check(&b.t);
}

static void two_vcpus(void)
{
	struct testvcpu second;
	struct bed b;

	setup(&b);
	vcpu_create(&b.vm, &second, 1);
	trace_clear(&b.t);
	CHECK_EQ(touch(&b, 0, 1), 0);
	want(&b, b.ino, 0, "allocated", 0);
	/* Both vCPUs share their page tables: no fault. */
	CHECK_EQ(vcpu_touch(&second, RAM_GPA, 1), 0);
	trace_check(&b.t);
}

static void closed_file(void)
{
	struct bed b;

	setup(&b);
	close(b.gmem);
	CHECK_EQ(touch(&b, 2, 1), -EFAULT);
	want(&b, 0, 2, "present", -EFAULT);
	trace_check(&b.t);
}

static void no_memory(void)
{
	struct failslab fail;
	struct bed b;
	int r;

	setup(&b);
	failslab_setup(&fail);
	/* The vCPU's cache for page tables is full then: only the file needs memory. */
	CHECK_EQ(touch(&b, 0, 1), 0);
	trace_clear(&b.t);
	vcpu_prepare(&b.vcpu, RAM_GPA + FAR * PAGE, 1);
	failslab_begin(&fail);
	r = vcpu_run(&b.vcpu);
	failslab_end(&fail);
	CHECK_EQ(r, -ENOMEM);
	want(&b, b.ino, FAR, "present", -ENOMEM);
	trace_check(&b.t);
	CHECK_EQ(touch(&b, FAR, 1), 0);
	want(&b, b.ino, FAR, "allocated", 0);
	trace_check(&b.t);
}

static void populate(void)
{
	test_skip("only SEV-SNP and TDX have initial contents to put into a guest_memfd");
}

static const struct event_test tests[] = {
	{ "first touch allocates", first_touch },
	{ "touch after a zap finds the page", after_a_zap },
	{ "touch after a punch allocates again", after_a_punch },
	{ "touch finds what fallocate has allocated", after_fallocate },
	{ "the second vCPU finds the page mapped", two_vcpus },
	{ "the file is closed", closed_file },
	{ "out of memory", no_memory },
	{ "populate", populate },
};
TESTS_MAIN(tests)
