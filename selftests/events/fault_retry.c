// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_gmem_fault_retry: a vCPU touches pages while a thread converts or punches them. */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"
#include "harness.h"
#include "testvm.h"
#include "trace.h"

/* Large, so that the conversion takes long enough for the vCPU to fault. */
#define SIZE (64 * MIB)
#define TOUCHED_PAGES 16
#define SECONDS 10
#define VCPU_ID 1

struct race {
	struct testvm vm;
	struct trace t;
	int gmem;
	atomic_bool stop;
	void (*disturb)(struct race *race);
};

static void *disturber(void *arg)
{
	struct race *race = arg;

	while (!atomic_load(&race->stop))
		race->disturb(race);
	return NULL;
}

static void convert(struct race *race)
{
	set_shared(&race->vm, RAM_GPA, SIZE);
	set_private(&race->vm, RAM_GPA, SIZE);
}

static void punch(struct race *race)
{
	gmem_allocate(race->gmem, 0, SIZE);
	gmem_punch(race->gmem, 0, SIZE);
}

/* Returns the number of retries of the touched pages. */
static unsigned int check_records(struct race *race)
{
	struct records records = trace_read(&race->t);
	unsigned int i, nr = 0;

	for (i = 0; i < records.nr; i++) {
		const struct record *r = &records.record[i];
		uint64_t gfn = record_number(r, "gfn");
		const char *side = strrchr(r->text, ' ') + 1;

		CHECK_EQ(record_number(r, "vm"), race->vm.id);
		CHECK_EQ(record_number(r, "vcpu"), VCPU_ID);
		CHECK_EQ(r->tid, gettid());
		/*
		 * KVM has no range yet when a window opens, and then every fault retries: skip
		 * faults on the guest's code or page tables.
		 */
		if (gfn < RAM_GFN && !strcmp(side, "shared"))
			continue;
		if (gfn < RAM_GFN || gfn >= RAM_GFN + TOUCHED_PAGES)
			test_fail("no page that the guest touches: %s", r->text);
		CHECK(!strcmp(side, "private") || !strcmp(side, "shared"));
		/* A punch invalidates private pages only. */
		CHECK(race->disturb == convert || !strcmp(side, "private"));
		nr++;
	}
	return nr;
}

static void run_race(void (*disturb)(struct race *race))
{
	struct race race = { .disturb = disturb };
	time_t end = time(NULL) + SECONDS;
	unsigned int touches = 0, nr = 0;
	struct testvcpu vcpu;
	pthread_t thread;

	testvm_create(&race.vm);
	vcpu_create(&race.vm, &vcpu, VCPU_ID);
	race.gmem = gmem_new(&race.vm, SIZE);
	CHECK_EQ(slot_bind(&race.vm, 1, RAM_GPA, SIZE, race.gmem, 0), 0);
	CHECK_EQ(set_private(&race.vm, RAM_GPA, SIZE), 0);
	trace_open(&race.t, "kvm_gmem_fault_retry");
	CHECK(!pthread_create(&thread, NULL, disturber, &race));
	while (!nr && time(NULL) < end) {
		int r = vcpu_touch(&vcpu, RAM_GPA, TOUCHED_PAGES);

		/* The page was converted after the fault for one side and before its resolution. */
		CHECK(!r || vcpu.run->exit_reason == KVM_EXIT_MEMORY_FAULT);
		/* Reading the trace takes longer than a touch. */
		if (++touches % 16 == 0)
			nr = check_records(&race);
	}
	atomic_store(&race.stop, true);
	pthread_join(thread, NULL);
	nr = check_records(&race);
	if (!nr)
		test_skip("no fault met an invalidation in %d s", SECONDS);
}

static void against_conversions(void)
{
	run_race(convert);
}

static void against_punches(void)
{
	run_race(punch);
}

/* Checks that nothing retries without an invalidation. */
static void alone(void)
{
	struct testvcpu vcpu;
	struct testvm vm;
	struct trace t;

	testvm_create(&vm);
	vcpu_create(&vm, &vcpu, VCPU_ID);
	CHECK_EQ(slot_bind(&vm, 1, RAM_GPA, SIZE, gmem_new(&vm, SIZE), 0), 0);
	CHECK_EQ(set_private(&vm, RAM_GPA, SIZE / 2), 0);
	trace_open(&t, "kvm_gmem_fault_retry");
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA, TOUCHED_PAGES), 0);
	trace_check(&t);
}

static const struct event_test tests[] = {
	{ "faults while memory is converted", against_conversions },
	{ "faults while memory is punched", against_punches },
	{ "no retry without an invalidation", alone },
};
TESTS_MAIN(tests)
