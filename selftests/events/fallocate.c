// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_gmem_fallocate_begin and _end. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <linux/falloc.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define NR_PAGES 64
#define SIZE (NR_PAGES * PAGE)
#define PUNCH "KEEP_SIZE|PUNCH_HOLE"
#define ALLOCATE "KEEP_SIZE"

struct bed {
	struct testvm vm;
	struct trace t;
	int gmem;
	uint64_t ino;
};

static void setup_size(struct bed *b, uint64_t size)
{
	testvm_create(&b->vm);
	b->gmem = gmem_new(&b->vm, size);
	b->ino = gmem_ino(b->gmem);
	trace_open(&b->t, "kvm_gmem_fallocate_end kvm_gmem_fallocate_begin");
}

static void setup(struct bed *b)
{
	setup_size(b, SIZE);
}

static void want(struct bed *b, const char *mode, uint64_t start, uint64_t end, uint64_t nr_pages,
		 int ret)
{
	trace_want(&b->t, "kvm_gmem_fallocate_begin: vm %" PRIu64 " ino %" PRIu64 " pgoff [0x%"
		   PRIx64 ", 0x%" PRIx64 ") mode %s", b->vm.id, b->ino, start, end, mode);
	trace_want(&b->t, "kvm_gmem_fallocate_end: vm %" PRIu64 " ino %" PRIu64 " pgoff [0x%"
		   PRIx64 ", 0x%" PRIx64 ") mode %s nr_pages %" PRIu64 " ret %d",
		   b->vm.id, b->ino, start, end, mode, nr_pages, ret);
}

static void punch_empty(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(gmem_punch(b.gmem, 0, SIZE), 0);
	want(&b, PUNCH, 0, NR_PAGES, 0, 0);
	CHECK_EQ(gmem_punch(b.gmem, 7 * PAGE, PAGE), 0);
	want(&b, PUNCH, 7, 8, 0, 0);
	trace_check(&b.t);
}

static void allocate(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(gmem_allocate(b.gmem, 4 * PAGE, 8 * PAGE), 0);
	want(&b, ALLOCATE, 4, 12, 8, 0);
	CHECK_EQ(gmem_allocate(b.gmem, 4 * PAGE, 8 * PAGE), 0);
	want(&b, ALLOCATE, 4, 12, 0, 0);
	CHECK_EQ(gmem_allocate(b.gmem, 0, SIZE), 0);
	want(&b, ALLOCATE, 0, NR_PAGES, NR_PAGES - 8, 0);
	trace_check(&b.t);
}

static void punch_populated(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(gmem_allocate(b.gmem, 10 * PAGE, 20 * PAGE), 0);
	want(&b, ALLOCATE, 10, 30, 20, 0);
	/* First, a single page of the range is populated, then all of it, then all that are left. */
	CHECK_EQ(gmem_punch(b.gmem, 5 * PAGE, 6 * PAGE), 0);
	want(&b, PUNCH, 5, 11, 1, 0);
	CHECK_EQ(gmem_punch(b.gmem, 12 * PAGE, 3 * PAGE), 0);
	want(&b, PUNCH, 12, 15, 3, 0);
	CHECK_EQ(gmem_punch(b.gmem, 0, SIZE), 0);
	want(&b, PUNCH, 0, NR_PAGES, 16, 0);
	CHECK_EQ(gmem_punch(b.gmem, 0, SIZE), 0);
	want(&b, PUNCH, 0, NR_PAGES, 0, 0);
	trace_check(&b.t);
}

static void punch_touched(void)
{
	struct testvcpu vcpu;
	struct bed b;

	setup(&b);
	vcpu_create(&b.vm, &vcpu, 0);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, 0), 0);
	CHECK_EQ(set_private(&b.vm, RAM_GPA, SIZE), 0);
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA + 3 * PAGE, 5), 0);
	CHECK_EQ(gmem_allocate(b.gmem, 0, 16 * PAGE), 0);
	want(&b, ALLOCATE, 0, 16, 11, 0);
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA + 20 * PAGE, 7), 0);
	CHECK_EQ(gmem_punch(b.gmem, 0, SIZE), 0);
	want(&b, PUNCH, 0, NR_PAGES, 23, 0);
	CHECK_EQ(vcpu_touch(&vcpu, RAM_GPA + 3 * PAGE, 1), 0);
	CHECK_EQ(gmem_punch(b.gmem, 3 * PAGE, PAGE), 0);
	want(&b, PUNCH, 3, 4, 1, 0);
	trace_check(&b.t);
}

/* Punches a range that spans several nodes of the file's xarray, with holes between them. */
static void many_pages(void)
{
	enum { NR = 5000 };
	struct bed b;
	int i;

	setup_size(&b, NR * PAGE);
	for (i = 0; i < NR; i += 500) {
		CHECK_EQ(gmem_allocate(b.gmem, i * PAGE, 250 * PAGE), 0);
		want(&b, ALLOCATE, i, i + 250, 250, 0);
	}
	CHECK_EQ(gmem_punch(b.gmem, 125 * PAGE, 4500 * PAGE), 0);
	want(&b, PUNCH, 125, 4625, 2250, 0);
	CHECK_EQ(gmem_punch(b.gmem, 0, NR * PAGE), 0);
	want(&b, PUNCH, 0, NR, 250, 0);
	trace_check(&b.t);
}

