// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of the tests: trace_check() must detect wrong events. A check that does not work must not
 * look like a pass.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "testvm.h"
#include "trace.h"

static const char empty_punch[] =
	"kvm_gmem_fallocate_end: vm %" PRIu64 " ino %" PRIu64 " pgoff [0x0, 0x2) mode "
	"KEEP_SIZE|PUNCH_HOLE nr_pages 0 ret 0";

/* Punches twice and checks only the end events; @wants sets the expectations. */
static void punch_twice(void (*wants)(struct trace *t, uint64_t vm, uint64_t ino))
{
	struct testvm vm;
	struct trace t;
	int gmem;

	testvm_create(&vm);
	gmem = gmem_new(&vm, 4 * PAGE);
	trace_open(&t, "kvm_gmem_fallocate_end");
	CHECK_EQ(gmem_punch(gmem, 0, 2 * PAGE), 0);
	CHECK_EQ(gmem_punch(gmem, 0, 3 * PAGE), 0);
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
		punch_twice(wants);
		exit(EXIT_SUCCESS);
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status));
	trace_remove(pid);
	return WEXITSTATUS(status);
}

static void want_second(struct trace *t, const char *range, const char *more)
{
	trace_want(t, "kvm_gmem_fallocate_end: vm * ino * pgoff %s mode KEEP_SIZE|PUNCH_HOLE "
		   "nr_pages 0 ret 0%s", range, more);
}

static void right(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, empty_punch, vm, ino);
	want_second(t, "[0x0, 0x3)", "");
}

static void one_missing(struct trace *t, uint64_t vm, uint64_t ino)
{
	right(t, vm, ino);
	want_second(t, "[0x0, 0x3)", "");
}

static void one_too_many(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, empty_punch, vm, ino);
}

static void none(struct trace *t, uint64_t vm, uint64_t ino)
{
	(void)t;
	(void)vm;
	(void)ino;
}

static void other_order(struct trace *t, uint64_t vm, uint64_t ino)
{
	want_second(t, "[0x0, 0x3)", "");
	trace_want(t, empty_punch, vm, ino);
}

static void other_vm(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, empty_punch, vm + 1, ino);
	want_second(t, "[0x0, 0x3)", "");
}

static void other_number(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, empty_punch, vm, ino);
	want_second(t, "[0x0, 0x30)", "");
}

static void word_missing(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, empty_punch, vm, ino);
	want_second(t, "[0x0, 0x3)", " more *");
}

static void word_too_many(struct trace *t, uint64_t vm, uint64_t ino)
{
	trace_want(t, empty_punch, vm, ino);
	trace_want(t, "kvm_gmem_fallocate_end: vm * ino * pgoff [0x0, 0x3)");
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

static void threads(void)
{
	struct testvm vm;
	struct trace t;
	int status, gmem;
	pid_t pid;

	testvm_create(&vm);
	gmem = gmem_new(&vm, PAGE);
	trace_open(&t, "kvm_gmem_fallocate_end kvm_gmem_create");
	/* A child is followed, because threads are children, too. */
	pid = fork();
	CHECK(pid >= 0);
	if (!pid)
		_exit(gmem_punch(gmem, 0, PAGE) ? EXIT_FAILURE : EXIT_SUCCESS);
	CHECK(waitpid(pid, &status, 0) == pid && !status);
	CHECK_EQ(trace_read(&t).nr, 1);
	CHECK_EQ(trace_read(&t).record[0].tid, pid);
	CHECK_EQ(record_number(trace_read(&t).record, "vm"), vm.id);
}

static const struct event_test tests[] = {
	{ "a check detects missing, additional and different events", differences },
	{ "an event has the thread that emitted it", threads },
};
TESTS_MAIN(tests)
