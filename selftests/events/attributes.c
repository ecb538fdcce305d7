// SPDX-License-Identifier: GPL-2.0-only
/* Tests of kvm_vm_set_mem_attributes, kvm_mem_attributes_phase and _end: conversions. */
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "../gmemload/kvm_uapi.h"
#include "failslab.h"
#include "harness.h"
#include "testvm.h"
#include "trace.h"

#define SIZE (64 * PAGE)
/* A conversion has no event of its invalidation window. */
#define EVENTS "kvm_vm_set_mem_attributes kvm_mem_attributes_.* kvm_gmem_invalidate_.*"

struct bed {
	struct testvm vm;
	struct trace t;
	int gmem;
};

static void setup(struct bed *b)
{
	testvm_create(&b->vm);
	b->gmem = gmem_new(&b->vm, SIZE);
	CHECK_EQ(slot_bind(&b->vm, 1, RAM_GPA, SIZE, b->gmem, 0), 0);
	trace_open(&b->t, EVENTS);
}

struct change {
	uint64_t gfn;
	uint64_t nr_pages;
	bool to_private;
};

/* Expects one event of a conversion; @more is the text that follows the common fields. */
static void want(struct bed *b, const struct change *c, const char *event, const char *more)
{
	trace_want(&b->t, "%s: vm %" PRIu64 " gfn [0x%" PRIx64 ", 0x%" PRIx64 ") %s",
		   event, b->vm.id, c->gfn, c->gfn + c->nr_pages, more);
}

static void want_begin(struct bed *b, const struct change *c)
{
	want(b, c, "kvm_vm_set_mem_attributes", c->to_private ? "attributes PRIVATE" : "attributes none");
	want(b, c, "kvm_mem_attributes_phase", "phase check");
}

static void want_end(struct bed *b, const struct change *c, bool changed, int ret)
{
	char text[64];

	snprintf(text, sizeof(text), "attributes %s %s ret %d", c->to_private ? "PRIVATE" : "none",
		 changed ? "changed" : "unchanged", ret);
	want(b, c, "kvm_mem_attributes_end", text);
}

static void want_change(struct bed *b, const struct change *c)
{
	want_begin(b, c);
	want(b, c, "kvm_mem_attributes_phase", "phase reserve");
	want(b, c, "kvm_mem_attributes_phase", "phase zap");
	want(b, c, "kvm_mem_attributes_phase", "phase store");
	want(b, c, "kvm_mem_attributes_phase", "phase mixed");
	want_end(b, c, true, 0);
}

static void want_no_change(struct bed *b, const struct change *c)
{
	want_begin(b, c);
	want_end(b, c, false, 0);
}

static void apply(struct bed *b, const struct change *c)
{
	uint64_t gpa = c->gfn * PAGE, size = c->nr_pages * PAGE;

	CHECK_EQ(c->to_private ? set_private(&b->vm, gpa, size) : set_shared(&b->vm, gpa, size), 0);
}

static void there_and_back(void)
{
	struct change c = { RAM_GFN, 64, true };
	struct bed b;

	setup(&b);
	apply(&b, &c);
	want_change(&b, &c);
	trace_check(&b.t);
	c = (struct change){ RAM_GFN + 7, 1, false };
	apply(&b, &c);
	want_change(&b, &c);
	trace_check(&b.t);
}

static void unchanged(void)
{
	struct change shared = { RAM_GFN, 64, false }, private = { RAM_GFN, 64, true };
	struct change part = { RAM_GFN + 5, 6, true };
	struct bed b;

	setup(&b);
	apply(&b, &shared);
	want_no_change(&b, &shared);
	trace_check(&b.t);
	apply(&b, &private);
	trace_clear(&b.t);
	apply(&b, &private);
	want_no_change(&b, &private);
	apply(&b, &part);
	want_no_change(&b, &part);
	trace_check(&b.t);
}

/* Converts a range that has the attribute in part: KVM works on the whole range. */
static void partly(void)
{
	struct change part = { RAM_GFN + 5, 6, true }, all = { RAM_GFN, 64, true };
	struct bed b;

	setup(&b);
	apply(&b, &part);
	trace_clear(&b.t);
	apply(&b, &all);
	want_change(&b, &all);
	trace_check(&b.t);
}

static void several_slots(void)
{
	struct change c = { RAM_GFN + 32, 64 + 32, true };
	struct bed b;

	setup(&b);
	/* A slot adjacent to the first, and one without guest_memfd. */
	CHECK_EQ(slot_bind(&b.vm, 2, RAM_GPA + SIZE, 32 * PAGE, gmem_new(&b.vm, SIZE), 0), 0);
	CHECK_EQ(slot_plain(&b.vm, 3, RAM_GPA + SIZE + 32 * PAGE, SIZE), 0);
	apply(&b, &c);
	want_change(&b, &c);
	trace_check(&b.t);
}