static void beyond_the_end(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(gmem_allocate(b.gmem, 0, SIZE + PAGE), -EINVAL);
	want(&b, ALLOCATE, 0, NR_PAGES + 1, 0, -EINVAL);
	CHECK_EQ(gmem_allocate(b.gmem, SIZE, PAGE), -EINVAL);
	want(&b, ALLOCATE, NR_PAGES, NR_PAGES + 1, 0, -EINVAL);
	/* A hole may be anywhere in the file. */
	CHECK_EQ(gmem_allocate(b.gmem, SIZE - PAGE, PAGE), 0);
	want(&b, ALLOCATE, NR_PAGES - 1, NR_PAGES, 1, 0);
	CHECK_EQ(gmem_punch(b.gmem, SIZE - PAGE, 100 * PAGE), 0);
	want(&b, PUNCH, NR_PAGES - 1, NR_PAGES + 99, 1, 0);
	trace_check(&b.t);
}

/* Tests refused requests, including those that fallocate refuses before it looks at the range. */
static void refused(void)
{
	struct bed b;

	setup(&b);
	CHECK(fallocate(b.gmem, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, 0, SIZE) &&
	      errno == EOPNOTSUPP);
	want(&b, "KEEP_SIZE|0x10", 0, NR_PAGES, 0, -EOPNOTSUPP);
	CHECK_EQ(gmem_punch(b.gmem, 1, PAGE), -EINVAL);
	want(&b, PUNCH, 0, 1, 0, -EINVAL);
	CHECK_EQ(gmem_punch(b.gmem, 0, PAGE - 1), -EINVAL);
	want(&b, PUNCH, 0, 0, 0, -EINVAL);
	CHECK_EQ(gmem_allocate(b.gmem, PAGE / 2, PAGE), -EINVAL);
	want(&b, ALLOCATE, 0, 1, 0, -EINVAL);
	CHECK_EQ(gmem_allocate(b.gmem, 0, PAGE + 1), -EINVAL);
	want(&b, ALLOCATE, 0, 1, 0, -EINVAL);
	/* The VFS refuses an empty range before it calls KVM. */
	CHECK_EQ(gmem_punch(b.gmem, 0, 0), -EINVAL);
	trace_check(&b.t);
}

static void on_alarm(int signo)
{
	(void)signo;
}

/* Tests mode 0, which programs use that are not written for guest_memfd. */
static void no_mode(void)
{
	struct bed b;

	setup(&b);
	CHECK(fallocate(b.gmem, 0, 0, SIZE) && errno == EOPNOTSUPP);
	want(&b, "none", 0, NR_PAGES, 0, -EOPNOTSUPP);
	trace_check(&b.t);
}

/* Much shorter than the allocation of LARGE takes. */
#define INTERRUPT_USEC 3000
#define LARGE (1024 * MIB)

static void interrupted(void)
{
	struct itimerval soon = { .it_value.tv_usec = INTERRUPT_USEC };
	struct sigaction action = { .sa_handler = on_alarm };
	const uint64_t nr_large = LARGE / PAGE;
	struct records records;
	uint64_t nr_pages;
	struct bed b;
	int r;

	setup_size(&b, LARGE);
	CHECK(!sigaction(SIGALRM, &action, NULL));
	CHECK(!setitimer(ITIMER_REAL, &soon, NULL));
	r = gmem_allocate(b.gmem, 0, LARGE);
	if (!r)
		test_skip("a signal did not come while memory was allocated");
	CHECK_EQ(r, -EINTR);
	records = trace_read(&b.t);
	CHECK_EQ(records.nr, 2);
	CHECK(record_is(&records.record[1], "kvm_gmem_fallocate_end"));
	CHECK_EQ((int)record_number(&records.record[1], "ret"), -EINTR);
	nr_pages = record_number(&records.record[1], "nr_pages");
	CHECK(nr_pages < nr_large);
	/* All pages that were reported as allocated are present. */
	trace_clear(&b.t);
	CHECK_EQ(gmem_punch(b.gmem, 0, LARGE), 0);
	want(&b, PUNCH, 0, nr_large, nr_pages, 0);
	trace_check(&b.t);
}

static const struct event_test tests[] = {
	{ "punch of a range without pages", punch_empty },
	{ "allocation: only new pages are counted", allocate },
	{ "punch of pages that fallocate has allocated", punch_populated },
	{ "punch of pages that the guest has touched", punch_touched },
	{ "thousands of pages with holes", many_pages },
	{ "beyond the end of the file", beyond_the_end },
	{ "mode or range refused", refused },
	{ "no mode at all", no_mode },
	{ "interrupted by a signal", interrupted },
};
TESTS_MAIN(tests)
