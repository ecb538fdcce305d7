// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests of privileges.h, in child processes, which drop their own privileges. As root and as other
 * users.
 */
#include "lib_test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "live/privileges.h"

/* Ends the child: cmocka's checks belong to the parent. */
#define CHECK(what)								\
	do {									\
		if (!(what)) {							\
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #what); \
			_exit(1);						\
		}								\
	} while (0)

static void in_child(void (*fn)(void))
{
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child) {
		fn();
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static struct gmem_privileges now(void)
{
	struct gmem_privileges p;

	CHECK(!gmem_privileges_get(&p));
	return p;
}

static void drop_all(void)
{
	CHECK(!gmem_privileges_drop(0));
	CHECK(now().effective == 0 && now().permitted == 0);
	CHECK(gmem_privileges_raise(GMEM_CAPS_LOAD) == -EPERM);
	CHECK(now().effective == 0);
	CHECK(gmem_privileges_raise(0) == 0);
	CHECK(gmem_privileges_lower(~0ULL) == 0);
	CHECK(gmem_privileges_drop(~0ULL) == 0);
	CHECK(now().permitted == 0);
}

static void test_drops_all(void **state)
{
	(void)state;
	in_child(drop_all);
}

static void drop_but_some(void)
{
	uint64_t keep = GMEM_CAPS_LOAD & now().permitted, more = GMEM_CAPS_PROCESSES;

	CHECK(!gmem_privileges_drop(GMEM_CAPS_LOAD));
	CHECK(now().effective == 0 && now().permitted == keep);
	CHECK(!gmem_privileges_raise(keep));
	CHECK(now().effective == keep && now().permitted == keep);
	/* All or nothing: a call that fails does not lower anything either. */
	CHECK(gmem_privileges_raise(keep | more) == -EPERM);
	CHECK(now().effective == keep);
	CHECK(!gmem_privileges_lower(keep & GMEM_CAP(CAP_BPF)));
	CHECK(now().effective == (keep & GMEM_CAP(CAP_PERFMON)) && now().permitted == keep);
	CHECK(!gmem_privileges_lower(keep));
	CHECK(now().effective == 0 && now().permitted == keep);
}

static void test_keeps_what_comes_back(void **state)
{
	(void)state;
	in_child(drop_but_some);
}

/*
 * Executes a program after dropping: it must get no capabilities, not even those kept, nor as root.
 */
static void drop_and_execute(void)
{
	bool setpcap = now().effective & GMEM_CAP(CAP_SETPCAP);

	CHECK(!gmem_privileges_drop(setpcap ? GMEM_CAPS_LOAD : 0));
	CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
	execl("/bin/sh", "sh", "-c",
	      "while read -r key value; do case $key in Cap[PE]??:)"
	      " [ \"${value#0000000000000000}\" = '' ] || exit 1;; esac; done < /proc/self/status",
	      (char *)NULL);
	CHECK(!"executed");
}

static void test_programs_get_nothing(void **state)
{
	(void)state;
	in_child(drop_and_execute);
}

/* Without CAP_SETPCAP securebits cannot be set: no_new_privs alone must suffice. */
static void execute_without_setpcap(void)
{
	CHECK(!gmem_privileges_lower(GMEM_CAP(CAP_SETPCAP)));
	CHECK(!gmem_privileges_drop(0));
	execl("/bin/sh", "sh", "-c", "! grep -E '^Cap(Prm|Eff)' /proc/self/status | grep -q '[1-9a-f]$'",
	      (char *)NULL);
	CHECK(!"executed");
}

static void test_programs_get_nothing_without_setpcap(void **state)
{
	(void)state;
	in_child(execute_without_setpcap);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_drops_all),
	cmocka_unit_test(test_keeps_what_comes_back),
	cmocka_unit_test(test_programs_get_nothing),
	cmocka_unit_test(test_programs_get_nothing_without_setpcap),
};

TEST_UNIT(privileges_unit, tests);
