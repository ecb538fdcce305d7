// SPDX-License-Identifier: GPL-2.0-only
/* Conversions by size, and creation of memslots (ranges.h). */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "kernel_memory.h"
#include "ranges.h"

#define TIB (1ULL << 40)
#define GIB (1ULL << 30)
#define MAX_REPEATS 20
#define ENOUGH_NS 500000000	/* no more repeats after so long */

/* 1 TiB is all that QEMU's guest physical addresses of 40 bits hold. */
static const struct testbed_shape tib = { .gpa = 0, .size = TIB };

/* Best and sum of repeats. */
struct time_sum {
	uint64_t best;
	uint64_t sum;
};

static void add_time(struct time_sum *t, uint64_t ns)
{
	static uint64_t clock;

	if (!clock)
		clock = clock_cost();
	ns -= clock < ns ? clock : ns;
	if (!t->sum || ns < t->best)
		t->best = ns;
	t->sum += ns;
}

static void print_times(const char *what, uint64_t size, const struct time_sum *t, unsigned int n)
{
	char name[64], text[SIZE_TEXT];

	snprintf(name, sizeof(name), "%s.%s", what, size_text(text, size));
	figure_ns(name, (double)t->best, (double)t->sum / n);
}

static int timed_convert(const struct testbed *t, uint64_t size, bool private, struct time_sum *time)
{
	uint64_t offset = size < t->shape.size ? size : 0;
	uint64_t start = now_ns();
	int err = testbed_set_private(t, offset, size, private);

	add_time(time, now_ns() - start);
	return err;
}

static int measure_size(struct ranges *r, const struct testbed *t, uint64_t size)
{
	struct time_sum to_private = { 0 }, to_shared = { 0 };
	unsigned int n = 0;
	int err = 0;

	while (!err && n < MAX_REPEATS && to_private.sum + to_shared.sum < ENOUGH_NS) {
		err = timed_convert(t, size, true, &to_private);
		if (!err)
			err = timed_convert(t, size, false, &to_shared);
		n++;
	}
	if (err)
		return ranges_failed(r, "convert a range", err);
	print_times("to_private", size, &to_private, n);
	print_times("to_shared", size, &to_shared, n);
	return 0;
}

/* Memory for "all is private". */
static int measure_memory(struct ranges *r, const struct testbed *t, uint64_t size)
{
	int64_t before = kernel_memory_charged(), after;
	char name[64], text[SIZE_TEXT];
	int err = before < 0 ? (int)before : testbed_set_private(t, 0, size, true);

	if (err)
		return ranges_failed(r, "convert memory whose kernel memory is measured", err);
	after = kernel_memory_charged();
	snprintf(name, sizeof(name), "memory_private.%s", size_text(text, size));
	figure_bytes(name, after - before);
	return 0;
}

int ranges_sizes(struct ranges *r)
{
	static const uint64_t kib[] = { 4, 16, 64, 256, 1 << 10, 2 << 10, 4 << 10, 16 << 10, 64 << 10,
					256 << 10, 1 << 20, 4 << 20, 16 << 20, 64 << 20, 256 << 20,
					1 << 30 };
	struct testbed t;
	int err = 0;

	if (ranges_open(r, &t, &tib))
		return -1;
	for (size_t i = 0; !err && i < sizeof(kib) / sizeof(*kib); i++)
		if (kib[i] << 10 <= r->max_size)
			err = measure_size(r, &t, kib[i] << 10);
	if (!err)
		err = measure_memory(r, &t, r->max_size);
	testbed_close(&t);
	return err;
}

/* Creation waits for SRCU: CPU time, which leaves waiting out. */
static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

/* Creates a slot over memory that is private in the first @private bytes. */
static int measure_slot(struct ranges *r, const char *name, uint64_t size, uint64_t private)
{
	const struct testbed_shape shape = { .gpa = 0, .size = size };
	struct time_sum time = { 0 };
	int err = 0;

	for (int i = 0; !err && i < 3; i++) {
		struct testbed t;
		uint64_t start;

		if (testbed_open_bare(&t, &shape, &r->failure))
			return -1;
		if (private)
			err = testbed_set_private(&t, 0, private, true);
		start = cpu_ns();
		if (!err)
			err = testbed_add_slot(&t);
		add_time(&time, cpu_ns() - start);
		testbed_close(&t);
	}
	if (err)
		return ranges_failed(r, "create a slot", err);
	figure_ns(name, (double)time.best, (double)time.sum / 3);
	return 0;
}

int ranges_slots(struct ranges *r)
{
	int err = measure_slot(r, "slot.1T", TIB, 0);

	if (!err)
		err = measure_slot(r, "slot.1G", GIB, 0);
	return err ? err : measure_slot(r, "slot_private.1G", GIB, GIB);
}
