// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_gmem_bind and kvm_gmem_unbind. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <unistd.h>

#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define SIZE (16 * PAGE)
#define EVENTS "kvm_gmem_bind kvm_gmem_unbind"

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
	trace_open(&b->t, EVENTS);
}

static void want_bind(struct bed *b, uint64_t ino, uint64_t gfn, uint64_t nr_pages, uint64_t pgoff,
		      int slot, int ret)
{
	trace_want(&b->t, "kvm_gmem_bind: vm %" PRIu64 " ino %" PRIu64 " gfn [0x%" PRIx64
		   ", 0x%" PRIx64 ") pgoff 0x%" PRIx64 " slot 0x%x ret %d",
		   b->vm.id, ino, gfn, gfn + nr_pages, pgoff, slot, ret);
}

static void want_unbind(struct bed *b, uint64_t gfn, uint64_t nr_pages, uint64_t pgoff, int slot)
{
	trace_want(&b->t, "kvm_gmem_unbind: vm %" PRIu64 " ino %" PRIu64 " gfn [0x%" PRIx64
		   ", 0x%" PRIx64 ") pgoff 0x%" PRIx64 " slot 0x%x",
		   b->vm.id, b->ino, gfn, gfn + nr_pages, pgoff, slot);
}

static void good(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 3, RAM_GPA, 5 * PAGE, b.gmem, 2 * PAGE), 0);
	want_bind(&b, b.ino, RAM_GFN, 5, 2, 3, 0);
	trace_check(&b.t);
	CHECK_EQ(slot_delete(&b.vm, 3), 0);
	want_unbind(&b, RAM_GFN, 5, 2, 3);
	trace_check(&b.t);
}

static void several_slots(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, 4 * PAGE, b.gmem, 12 * PAGE), 0);
	CHECK_EQ(slot_bind(&b.vm, 2, RAM_GPA + MIB, 12 * PAGE, b.gmem, 0), 0);
	CHECK_EQ(slot_delete(&b.vm, 1), 0);
	CHECK_EQ(slot_bind(&b.vm, 4, RAM_GPA + 2 * MIB, 4 * PAGE, b.gmem, 12 * PAGE), 0);
	CHECK_EQ(slot_delete(&b.vm, 2), 0);
	want_bind(&b, b.ino, RAM_GFN, 4, 12, 1, 0);
	want_bind(&b, b.ino, RAM_GFN + MIB / PAGE, 12, 0, 2, 0);
	want_unbind(&b, RAM_GFN, 4, 12, 1);
	want_bind(&b, b.ino, RAM_GFN + 2 * MIB / PAGE, 4, 12, 4, 0);
	want_unbind(&b, RAM_GFN + MIB / PAGE, 12, 0, 2);
	trace_check(&b.t);
}

static void overlap(void)
{
	struct bed b;
	int r;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, 4 * PAGE, b.gmem, 0), 0);
	/* Pages 3 to 6 of the file; page 3 is bound already. */
	r = slot_bind(&b.vm, 2, RAM_GPA + MIB, 4 * PAGE, b.gmem, 3 * PAGE);
	/* Linux 6.12; newer versions */
	CHECK(r == -EINVAL || r == -EEXIST);
	want_bind(&b, b.ino, RAM_GFN, 4, 0, 1, 0);
	want_bind(&b, b.ino, RAM_GFN + MIB / PAGE, 4, 3, 2, r);
	trace_check(&b.t);
	/* The refused request left nothing behind: there is one binding to undo. */
	CHECK_EQ(slot_delete(&b.vm, 1), 0);
	want_unbind(&b, RAM_GFN, 4, 0, 1);
	trace_check(&b.t);
}

static void foreign(void)
{
	struct testvm other;
	struct bed b;
	int gmem;

	setup(&b);
	testvm_create(&other);
	gmem = gmem_new(&other, SIZE);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, gmem, 0), -EINVAL);
	want_bind(&b, gmem_ino(gmem), RAM_GFN, 16, 0, 1, -EINVAL);
	trace_check(&b.t);
}

