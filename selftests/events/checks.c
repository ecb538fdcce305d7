// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the tests: trace_check() must detect wrong events. A check that does not work must not
 * look like a pass.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "testvm.h"
#include "trace.h"

static const char first_bind[] =
	"kvm_gmem_bind: vm %" PRIu64 " ino %" PRIu64 " gfn [0x100000, 0x100002) pgoff 0x0 slot 0x1 ret 0";

/* Binds twice and checks only the events of that; @wants sets the expectations. */
static void bind_twice(void (*wants)(struct trace *t, uint64_t vm, uint64_t ino))
{
	struct testvm vm;
	struct trace t;
	int gmem;

	testvm_create(&vm);
	gmem = gmem_new(&vm, 8 * PAGE);
	trace_open(&t, "kvm_gmem_bind");
	CHECK_EQ(slot_bind(&vm, 1, RAM_GPA, 2 * PAGE, gmem, 0), 0);
	CHECK_EQ(slot_bind(&vm, 2, RAM_GPA + MIB, 3 * PAGE, gmem, 2 * PAGE), 0);
	wants(&t, vm.id, gmem_ino(gmem));
	trace_check(&t);
}

static int status_of(void (*wants)(struct trace *t, uint64_t vm, uint64_t ino))
{
	pid_t pid = fork();
	int status;

	CHECK(pid >= 0);
	if (!pid) {
		/* Drop the expected error messages. */
		CHECK(dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO) >= 0);
		bind_twice(wants);
		exit(EXIT_SUCCESS);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	trace_remove(pid);
	return WEXITSTATUS(status);
}

static void want_second(struct trace *t, const char *range, const char *more)
{
	trace_want(t, "kvm_gmem_bind: vm * ino * gfn %s pgoff 0x2 slot 0x2 ret 0%s", range, more);
}

static void right(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, first_bind, vm, ino);
	want_second(t, "[0x100100, 0x100103)", "");
}

static void one_missing(struct trace *t, uint64_t vm, uint64_t ino)
{
	right(t, vm, ino);
	want_second(t, "[0x100100, 0x100103)", "");
}

static void one_too_many(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, first_bind, vm, ino);
}

static void none(struct trace *t, uint64_t vm, uint64_t ino)
{
	(void)t;
	(void)vm;
	(void)ino;
}

static void other_order(struct trace *t, uint64_t vm, uint64_t ino)
{
	want_second(t, "[0x100100, 0x100103)", "");
	trace_want(t, first_bind, vm, ino);
}

static void other_vm(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, first_bind, vm + 1, ino);
	want_second(t, "[0x100100, 0x100103)", "");
}

static void other_number(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, first_bind, vm, ino);
	want_second(t, "[0x100100, 0x100130)", "");
}

static void word_missing(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, first_bind, vm, ino);
	want_second(t, "[0x100100, 0x100103)", " more *");
}

static void word_too_many(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, first_bind, vm, ino);
	trace_want(t, "kvm_gmem_bind: vm * ino * gfn [0x100100, 0x100103)");
}

static void differences(void)
{
	CHECK_EQ(status_of(right), EXIT_SUCCESS);
	CHECK_EQ(status_of(one_missing), EXIT_FAILURE);
	CHECK_EQ(status_of(one_too_many), EXIT_FAILURE);
	CHECK_EQ(status_of(none), EXIT_FAILURE);
	CHECK_EQ(status_of(other_order), EXIT_FAILURE);
	CHECK_EQ(status_of(other_vm), EXIT_FAILURE);
	CHECK_EQ(status_of(other_number), EXIT_FAILURE);
	CHECK_EQ(status_of(word_missing), EXIT_FAILURE);
	CHECK_EQ(status_of(word_too_many), EXIT_FAILURE);
}

struct other {
	struct testvm vm;
	int gmem;
	pid_t tid;
};

static void *bind_elsewhere(void *arg)
{
	struct other *other = arg;

	other->tid = gettid();
	CHECK_EQ(slot_bind(&other->vm, 1, RAM_GPA, PAGE, other->gmem, 0), 0);
	return NULL;
}

static void threads(void)
{
	struct other other;
	pthread_t thread;
	struct trace t;

	testvm_create(&other.vm);
	other.gmem = gmem_new(&other.vm, PAGE);
	trace_open(&t, "kvm_gmem_bind kvm_gmem_unbind");
	CHECK(!pthread_create(&thread, NULL, bind_elsewhere, &other));
	pthread_join(thread, NULL);
	CHECK(other.tid != gettid());
	CHECK_EQ(trace_read(&t).nr, 1);
	CHECK_EQ(trace_read(&t).record[0].tid, other.tid);
	CHECK_EQ(record_number(trace_read(&t).record, "vm"), other.vm.id);
}

static const struct event_test tests[] = {
	{ "a check detects missing, additional and different events", differences },
	{ "an event has the thread that emitted it", threads },
};
TESTS_MAIN(tests)
