// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_gmem_memory_error, and of the invalidation that follows. */
#include <errno.h>
#include <inttypes.h>

#include "harness.h"
#include "poison.h"
#include "testvm.h"
#include "trace.h"

#define SIZE (16 * PAGE)
#define PAGE_HIT 5

struct bed {
	struct testvm vm;
	struct testvcpu vcpu;
	struct trace t;
	int gmem;
	uint64_t ino;
	uint64_t pfn;
};

static void setup(struct bed *b)
{
	testvm_create(&b->vm);
	vcpu_create(&b->vm, &b->vcpu, 1);
	b->gmem = gmem_new(&b->vm, SIZE);
	b->ino = gmem_ino(b->gmem);
	CHECK_EQ(slot_bind(&b->vm, 1, RAM_GPA, SIZE, b->gmem, 0), 0);
	CHECK_EQ(set_private(&b->vm, RAM_GPA, SIZE), 0);
	if (!poison_possible())
		test_skip("the kernel has no CONFIG_HWPOISON_INJECT");
	b->pfn = poison_find_pfn(&b->vcpu, RAM_GPA + PAGE_HIT * PAGE);
	trace_open(&b->t, "kvm_gmem_memory_error kvm_gmem_.* kvm_memory_fault_exit");
}

static void want_error(struct bed *b)
{
	trace_want(&b->t, "kvm_gmem_memory_error: ino %" PRIu64 " pgoff [0x%x, 0x%x)", b->ino,
		   PAGE_HIT, PAGE_HIT + 1);
}

static void want_window(struct bed *b, const char *which)
{
	trace_want(&b->t, "kvm_gmem_invalidate_%s: vm %" PRIu64 " ino %" PRIu64
		   " pgoff [0x%x, 0x%x) cause memory_error", which, b->vm.id,
		   b->ino, PAGE_HIT, PAGE_HIT + 1);
}

static void bound(void)
{
	struct bed b;

	setup(&b);
	poison_inject(b.pfn);
	want_error(&b);
	want_window(&b, "begin");
	want_window(&b, "end");
	trace_check(&b.t);

	/* The guest's access reports the error. */
	CHECK_EQ(vcpu_touch(&b.vcpu, RAM_GPA + PAGE_HIT * PAGE, 1), -EHWPOISON);
	trace_want(&b.t, "kvm_gmem_fault_begin: vm %" PRIu64 " ino %" PRIu64 " gfn 0x%" PRIx64
		   " pgoff 0x%x", b.vm.id, b.ino, RAM_GFN + PAGE_HIT, PAGE_HIT);
	trace_want(&b.t, "kvm_gmem_fault_end: vm %" PRIu64 " ino %" PRIu64 " gfn 0x%" PRIx64
		   " pgoff 0x%x order 0 present prepare_ns * ret %d", b.vm.id, b.ino,
		   RAM_GFN + PAGE_HIT, PAGE_HIT, -EHWPOISON);
	trace_want(&b.t, "kvm_memory_fault_exit: vm %" PRIu64 " vcpu 1 gfn [0x%lx, 0x%lx) flags "
		   "PRIVATE ret %d", b.vm.id, RAM_GFN + PAGE_HIT, RAM_GFN + PAGE_HIT + 1, -EHWPOISON);
	trace_check(&b.t);
	poison_undo(b.pfn);
}

static void unbound(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_delete(&b.vm, 1), 0);
	trace_clear(&b.t);
	poison_inject(b.pfn);
	/* No VM maps the page: the error is emitted, there is nothing to invalidate. */
	want_error(&b);
	trace_check(&b.t);
	poison_undo(b.pfn);
}

static const struct event_test tests[] = {
	{ "a bad page that the guest has mapped", bound },
	{ "a bad page of a file without bindings", unbound },
};
TESTS_MAIN(tests)
