// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_memory_fault_exit, and of kvm_userspace_exit for these and other exits. */
#include <errno.h>
#include <inttypes.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"
#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define SIZE (16 * PAGE)
#define NOWHERE_GPA (2 * RAM_GPA)
#define EVENTS "kvm_memory_fault_exit kvm_userspace_exit"

/* Not 0: the event must have the vCPU's id, not its index. */
#define VCPU_ID 2

static void want_exit(struct trace *t, const char *name, unsigned int reason, int error)
{
	trace_want(t, "kvm_userspace_exit: reason %s (%u) errno %d", name, reason, error);
}

static void want_gfn(struct trace *t, const struct testvm *vm, uint64_t gfn, const char *flags, int ret)
{
	trace_want(t, "kvm_memory_fault_exit: vm %" PRIu64 " vcpu %d gfn [0x%" PRIx64 ", 0x%" PRIx64
		   ") flags %s ret %d", vm->id, VCPU_ID, gfn, gfn + 1, flags, ret);
}

static void want_fault(struct trace *t, const struct testvm *vm, uint64_t gpa, int ret)
{
	want_exit(t, "KVM_EXIT_MEMORY_FAULT", KVM_EXIT_MEMORY_FAULT, -ret);
	want_gfn(t, vm, gpa / PAGE, "PRIVATE", ret);
}

/* Checks that the event agrees with kvm_run, which the VMM reads. */
static void check_run(const struct testvcpu *vcpu, uint64_t gpa)
{
	const struct gm_memory_fault *fault = gm_memory_fault(vcpu->run);

	CHECK_EQ(vcpu->run->exit_reason, KVM_EXIT_MEMORY_FAULT);
	CHECK_EQ(fault->gpa, gpa);
	CHECK_EQ(fault->size, PAGE);
	CHECK_EQ(fault->flags, KVM_MEMORY_EXIT_FLAG_PRIVATE);
}

static void no_slot(void)
{
	struct testvcpu vcpu;
	struct testvm vm;
	struct trace t;

	testvm_create(&vm);
	vcpu_create(&vm, &vcpu, VCPU_ID);
	CHECK_EQ(set_private(&vm, NOWHERE_GPA, SIZE), 0);
	trace_open(&t, EVENTS);
	CHECK_EQ(vcpu_touch(&vcpu, NOWHERE_GPA + 3 * PAGE, 1), -EFAULT);
	check_run(&vcpu, NOWHERE_GPA + 3 * PAGE);
	want_fault(&t, &vm, NOWHERE_GPA + 3 * PAGE, -EFAULT);
	trace_check(&t);
	/* The same access again: each exit has its event. */
	CHECK_EQ(vcpu_touch(&vcpu, NOWHERE_GPA + 3 * PAGE, 1), -EFAULT);
	want_fault(&t, &vm, NOWHERE_GPA + 3 * PAGE, -EFAULT);
	trace_check(&t);
}

static void slot_without_file(void)
{
	struct testvcpu vcpu;
	struct testvm vm;
	struct trace t;

	testvm_create(&vm);
	vcpu_create(&vm, &vcpu, VCPU_ID);
	CHECK_EQ(slot_plain(&vm, 1, RAM_GPA, SIZE), 0);
	CHECK_EQ(set_private(&vm, RAM_GPA, SIZE), 0);
	trace_open(&t, EVENTS);
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA, 1), -EFAULT);
	check_run(&vcpu, RAM_GPA);
	want_fault(&t, &vm, RAM_GPA, -EFAULT);
	trace_check(&t);
}

static void closed_file(void)
{
	struct testvcpu vcpu;
	struct testvm vm;
	struct trace t;
	int gmem;

	testvm_create(&vm);
	vcpu_create(&vm, &vcpu, VCPU_ID);
	gmem = gmem_new(&vm, SIZE);
	CHECK_EQ(slot_bind(&vm, 1, RAM_GPA, SIZE, gmem, 0), 0);
	CHECK_EQ(set_private(&vm, RAM_GPA, SIZE), 0);
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA + PAGE, 1), 0);
	close(gmem);
	trace_open(&t, EVENTS);
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA + PAGE, 1), -EFAULT);
	check_run(&vcpu, RAM_GPA + PAGE);
	want_fault(&t, &vm, RAM_GPA + PAGE, -EFAULT);
	trace_check(&t);
}

