// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of nr_pages of kvm_gmem_fallocate_end while others work on the same pages: the events together
 * must account for every page of a file, from its allocation until it is freed.
 */
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define NR_PAGES 256
#define SIZE (NR_PAGES * PAGE)
#define NR_VCPUS 2
#define ROUNDS 40
/* fallocate calls of a round */
#define CALLS 12
#define EVENTS "kvm_gmem_fallocate_end kvm_gmem_fault_end kvm_gmem_release"

struct bed {
	struct testvm vm;
	struct testvcpu vcpu[NR_VCPUS];
	struct trace t;
	int gmem;
	/* range that the vCPUs touch, in pages */
	uint64_t start, nr_pages;
	atomic_bool stop;
};

static void new_file(struct bed *b)
{
	b->gmem = gmem_new(&b->vm, SIZE);
	CHECK_EQ(slot_bind(&b->vm, 1, RAM_GPA, SIZE, b->gmem, 0), 0);
}

static void setup(struct bed *b)
{
	*b = (struct bed){ .nr_pages = NR_PAGES };
	testvm_create(&b->vm);
	for (unsigned int i = 0; i < NR_VCPUS; i++)
		vcpu_create(&b->vm, &b->vcpu[i], i);
	CHECK_EQ(set_private(&b->vm, RAM_GPA, SIZE), 0);
	new_file(b);
	trace_open(&b->t, EVENTS);
}

struct toucher {
	struct bed *bed;
	struct testvcpu *vcpu;
};

static void *touch(void *arg)
{
	const struct toucher *toucher = arg;
	struct bed *b = toucher->bed;

	while (!atomic_load(&b->stop))
		CHECK_EQ(vcpu_touch(toucher->vcpu, RAM_GPA + b->start * PAGE, b->nr_pages), 0);
	return NULL;
}

/* Runs @work while all vCPUs touch their range. */
static void with_vcpus(struct bed *b, void (*work)(struct bed *b))
{
	struct toucher touchers[NR_VCPUS];
	pthread_t threads[NR_VCPUS];

	atomic_store(&b->stop, false);
	for (unsigned int i = 0; i < NR_VCPUS; i++) {
		touchers[i] = (struct toucher){ b, &b->vcpu[i] };
		CHECK(!pthread_create(&threads[i], NULL, touch, &touchers[i]));
	}
	work(b);
	atomic_store(&b->stop, true);
	for (unsigned int i = 0; i < NR_VCPUS; i++)
		pthread_join(threads[i], NULL);
}

struct sums {
	uint64_t touched;	/* allocated by faults */
	uint64_t allocated;	/* by fallocate */
	uint64_t punched;
	uint64_t released;
};

static struct sums sum(struct bed *b)
{
	struct records records = trace_read(&b->t);
	struct sums s = { 0 };

	for (unsigned int i = 0; i < records.nr; i++) {
		const struct record *r = &records.record[i];

		if (record_is(r, "kvm_gmem_fault_end"))
			s.touched += !!strstr(r->text, " allocated ");
		else if (record_is(r, "kvm_gmem_release"))
			s.released += record_number(r, "nr_pages");
		else if (strstr(r->text, "PUNCH_HOLE"))
			s.punched += record_number(r, "nr_pages");
		else
			s.allocated += record_number(r, "nr_pages");
	}
	free(records.record);
	free(records.buffer);
	return s;
}

/* Closes the file, and checks that each page that was allocated has been freed once. */
static void check_balance(struct bed *b, int round)
{
	struct sums s;

	close(b->gmem);
	s = sum(b);
	if (s.touched + s.allocated != s.punched + s.released)
		test_fail("round %d: %" PRIu64 " pages allocated by faults, %" PRIu64 " by fallocate, but %"
			  PRIu64 " punched, %" PRIu64 " released", round, s.touched, s.allocated,
			  s.punched, s.released);
	CHECK_EQ(slot_delete(&b->vm, 1), 0);
	trace_clear(&b->t);
}