static void no_gmem(void)
{
	struct bed b;
	int file;

	setup(&b);
	file = open("/dev/null", O_RDWR);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, file, 0), -EINVAL);
	want_bind(&b, 0, RAM_GFN, 16, 0, 1, -EINVAL);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.vm.fd, 0), -EINVAL);
	want_bind(&b, 0, RAM_GFN, 16, 0, 1, -EINVAL);
	close(file);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, file, PAGE), -EBADF);
	want_bind(&b, 0, RAM_GFN, 16, 1, 1, -EBADF);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, -1, 0), -EBADF);
	want_bind(&b, 0, RAM_GFN, 16, 0, 1, -EBADF);
	trace_check(&b.t);
}

static void beyond_the_end(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, PAGE), -EINVAL);
	want_bind(&b, b.ino, RAM_GFN, 16, 1, 1, -EINVAL);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE + PAGE, b.gmem, 0), -EINVAL);
	want_bind(&b, b.ino, RAM_GFN, 17, 0, 1, -EINVAL);
	trace_check(&b.t);
}

static void refused_before(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, PAGE, b.gmem, 1), -EINVAL);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, PAGE + 1, b.gmem, 0), -EINVAL);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA + 1, PAGE, b.gmem, 0), -EINVAL);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, 2 * PAGE, b.gmem, -PAGE), -EINVAL);
	CHECK_EQ(slot_plain(&b.vm, 9, RAM_GPA, PAGE), 0);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, PAGE, b.gmem, 0), -EEXIST);
	CHECK_EQ(slot_delete(&b.vm, 9), 0);
	CHECK_EQ(slot_delete(&b.vm, 1), -EINVAL);
	trace_check(&b.t);
}

/*
 * Binds at a guest physical address that no CPU can have, which KVM detects only after it has
 * checked the file. Whatever events the kernel emits, the last one must report no binding.
 */
static void refused_after(void)
{
	unsigned int i, bound = 0;
	struct records records;
	struct bed b;

	setup(&b);
	CHECK(slot_bind(&b.vm, 1, 1ULL << 62, PAGE, b.gmem, 0) < 0);
	records = trace_read(&b.t);
	for (i = 0; i < records.nr; i++) {
		const struct record *r = &records.record[i];

		CHECK_EQ(record_number(r, "ino"), b.ino);
		if (record_is(r, "kvm_gmem_unbind"))
			bound--;
		else if (!(int)record_number(r, "ret"))
			bound++;
		CHECK(bound <= 1);
	}
	CHECK_EQ(bound, 0);
}

static void no_unbind_after_release(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, 0), 0);
	trace_clear(&b.t);
	close(b.gmem);
	CHECK_EQ(slot_delete(&b.vm, 1), 0);
	close(b.vm.fd);
	trace_check(&b.t);
}

static void second_file(void)
{
	uint64_t ino;
	struct bed b;
	int gmem;

	setup(&b);
	gmem = gmem_new(&b.vm, SIZE);
	ino = gmem_ino(gmem);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, b.gmem, 0), 0);
	want_bind(&b, b.ino, RAM_GFN, 16, 0, 1, 0);
	CHECK_EQ(slot_delete(&b.vm, 1), 0);
	want_unbind(&b, RAM_GFN, 16, 0, 1);
	CHECK_EQ(slot_bind(&b.vm, 1, RAM_GPA, SIZE, gmem, 0), 0);
	want_bind(&b, ino, RAM_GFN, 16, 0, 1, 0);
	trace_check(&b.t);
}

static const struct event_test tests[] = {
	{ "bind, and unbind when the memslot is deleted", good },
	{ "several memslots on one file", several_slots },
	{ "one memslot, another file", second_file },
	{ "refused: pages of the file are bound already", overlap },
	{ "refused: the file of another VM", foreign },
	{ "refused: no guest_memfd, or no file", no_gmem },
	{ "refused: beyond the end of the file", beyond_the_end },
	{ "no event for requests that KVM refuses before it checks the file", refused_before },
	{ "refused after KVM has checked the file: not bound in the end", refused_after },
	{ "no unbind of a binding that a release has ended", no_unbind_after_release },
};
TESTS_MAIN(tests)
