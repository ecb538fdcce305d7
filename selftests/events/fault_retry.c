// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of kvm_fault_retry: vCPUs touch or prefault pages while a thread converts or punches them, or
 * replaces their memslot.
 */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"
#include "harness.h"
#include "testvm.h"
#include "trace.h"

/* Large enough for a vCPU to fault while it is punched or converted page by page, and to be over soon. */
#define SIZE (8 * MIB)
#define TOUCHED_PAGES 16
#define SECONDS 60
#define VCPU_ID 1

struct race;

/* Work of the thread that disturbs the vCPU. */
struct disturbance {
	void (*run)(struct race *race);
	/* Events between which its invalidation windows lie; NULL: a memslot is invalid instead. */
	const char *begin, *end;
	bool shared;	/* whether shared pages retry, too */
	int times;	/* how often in a round: what vCPUs do meanwhile must fit into the trace */
};

struct race {
	const struct disturbance *disturbance;
	struct testvm vm;
	struct testvcpu vcpu;
	struct trace t;
	int gmem;
	atomic_int times;	/* disturbances left in this round */
};

static void convert(struct race *race)
{
	set_shared(&race->vm, RAM_GPA, SIZE);
	set_private(&race->vm, RAM_GPA, SIZE);
}

static const struct disturbance conversions = {
	.run = convert,
	.begin = "kvm_vm_set_mem_attributes",
	.end = "kvm_mem_attributes_end",
	.shared = true,
	.times = 100,
};

static void punch(struct race *race)
{
	gmem_allocate(race->gmem, 0, SIZE);
	gmem_punch(race->gmem, 0, SIZE);
}

static const struct disturbance punches = {
	.run = punch,
	.begin = "kvm_gmem_fallocate_begin",
	.end = "kvm_gmem_fallocate_end",
	.times = 3,
};

static void replace_slot(struct race *race)
{
	CHECK_EQ(slot_delete(&race->vm, 1), 0);
	CHECK_EQ(slot_bind(&race->vm, 1, RAM_GPA, SIZE, race->gmem, 0), 0);
}

static const struct disturbance replacements = { .run = replace_slot, .times = 20 };