static void no_slots(void)
{
	struct change away = { RAM_GFN * 2, 16, true }, over = { RAM_GFN + 60, 1000, true };
	struct bed b;

	setup(&b);
	apply(&b, &away);
	want_change(&b, &away);
	away.to_private = false;
	apply(&b, &away);
	want_change(&b, &away);
	apply(&b, &over);
	want_change(&b, &over);
	trace_check(&b.t);
}

static void invalid(void)
{
	const uint64_t private = KVM_MEMORY_ATTRIBUTE_PRIVATE;
	struct bed b;

	setup(&b);
	CHECK_EQ(attributes_set(&b.vm, RAM_GPA, PAGE, private, 1), -EINVAL);
	CHECK_EQ(attributes_set(&b.vm, RAM_GPA, PAGE, private | 1, 0), -EINVAL);
	CHECK_EQ(attributes_set(&b.vm, RAM_GPA, PAGE, 1ULL << 63, 0), -EINVAL);
	CHECK_EQ(attributes_set(&b.vm, RAM_GPA + 1, PAGE, private, 0), -EINVAL);
	CHECK_EQ(attributes_set(&b.vm, RAM_GPA, PAGE - 1, private, 0), -EINVAL);
	CHECK_EQ(attributes_set(&b.vm, RAM_GPA, 0, private, 0), -EINVAL);
	CHECK_EQ(attributes_set(&b.vm, -PAGE, 2 * PAGE, private, 0), -EINVAL);
	trace_check(&b.t);
}

static void no_memory(void)
{
	struct change c = { RAM_GFN, 64, true };
	struct failslab fail;
	struct bed b;
	int r;

	setup(&b);
	failslab_setup(&fail);
	failslab_begin(&fail);
	r = set_private(&b.vm, c.gfn * PAGE, c.nr_pages * PAGE);
	failslab_end(&fail);
	CHECK_EQ(r, -ENOMEM);
	/* The window was not opened: no zap, no invalidation. */
	want_begin(&b, &c);
	want(&b, &c, "kvm_mem_attributes_phase", "phase reserve");
	want_end(&b, &c, false, -ENOMEM);
	trace_check(&b.t);
	/* Nothing was converted either. */
	c.to_private = false;
	apply(&b, &c);
	want_no_change(&b, &c);
	c.to_private = true;
	apply(&b, &c);
	want_change(&b, &c);
	trace_check(&b.t);
}

/* Checks that an event names the VM whose memory is converted. */
static void two_vms(void)
{
	struct change c = { RAM_GFN, 16, true };
	struct testvm first, other;
	struct bed b;

	testvm_create(&first);
	setup(&b);
	testvm_create(&other);
	CHECK(first.id != b.vm.id && other.id != b.vm.id);
	apply(&b, &c);
	want_change(&b, &c);
	trace_check(&b.t);
	CHECK_EQ(set_private(&other, RAM_GPA, 16 * PAGE), 0);
	b.vm.id = other.id;
	want_change(&b, &c);
	trace_check(&b.t);
}

enum { ROUNDS = 50 };

static void *convert_there_and_back(void *arg)
{
	for (int i = 0; i < ROUNDS; i++) {
		set_private(arg, RAM_GPA, 8 * PAGE);
		set_shared(arg, RAM_GPA, 8 * PAGE);
	}
	return NULL;
}

/* Checks that each conversion has one begin and one end if two threads convert at a time. */
static void two_threads(void)
{
	unsigned int i, begun = 0, ended = 0;
	struct records records;
	pthread_t thread;
	struct bed b;
	int open = 0;

	setup(&b);
	CHECK(!pthread_create(&thread, NULL, convert_there_and_back, &b.vm));
	convert_there_and_back(&b.vm);
	pthread_join(thread, NULL);
	records = trace_read(&b.t);
	for (i = 0; i < records.nr; i++) {
		const struct record *r = &records.record[i];

		CHECK_EQ(record_number(r, "vm"), b.vm.id);
		if (record_is(r, "kvm_vm_set_mem_attributes")) {
			begun++;
			open++;
		} else if (record_is(r, "kvm_mem_attributes_end")) {
			ended++;
			open--;
		}
		CHECK(open >= 0 && open <= 2);
	}
	CHECK_EQ(begun, 2 * 2 * ROUNDS);
	CHECK_EQ(ended, 2 * 2 * ROUNDS);
}

static const struct event_test tests[] = {
	{ "to private and back, all phases in their order", there_and_back },
	{ "nothing to change: only the check", unchanged },
	{ "a part to change: the whole range", partly },
	{ "one operation on several memslots", several_slots },
	{ "ranges without memslots", no_slots },
	{ "the VM is the one that fdinfo names", two_vms },
	{ "one begin and one end, whatever other threads convert", two_threads },
	{ "no event for invalid arguments", invalid },
	{ "out of memory: window not opened, nothing changed", no_memory },
};
TESTS_MAIN(tests)
