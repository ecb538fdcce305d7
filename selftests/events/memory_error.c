// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_gmem_memory_error, and of the invalidation that follows. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define SIZE (16 * PAGE)
#define PAGE_HIT 5
#define INJECT "/sys/kernel/debug/hwpoison/corrupt-pfn"
#define UNDO "/sys/kernel/debug/hwpoison/unpoison-pfn"
#define SPTE_PFN_MASK 0x000ffffffffff000ULL

struct bed {
	struct testvm vm;
	struct testvcpu vcpu;
	struct trace t;
	int gmem;
	uint64_t ino;
	uint64_t pfn;
};

/* Returns the page's frame number, from KVM's own trace event of the mapping. */
static uint64_t find_pfn(struct bed *b, uint64_t page)
{
	struct records records;
	unsigned int i;

	trace_open(&b->t, "kvmmmu/kvm_mmu_set_spte");
	CHECK_EQ(vcpu_touch(&b->vcpu, RAM_GPA + page * PAGE, 1), 0);
	records = trace_read(&b->t);
	for (i = 0; i < records.nr; i++) {
		const char *text = records.record[i].text;
		uint64_t gfn, spte;

		if (sscanf(text, "kvm_mmu_set_spte: gfn %" SCNx64 " spte %" SCNx64, &gfn,
			   &spte) == 2 && gfn == RAM_GFN + page)
			return (spte & SPTE_PFN_MASK) / PAGE;
	}
	test_skip("KVM does not report the frame of the page");
}

static void setup(struct bed *b)
{
	testvm_create(&b->vm);
	vcpu_create(&b->vm, &b->vcpu, 1);
	b->gmem = gmem_new(&b->vm, SIZE);
	b->ino = gmem_ino(b->gmem);
	CHECK_EQ(slot_bind(&b->vm, 1, RAM_GPA, SIZE, b->gmem, 0), 0);
	CHECK_EQ(set_private(&b->vm, RAM_GPA, SIZE), 0);
	if (access(INJECT, W_OK))
		test_skip("the kernel has no " INJECT " (CONFIG_HWPOISON_INJECT)");
	b->pfn = find_pfn(b, PAGE_HIT);
	trace_remove(getpid());
	trace_open(&b->t, "kvm_gmem_.*");
}

static int write_number(const char *path, uint64_t number)
{
	char text[32];
	int fd = open(path, O_WRONLY);
	int r = 0;

	if (fd < 0)
		return -errno;
	snprintf(text, sizeof(text), "0x%" PRIx64, number);
	if (write(fd, text, strlen(text)) < 0)
		r = -errno;
	close(fd);
	return r;
}

static void want_error(struct bed *b)
{
	trace_want(&b->t, "kvm_gmem_memory_error: ino %" PRIu64 " pgoff [0x%x, 0x%x)", b->ino,
		   PAGE_HIT, PAGE_HIT + 1);
}

static void want_window(struct bed *b, const char *which)
{
	trace_want(&b->t, "kvm_gmem_invalidate_%s: vm %" PRIu64 " ino %" PRIu64
		   " pgoff [0x%x, 0x%x) cause memory_error filter PRIVATE", which, b->vm.id,
		   b->ino, PAGE_HIT, PAGE_HIT + 1);
}

static void inject(struct bed *b)
{
	int r = write_number(INJECT, b->pfn);

	/* -EBUSY: the page stays in place, as guest_memfd intends; it counts as busy. */
	if (r && r != -EBUSY)
		test_fail("cannot corrupt pfn 0x%" PRIx64 ": %s", b->pfn, strerror(-r));
}

static void bound(void)
{
	struct bed b;

	setup(&b);
	inject(&b);
	want_error(&b);
	want_window(&b, "begin");
	want_window(&b, "end");
	trace_check(&b.t);

	/* The guest's access reports the error. */
	CHECK_EQ(vcpu_touch(&b.vcpu, RAM_GPA + PAGE_HIT * PAGE, 1), -EHWPOISON);
	trace_want(&b.t, "kvm_gmem_fault_begin: vm %" PRIu64 " ino %" PRIu64 " gfn 0x%" PRIx64
		   " pgoff 0x%x", b.vm.id, b.ino, RAM_GFN + PAGE_HIT, PAGE_HIT);
	trace_want(&b.t, "kvm_gmem_fault_end: vm %" PRIu64 " ino %" PRIu64 " gfn 0x%" PRIx64
		   " pgoff 0x%x order 0 present prepare_ns * ret %d", b.vm.id, b.ino,
		   RAM_GFN + PAGE_HIT, PAGE_HIT, -EHWPOISON);
	trace_want(&b.t, "kvm_gmem_memory_fault: vm %" PRIu64 " vcpu 1 gpa 0x%" PRIx64
		   " size 0x1000 flags PRIVATE ret %d", b.vm.id,
		   RAM_GPA + PAGE_HIT * PAGE, -EHWPOISON);
	trace_check(&b.t);
	write_number(UNDO, b.pfn);
}

static void unbound(void)
{
	struct bed b;

	setup(&b);
	CHECK_EQ(slot_delete(&b.vm, 1), 0);
	trace_clear(&b.t);
	inject(&b);
	/* No VM maps the page: the error is emitted, there is nothing to invalidate. */
	want_error(&b);
	trace_check(&b.t);
	write_number(UNDO, b.pfn);
}

static const struct event_test tests[] = {
	{ "a bad page that the guest has mapped", bound },
	{ "a bad page of a file without bindings", unbound },
};
TESTS_MAIN(tests)