static void *disturber(void *arg)
{
	struct race *race = arg;

	for (; atomic_load(&race->times); atomic_fetch_sub(&race->times, 1))
		race->disturbance->run(race);
	return NULL;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

/* Checks the fields of a retry. Returns whether it is of a page that the guest is to touch. */
static bool check_retry(const struct race *race, const struct record *r)
{
	bool prefetch = ends_with(r->text, " prefetch");
	bool private = ends_with(r->text, prefetch ? " private prefetch" : " private");
	uint64_t gfn = record_number(r, "gfn");

	CHECK_EQ(record_number(r, "vm"), race->vm.id);
	CHECK_EQ(record_number(r, "vcpu"), VCPU_ID);
	CHECK_EQ(r->tid, gettid());
	CHECK(private || ends_with(r->text, prefetch ? " shared prefetch" : " shared"));
	/* KVM has no range yet when a window opens, and then every fault retries: code, page tables. */
	if (gfn < RAM_GFN && !private)
		return false;
	if (gfn < RAM_GFN || gfn >= RAM_GFN + TOUCHED_PAGES)
		test_fail("no page that the guest touches: %s", r->text);
	CHECK(race->disturbance->shared || private);
	return true;
}

/*
 * Retries, which all must be in a window. KVM notes the number of invalidations at the start of a
 * fault and compares it at the end: the window may have ended by then, but not before the fault started.
 */
struct retries {
	unsigned int faults, prefetches;
	unsigned int rounds, calls;
	int open;			/* operations in progress */
	unsigned int last_end;		/* record of the last end of one */
	unsigned int previous_fault;	/* last record of a fault that is over */
	unsigned int last_fault;	/* the vCPU's last record, perhaps of the fault that retries */
};

static void count_record(const struct race *race, struct retries *n, const struct record *r, unsigned int i)
{
	const struct disturbance *d = race->disturbance;

	if (d->begin && record_is(r, d->begin)) {
		n->open++;
	} else if (d->end && record_is(r, d->end)) {
		CHECK(n->open-- > 0);
		n->last_end = i;
	} else if (record_is(r, "kvm_fault_retry")) {
		if (d->begin && !n->open && n->last_end <= n->previous_fault)
			test_fail("no window was open: %s", r->text);
		n->previous_fault = i;
		n->last_fault = i;
		if (!check_retry(race, r))
			return;
		if (ends_with(r->text, " prefetch"))
			n->prefetches++;
		else
			n->faults++;
	} else {
		n->previous_fault = n->last_fault;
		n->last_fault = i;
	}
}

static struct retries check_records(struct race *race)
{
	struct records records = trace_read(&race->t);
	struct retries n = { 0 };

	for (unsigned int i = 0; i < records.nr; i++)
		count_record(race, &n, &records.record[i], i);
	free(records.record);
	free(records.buffer);
	return n;
}

static void setup(struct race *race, const struct disturbance *disturbance)
{
	char events[256];

	*race = (struct race){ .disturbance = disturbance };
	testvm_create(&race->vm);
	vcpu_create(&race->vm, &race->vcpu, VCPU_ID);
	race->gmem = gmem_new(&race->vm, SIZE);
	CHECK_EQ(slot_bind(&race->vm, 1, RAM_GPA, SIZE, race->gmem, 0), 0);
	CHECK_EQ(set_private(&race->vm, RAM_GPA, SIZE), 0);
	/* A page that the guest reads and then writes would first be the zero page; mm opens a window to replace it. */
	memset(race->vm.shared, 1, TOUCHED_PAGES * PAGE);
	snprintf(events, sizeof(events), "kvm_fault_retry kvm_gmem_fault_end%s%s%s%s",
		 disturbance->begin ? " " : "", disturbance->begin ? disturbance->begin : "",
		 disturbance->end ? " " : "", disturbance->end ? disturbance->end : "");
	trace_open(&race->t, events);
}

static void touch(struct race *race)
{
	int r = vcpu_touch(&race->vcpu, RAM_GPA, TOUCHED_PAGES);

	/* Between the fault and its resolution, the page was converted, or its slot was deleted. */
	CHECK(!r || race->vcpu.run->exit_reason == KVM_EXIT_MEMORY_FAULT);
}

static void prefault(struct race *race)
{
	int r = vcpu_prefault(&race->vcpu, RAM_GPA, TOUCHED_PAGES * PAGE);

	if (r == -EOPNOTSUPP || r == -ENOTTY)
		test_skip("KVM cannot prefault memory");
	CHECK(!r || r == -EFAULT || r == -EAGAIN);
}

/*
 * Has the vCPU fault, by @fault, while a thread disturbs it. Adds the retries to @sum, unless there are more than the
 * trace can hold: a vCPU retries as long as a thread with an open window does not run.
 */
static void run_round(struct race *race, void (*fault)(struct race *race), struct retries *sum)
{
	struct retries n = { 0 };
	pthread_t thread;

	trace_clear(&race->t);
	atomic_store(&race->times, race->disturbance->times);
	CHECK(!pthread_create(&thread, NULL, disturber, race));
	for (; atomic_load(&race->times); sum->calls++)
		fault(race);
	pthread_join(thread, NULL);
	if (!trace_lost(&race->t))
		n = check_records(race);
	sum->faults += n.faults;
	sum->prefetches += n.prefetches;
	sum->rounds++;
}

/* Runs rounds until there is a retry. A fault meets a window by chance; SECONDS are a hundred times longer than it takes. */
static struct retries run_race(const struct disturbance *disturbance, void (*fault)(struct race *race))
{
	time_t end = time(NULL) + SECONDS;
	struct retries n = { 0 };
	struct race race;

	setup(&race, disturbance);
	do
		run_round(&race, fault, &n);
	while (!n.faults && !n.prefetches && time(NULL) < end);
	test_note("%u faults and %u prefetches retried", n.faults, n.prefetches);
	if (!n.faults && !n.prefetches)
		test_fail("no fault met an invalidation in %d s, %u rounds, %u calls", SECONDS, n.rounds, n.calls);
	return n;
}

static void against_conversions(void)
{
	CHECK_EQ(run_race(&conversions, touch).prefetches, 0);
}

static void against_punches(void)
{
	CHECK_EQ(run_race(&punches, touch).prefetches, 0);
}

static void against_replacements(void)
{
	CHECK_EQ(run_race(&replacements, touch).prefetches, 0);
}

static void prefetches_against_conversions(void)
{
	CHECK_EQ(run_race(&conversions, prefault).faults, 0);
}

static void prefetches_against_punches(void)
{
	CHECK_EQ(run_race(&punches, prefault).faults, 0);
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
	trace_open(&t, "kvm_fault_retry");
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA, TOUCHED_PAGES), 0);
	trace_check(&t);
}

static const struct event_test tests[] = {
	{ "faults while memory is converted", against_conversions },
	{ "faults while memory is punched", against_punches },
	{ "faults while the memslot is replaced", against_replacements },
	{ "prefaults while memory is converted", prefetches_against_conversions },
	{ "prefaults while memory is punched", prefetches_against_punches },
	{ "no retry without an invalidation", alone },
};
TESTS_MAIN(tests)