static void other_exits(void)
{
	struct testvcpu vcpu;
	struct testvm vm;
	struct trace t;

	testvm_create(&vm);
	vcpu_create(&vm, &vcpu, VCPU_ID);
	CHECK_EQ(slot_bind(&vm, 1, RAM_GPA, SIZE, gmem_new(&vm, SIZE), 0), 0);
	CHECK_EQ(set_private(&vm, RAM_GPA, SIZE), 0);
	trace_open(&t, EVENTS);
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA, 4), 0);
	want_exit(&t, "KVM_EXIT_IO", KVM_EXIT_IO, 0);
	vcpu.run->immediate_exit = 1;
	CHECK(ioctl(vcpu.fd, KVM_RUN, 0) && errno == EINTR);
	vcpu.run->immediate_exit = 0;
	/* The reason is that of kvm_run, not the errno. */
	CHECK(vcpu.run->exit_reason != EINTR);
	want_exit(&t, "restart", vcpu.run->exit_reason, EINTR);
	CHECK_EQ(vcpu_touch(&vcpu, NOWHERE_GPA, 1), KVM_EXIT_MMIO);
	want_exit(&t, "KVM_EXIT_MMIO", KVM_EXIT_MMIO, 0);
	trace_check(&t);
}

/*
 * Tests a stale exit reason: after an exit for a memory fault, KVM_RUN fails with EFAULT for
 * another reason, shared memory that the VMM has unmapped. Newer kernels report that as a memory
 * fault, too.
 */
static void stale_reason(void)
{
	struct testvcpu vcpu;
	struct testvm vm;
	struct trace t;

	testvm_create(&vm);
	vcpu_create(&vm, &vcpu, VCPU_ID);
	CHECK_EQ(slot_plain(&vm, 1, RAM_GPA, SIZE), 0);
	CHECK_EQ(set_private(&vm, NOWHERE_GPA, SIZE), 0);
	CHECK_EQ(vcpu_touch(&vcpu, NOWHERE_GPA, 1), -EFAULT);
	CHECK(!munmap(vm.shared, SIZE));
	trace_open(&t, EVENTS);
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA, 1), -EFAULT);
	if (vcpu.run->exit_reason == KVM_EXIT_MEMORY_FAULT) {
		want_exit(&t, "KVM_EXIT_MEMORY_FAULT", KVM_EXIT_MEMORY_FAULT, EFAULT);
		want_gfn(&t, &vm, RAM_GFN, "none", -EFAULT);
	} else {
		want_exit(&t, "error", vcpu.run->exit_reason, EFAULT);
	}
	trace_check(&t);
}

/* Checks the reason of KVM_RUN's other errors: kvm_run has an old one, or none. */
static void other_errors(void)
{
	struct testvcpu vcpu;
	struct testvm vm;
	struct trace t;

	testvm_create(&vm);
	vcpu_create(&vm, &vcpu, VCPU_ID);
	trace_open(&t, EVENTS);
	/* kvm_run asks for registers that do not exist. */
	vcpu.run->kvm_dirty_regs = ~0ULL;
	vcpu.run->kvm_valid_regs = ~0ULL;
	CHECK(ioctl(vcpu.fd, KVM_RUN, 0) && errno == EINVAL);
	want_exit(&t, "error", vcpu.run->exit_reason, EINVAL);
	trace_check(&t);
}

static const struct event_test tests[] = {
	{ "a private gfn without a memslot", no_slot },
	{ "a private gfn of a memslot without guest_memfd", slot_without_file },
	{ "a private gfn of a memslot whose file is closed", closed_file },
	{ "no event for exits of other reasons", other_exits },
	{ "no event for an EFAULT without a memory fault", stale_reason },
	{ "no event for another error of KVM_RUN", other_errors },
};
TESTS_MAIN(tests)
