// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_gmem_invalidate_begin and _end, except for memory errors. */
#include <inttypes.h>
#include <unistd.h>

#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define NR_PAGES 64
#define SIZE (NR_PAGES * PAGE)

struct bed {
	struct testvm vm;
	struct trace t;
	int gmem;
	uint64_t ino;
};

static void setup(struct bed *b)
{
	testvm_create(&b->vm);
	b->gmem = gmem_new(&b->vm, SIZE);
	b->ino = gmem_ino(b->gmem);
	trace_open(&b->t, "kvm_gmem_invalidate_.* kvm_gmem_fallocate_.* kvm_gmem_release");
}

static void want(struct bed *b, const char *which, uint64_t start, uint64_t end, const char *cause)
{
	trace_want(&b->t, "kvm_gmem_invalidate_%s: vm %" PRIu64 " ino %" PRIu64 " pgoff [0x%" PRIx64
		   ", 0x%" PRIx64 ") cause %s", which, b->vm.id, b->ino, start, end,
		   cause);
}

static void want_punch(struct bed *b, uint64_t start, uint64_t end, bool bound)
{
	trace_want(&b->t, "kvm_gmem_fallocate_begin: vm %" PRIu64 " ino %" PRIu64 " pgoff [0x%"
		   PRIx64 ", 0x%" PRIx64 ") mode KEEP_SIZE|PUNCH_HOLE", b->vm.id, b->ino, start,
		   end);
	if (bound) {
		want(b, "begin", start, end, "punch_hole");
		want(b, "end", start, end, "punch_hole");
	}
	trace_want(&b->t, "kvm_gmem_fallocate_end: vm %" PRIu64 " ino %" PRIu64 " pgoff [0x%"
		   PRIx64 ", 0x%" PRIx64 ") mode KEEP_SIZE|PUNCH_HOLE nr_pages * ret 0",
		   b->vm.id, b->ino, start, end);
}

static void punch_bound(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, 0), 0);
	CHECK_EQ(gmem_punch(b.gmem, 3 * PAGE, 4 * PAGE), 0);
	want_punch(&b, 3, 7, true);
	CHECK_EQ(gmem_punch(b.gmem, 0, SIZE), 0);
	want_punch(&b, 0, NR_PAGES, true);
	CHECK_EQ(gmem_punch(b.gmem, SIZE - PAGE, PAGE), 0);
	want_punch(&b, NR_PAGES - 1, NR_PAGES, true);
	trace_check(&b.t);
}

static void punch_unbound(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(gmem_punch(b.gmem, 0, SIZE), 0);
	want_punch(&b, 0, NR_PAGES, false);
	/* Pages 8 to 15 are bound; the neighbours on both sides are not. */
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, 8 * PAGE, b.gmem, 8 * PAGE), 0);
	CHECK_EQ(gmem_punch(b.gmem, 0, 8 * PAGE), 0);
	want_punch(&b, 0, 8, false);
	CHECK_EQ(gmem_punch(b.gmem, 16 * PAGE, 8 * PAGE), 0);
	want_punch(&b, 16, 24, false);
	CHECK_EQ(slot_delete(&b.vm, 1), 0);
	CHECK_EQ(gmem_punch(b.gmem, 8 * PAGE, 8 * PAGE), 0);
	want_punch(&b, 8, 16, false);
	trace_check(&b.t);
}

/*
 * Expects the range of the punch, whatever part of it is bound, and one pair of events for all
 * slots.
 */
static void punch_across_slots(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, 8 * PAGE, b.gmem, 8 * PAGE), 0);
	CHECK_EQ(slot_bind(&b.vm, 2, RAM_GPA + MIB, 8 * PAGE, b.gmem, 32 * PAGE), 0);
	CHECK_EQ(gmem_punch(b.gmem, 0, 9 * PAGE), 0);
	want_punch(&b, 0, 9, true);
	CHECK_EQ(gmem_punch(b.gmem, 15 * PAGE, 30 * PAGE), 0);
	want_punch(&b, 15, 45, true);
	trace_check(&b.t);
}

