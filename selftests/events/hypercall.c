// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_map_gpa_range_exit: the guest asks for conversions. */
#include <errno.h>
#include <inttypes.h>
#include <sys/ioctl.h>

#include "../gmemload/kvm_uapi.h"
#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define SIZE (16 * PAGE)
#define NOWHERE_GPA (2 * RAM_GPA)

/* Not 0: the event must have the vCPU's id, not its index. */
#define VCPU_ID 2

/* Any hypercall that KVM answers itself. */
#define KVM_HC_UNKNOWN 77

struct bed {
	struct testvm vm;
	struct testvcpu vcpu;
	struct trace t;
};

static void setup(struct bed *b)
{
	testvm_create(&b->vm);
	vcpu_create(&b->vm, &b->vcpu, VCPU_ID);
	CHECK_EQ(slot_bind(&b->vm, 1, RAM_GPA, SIZE, gmem_new(&b->vm, SIZE), 0), 0);
	trace_open(&b->t, "kvm_map_gpa_range_exit");
}

/* Has the guest ask for a conversion; checks that the event has what the VMM reads from kvm_run. */
static void check_exit(struct bed *b, uint64_t gpa, uint64_t nr_pages, uint64_t flags, const char *text)
{
	struct kvm_run *run = b->vcpu.run;

	CHECK_EQ(vcpu_hypercall(&b->vcpu, KVM_HC_MAP_GPA_RANGE, gpa, nr_pages, flags),
		 KVM_EXIT_HYPERCALL);
	CHECK_EQ(run->hypercall.nr, KVM_HC_MAP_GPA_RANGE);
	CHECK_EQ(run->hypercall.args[0], gpa);
	CHECK_EQ(run->hypercall.args[1], nr_pages);
	CHECK_EQ(run->hypercall.args[2], flags);
	trace_want(&b->t, "kvm_map_gpa_range_exit: vm %" PRIu64 " vcpu %d gfn [0x%" PRIx64 ", 0x%" PRIx64
		   ") flags %s", b->vm.id, VCPU_ID, gpa / PAGE, gpa / PAGE + nr_pages, text);
	trace_check(&b->t);
	run->hypercall.ret = 0;
	CHECK_EQ(vcpu_run(&b->vcpu), 0);
	CHECK_EQ(vcpu_answer(&b->vcpu), 0);
	trace_check(&b->t);
}

static void ranges(void)
{
	struct bed b;

	setup(&b);
	testvm_forward_hypercalls(&b.vm);
	check_exit(&b, RAM_GPA, 16, KVM_MAP_GPA_RANGE_ENCRYPTED, "ENCRYPTED");
	check_exit(&b, RAM_GPA + 3 * PAGE, 1, 0, "none");
	/* Neither a memslot nor any agreement of the VMM is needed. */
	check_exit(&b, NOWHERE_GPA, 1ULL << 20, KVM_MAP_GPA_RANGE_ENCRYPTED, "ENCRYPTED");
}

/* Tests flags that only say how large the guest's pages are. */
static void page_sizes(void)
{
	struct bed b;

	setup(&b);
	testvm_forward_hypercalls(&b.vm);
	check_exit(&b, RAM_GPA, 16, 1 << 0, "0x1");
	check_exit(&b, RAM_GPA, 16, KVM_MAP_GPA_RANGE_ENCRYPTED | 1 << 1, "ENCRYPTED|0x2");
}

/* Tests requests that KVM refuses, other hypercalls, and other exits. */
static void others(void)
{
	struct bed b;

	setup(&b);
	testvm_forward_hypercalls(&b.vm);
	CHECK_EQ(set_private(&b.vm, RAM_GPA, SIZE), 0);
	CHECK_EQ(vcpu_hypercall(&b.vcpu, KVM_HC_MAP_GPA_RANGE, RAM_GPA + 1, 1, 0), 0);
	CHECK((int64_t)vcpu_answer(&b.vcpu) < 0);
	CHECK_EQ(vcpu_hypercall(&b.vcpu, KVM_HC_MAP_GPA_RANGE, RAM_GPA, 0, 0), 0);
	CHECK((int64_t)vcpu_answer(&b.vcpu) < 0);
	CHECK_EQ(vcpu_hypercall(&b.vcpu, KVM_HC_UNKNOWN, RAM_GPA, 1, 0), 0);
	CHECK_EQ(vcpu_touch(&b.vcpu, RAM_GPA, 1), 0);
	CHECK_EQ(set_private(&b.vm, NOWHERE_GPA, SIZE), 0);
	CHECK_EQ(vcpu_touch(&b.vcpu, NOWHERE_GPA, 1), -EFAULT);
	trace_check(&b.t);
}

/* Tests a VMM that has not asked for these exits. */
static void not_forwarded(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(vcpu_hypercall(&b.vcpu, KVM_HC_MAP_GPA_RANGE, RAM_GPA, 1, 0), 0);
	CHECK((int64_t)vcpu_answer(&b.vcpu) < 0);
	trace_check(&b.t);
}

/* Tests that KVM_RUN which returns at once does not report the last hypercall again. */
static void once(void)
{
	struct bed b;

	setup(&b);
	testvm_forward_hypercalls(&b.vm);
	check_exit(&b, RAM_GPA, 4, 0, "none");
	CHECK_EQ(vcpu_hypercall(&b.vcpu, KVM_HC_MAP_GPA_RANGE, RAM_GPA, 2, 0), KVM_EXIT_HYPERCALL);
	trace_clear(&b.t);
	b.vcpu.run->immediate_exit = 1;
	CHECK(ioctl(b.vcpu.fd, KVM_RUN, 0) && errno == EINTR);
	b.vcpu.run->immediate_exit = 0;
	CHECK_EQ(vcpu_run(&b.vcpu), 0);
	trace_check(&b.t);
}

static const struct event_test tests[] = {
	{ "the range and the flags of kvm_run", ranges },
	{ "flags without a name", page_sizes },
	{ "no event for other exits and hypercalls", others },
	{ "no event if the VMM does not forward the hypercall", not_forwarded },
	{ "one event for one exit", once },
};
TESTS_MAIN(tests)
