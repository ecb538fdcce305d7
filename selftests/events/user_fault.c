// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of guest_memfds that are shared with userspace (Linux 6.18): kvm_gmem_user_fault_begin and
 * _end, and the other events of such files.
 */
#include <errno.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>

#include "../gmemload/kvm_uapi.h"
#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define NR_PAGES 16
#define SIZE (NR_PAGES * PAGE)

struct bed {
	struct testvm vm;
	struct trace t;
	int gmem;
	uint64_t ino;
	volatile uint8_t *memory;
};

#define EVENTS "kvm_gmem_user_fault_end kvm_gmem_user_fault_begin"

static void setup(struct bed *b, unsigned long type, uint64_t flags, const char *events)
{
	void *memory;

	testvm_create_type(&b->vm, type);
	trace_open(&b->t, events);
	b->gmem = gmem_create(&b->vm, SIZE, flags);
	if (b->gmem == -EINVAL)
		test_skip("no guest_memfd can be mapped with this kernel");
	CHECK(b->gmem >= 0);
	b->ino = gmem_ino(b->gmem);
	memory = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, b->gmem, 0);
	CHECK(memory != MAP_FAILED);
	b->memory = memory;
}

static void setup_shared(struct bed *b, const char *events)
{
	setup(b, 0, GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED, events);
}

static void want(struct bed *b, uint64_t pgoff, const char *how, int ret)
{
	trace_want(&b->t, "kvm_gmem_user_fault_begin: vm %" PRIu64 " ino %" PRIu64 " pgoff 0x%"
		   PRIx64, b->vm.id, b->ino, pgoff);
	trace_want(&b->t, "kvm_gmem_user_fault_end: vm %" PRIu64 " ino %" PRIu64 " pgoff 0x%" PRIx64
		   " %s ret %d", b->vm.id, b->ino, pgoff, how, ret);
}

static void touch(void)
{
	struct bed b;

	setup_shared(&b, EVENTS);
	b.memory[3 * PAGE] = 1;
	want(&b, 3, "allocated", 0);
	trace_check(&b.t);
	/* The page is mapped now: no fault. */
	b.memory[3 * PAGE] = 2;
	trace_check(&b.t);
	CHECK_EQ(gmem_punch(b.gmem, 3 * PAGE, PAGE), 0);
	CHECK_EQ(b.memory[3 * PAGE], 0);
	want(&b, 3, "allocated", 0);
	trace_check(&b.t);
}

/* Tests pages that fallocate, another mapping, and the guest have allocated. */
static void touch_present(void)
{
	volatile uint8_t *again;
	struct testvcpu vcpu;
	struct bed b;

	setup_shared(&b, EVENTS);
	vcpu_create(&b.vm, &vcpu, 0);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, 0), 0);
	CHECK_EQ(gmem_allocate(b.gmem, 5 * PAGE, PAGE), 0);
	b.memory[5 * PAGE] = 1;
	want(&b, 5, "present", 0);
	trace_check(&b.t);

	again = mmap(NULL, SIZE, PROT_READ, MAP_SHARED, b.gmem, 0);
	CHECK(again != MAP_FAILED);
	CHECK_EQ(again[5 * PAGE], 1);
	want(&b, 5, "present", 0);
	trace_check(&b.t);

	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA + 7 * PAGE, 2), 0);
	trace_clear(&b.t);
	b.memory[7 * PAGE] = 1;
	want(&b, 7, "present", 0);
	b.memory[9 * PAGE] = 1;
	want(&b, 9, "allocated", 0);
	trace_check(&b.t);
}

static sigjmp_buf after_sigbus;

static void on_sigbus(int signo)
{
	(void)signo;
	siglongjmp(after_sigbus, 1);
}

/* Tests a file that can be mapped, but whose memory is private. */
static void private_memory(void)
{
	struct sigaction action = { .sa_handler = on_sigbus };
	struct bed b;

	setup(&b, KVM_X86_SW_PROTECTED_VM, GUEST_MEMFD_FLAG_MMAP, EVENTS);
	CHECK(!sigaction(SIGBUS, &action, NULL));
	if (!sigsetjmp(after_sigbus, 1)) {
		b.memory[2 * PAGE] = 1;
		test_fail("private memory could be written by the host");
	}
	want(&b, 2, "present", -EFAULT);
	trace_check(&b.t);
}

/* Tests a file that the guest maps as shared memory. */
static void invalidation(void)
{
	struct bed b;

	setup_shared(&b, "kvm_gmem_invalidate_.*");
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, 0), 0);
	CHECK_EQ(gmem_punch(b.gmem, PAGE, 2 * PAGE), 0);
	trace_want(&b.t, "kvm_gmem_invalidate_begin: vm %" PRIu64 " ino %" PRIu64
		   " pgoff [0x1, 0x3) cause punch_hole", b.vm.id, b.ino);
	trace_want(&b.t, "kvm_gmem_invalidate_end: vm %" PRIu64 " ino %" PRIu64
		   " pgoff [0x1, 0x3) cause punch_hole", b.vm.id, b.ino);
	trace_check(&b.t);
}

static void created(void)
{
	const uint64_t flags = GUEST_MEMFD_FLAG_MMAP | GUEST_MEMFD_FLAG_INIT_SHARED;
	struct bed b;
	int gmem;

	setup_shared(&b, "kvm_gmem_create");
	trace_clear(&b.t);
	gmem = gmem_create(&b.vm, SIZE, flags);
	trace_want(&b.t, "kvm_gmem_create: vm %" PRIu64 " ino %" PRIu64 " size 0x%lx flags 0x%" PRIx64
		   " ret 0", b.vm.id, gmem_ino(gmem), SIZE, flags);
	trace_check(&b.t);
}

/* Tests the guest's faults in a VM without private memory. */
static void guest_touch(void)
{
	struct testvcpu vcpu;
	struct bed b;

	setup_shared(&b, "kvm_gmem_fault_end kvm_gmem_fault_begin");
	vcpu_create(&b.vm, &vcpu, 0);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, 0), 0);
	b.memory[4 * PAGE] = 1;
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA + 4 * PAGE, 2), 0);
	trace_want(&b.t, "kvm_gmem_fault_begin: vm %" PRIu64 " ino %" PRIu64 " gfn 0x%lx pgoff 0x4",
		   b.vm.id, b.ino, RAM_GFN + 4);
	trace_want(&b.t, "kvm_gmem_fault_end: vm %" PRIu64 " ino %" PRIu64 " gfn 0x%lx pgoff 0x4 "
		   "order 0 present prepare_ns 0 ret 0", b.vm.id, b.ino, RAM_GFN + 4);
	trace_want(&b.t, "kvm_gmem_fault_begin: vm %" PRIu64 " ino %" PRIu64 " gfn 0x%lx pgoff 0x5",
		   b.vm.id, b.ino, RAM_GFN + 5);
	trace_want(&b.t, "kvm_gmem_fault_end: vm %" PRIu64 " ino %" PRIu64 " gfn 0x%lx pgoff 0x5 "
		   "order 0 allocated prepare_ns 0 ret 0", b.vm.id, b.ino, RAM_GFN + 5);
	trace_check(&b.t);
}

static const struct event_test tests[] = {
	{ "userspace touches a page, and again after a punch", touch },
	{ "userspace touches pages that are there already", touch_present },
	{ "userspace touches private memory: SIGBUS", private_memory },
	{ "create has the flags", created },
	{ "invalidation of shared memory", invalidation },
	{ "the guest touches pages, one of which userspace has touched", guest_touch },
};
TESTS_MAIN(tests)