static void allocation(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, 0), 0);
	CHECK_EQ(gmem_allocate(b.gmem, 0, SIZE), 0);
	trace_want(&b.t, "kvm_gmem_fallocate_begin: vm * ino * pgoff * * mode KEEP_SIZE");
	trace_want(&b.t, "kvm_gmem_fallocate_end: vm * ino * pgoff * * mode KEEP_SIZE nr_pages 64 "
		   "ret 0");
	trace_check(&b.t);
}

static void release_bound(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, 8 * PAGE, b.gmem, 8 * PAGE), 0);
	close(b.gmem);
	/* The whole file, of which a part is bound. */
	want(&b, "begin", 0, NR_PAGES, "release");
	want(&b, "end", 0, NR_PAGES, "release");
	trace_want(&b.t, "kvm_gmem_release: vm %" PRIu64 " ino %" PRIu64 " nr_pages 0", b.vm.id,
		   b.ino);
	trace_check(&b.t);
}

static void release_unbound(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, 0), 0);
	CHECK_EQ(slot_delete(&b.vm, 1), 0);
	trace_clear(&b.t);
	close(b.gmem);
	trace_want(&b.t, "kvm_gmem_release: vm %" PRIu64 " ino %" PRIu64 " nr_pages 0", b.vm.id,
		   b.ino);
	trace_check(&b.t);
}

/* Checks that another VM, whose file has the same offsets and gfns, is not named. */
static void other_vm(void)
{
	struct testvm other;
	struct bed b;
	int gmem;

	setup(&b);
	testvm_create(&other);
	gmem = gmem_new(&other, SIZE);
	CHECK_EQ(slot_bind(&other, 1, RAM_GPA, SIZE, gmem, 0), 0);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, 0), 0);
	CHECK_EQ(gmem_punch(b.gmem, 0, PAGE), 0);
	want_punch(&b, 0, 1, true);
	trace_check(&b.t);
}

/* Tests that no conversion reports a window, in a memslot or beside all of them. */
static void conversions(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(set_private(&b.vm, RAM_GPA, 8 * PAGE), 0);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, 8 * PAGE, b.gmem, 4 * PAGE), 0);
	CHECK_EQ(set_shared(&b.vm, RAM_GPA + 2 * PAGE, PAGE), 0);
	CHECK_EQ(set_private(&b.vm, RAM_GPA + 2 * PAGE, SIZE), 0);
	CHECK_EQ(set_private(&b.vm, 2 * RAM_GPA, SIZE), 0);
	CHECK_EQ(set_shared(&b.vm, 2 * RAM_GPA, SIZE), 0);
	trace_check(&b.t);
}

/* Tests the size in pages of a file that is bound in two places. */
static void release_all(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, 8 * PAGE, b.gmem, 0), 0);
	CHECK_EQ(slot_bind(&b.vm, 2, RAM_GPA + MIB, 8 * PAGE, b.gmem, SIZE - 8 * PAGE), 0);
	CHECK_EQ(gmem_allocate(b.gmem, 0, 3 * PAGE), 0);
	trace_clear(&b.t);
	close(b.gmem);
	want(&b, "begin", 0, NR_PAGES, "release");
	want(&b, "end", 0, NR_PAGES, "release");
	trace_want(&b.t, "kvm_gmem_release: vm %" PRIu64 " ino %" PRIu64 " nr_pages 3", b.vm.id,
		   b.ino);
	trace_check(&b.t);
}

static const struct event_test tests[] = {
	{ "punch of a bound range, inside the pair of its fallocate", punch_bound },
	{ "no invalidation by a punch of a range that is not bound", punch_unbound },
	{ "one invalidation for all memslots of a range", punch_across_slots },
	{ "no invalidation by an allocation", allocation },
	{ "release of a file with bindings", release_bound },
	{ "no invalidation by the release of a file without bindings", release_unbound },
	{ "no invalidation of another VM", other_vm },
	{ "release of a file with pages and two bindings", release_all },
	{ "no invalidation by a conversion, in a memslot or elsewhere", conversions },
};
TESTS_MAIN(tests)