static void punch_and_allocate(struct bed *b)
{
	for (int i = 0; i < CALLS; i++) {
		uint64_t first = (uint64_t)rand() % NR_PAGES;
		uint64_t nr_pages = 1 + (uint64_t)rand() % (NR_PAGES - first);

		if (i % 2)
			CHECK_EQ(gmem_allocate(b->gmem, first * PAGE, nr_pages * PAGE), 0);
		else
			CHECK_EQ(gmem_punch(b->gmem, first * PAGE, nr_pages * PAGE), 0);
	}
}

static void allocate_all(struct bed *b)
{
	CHECK_EQ(gmem_allocate(b->gmem, 0, SIZE), 0);
}

static void against_both(void)
{
	struct bed b;

	setup(&b);
	srand(1);
	for (int round = 0; round < ROUNDS; round++) {
		if (round)
			new_file(&b);
		with_vcpus(&b, punch_and_allocate);
		check_balance(&b, round);
	}
}

/* Runs @run in two threads at the same time. */
static void run_twice(struct bed *b, void *(*run)(void *))
{
	pthread_t thread;

	CHECK(!pthread_create(&thread, NULL, run, b));
	run(b);
	pthread_join(thread, NULL);
}

static void *allocate_thread(void *arg)
{
	allocate_all(arg);
	return NULL;
}

/* Checks that each page is counted by one of two threads: the one that has allocated it. */
static void two_allocations(void)
{
	struct bed b;

	setup(&b);
	for (int round = 0; round < ROUNDS; round++) {
		struct sums s;

		if (round)
			new_file(&b);
		run_twice(&b, allocate_thread);
		s = sum(&b);
		CHECK_EQ(s.allocated, NR_PAGES);
		check_balance(&b, round);
	}
}

static void *punch_thread(void *arg)
{
	const struct bed *b = arg;

	CHECK_EQ(gmem_punch(b->gmem, 0, SIZE), 0);
	return NULL;
}

/* Checks that each page is counted by one of two threads: the one that has freed it. */
static void two_punches(void)
{
	struct bed b;

	setup(&b);
	for (int round = 0; round < ROUNDS; round++) {
		struct sums s;

		if (round)
			new_file(&b);
		allocate_all(&b);
		run_twice(&b, punch_thread);
		s = sum(&b);
		CHECK_EQ(s.punched, NR_PAGES);
		check_balance(&b, round);
	}
}

/* Punches and allocates beside the pages that the guest touches: each count is known in advance. */
static void work_beside(struct bed *b)
{
	for (int i = 0; i < CALLS; i++) {
		CHECK_EQ(gmem_punch(b->gmem, 0, SIZE / 2), 0);
		CHECK_EQ(gmem_allocate(b->gmem, 0, 8 * PAGE), 0);
		CHECK_EQ(gmem_allocate(b->gmem, 0, SIZE / 2), 0);
		CHECK_EQ(gmem_punch(b->gmem, 0, SIZE / 2), 0);
	}
}

static void beside(void)
{
	const uint64_t wanted[] = { 0, 8, NR_PAGES / 2 - 8, NR_PAGES / 2 };
	struct records records;
	unsigned int nr = 0;
	struct bed b;

	setup(&b);
	b.start = NR_PAGES / 2;
	b.nr_pages = NR_PAGES / 2;
	with_vcpus(&b, work_beside);
	records = trace_read(&b.t);
	for (unsigned int i = 0; i < records.nr; i++)
		if (record_is(&records.record[i], "kvm_gmem_fallocate_end"))
			CHECK_EQ(record_number(&records.record[i], "nr_pages"), wanted[nr++ % 4]);
	CHECK_EQ(nr, 4 * CALLS);
	check_balance(&b, 0);
}

static const struct event_test tests[] = {
	{ "calls beside pages that vCPUs touch", beside },
	{ "two allocations of the same pages at a time", two_allocations },
	{ "two punches of the same pages at a time", two_punches },
	{ "punches and allocations of pages that vCPUs touch", against_both },
};
TESTS_MAIN(tests)
