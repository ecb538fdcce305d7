/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: how a test program runs its tests and tells of them in TAP. Must not know KVM, nor any
 * event.
 *
 * Each test runs in a process of its own: it may end at any place, what it leaves open is closed,
 * and one that hangs is killed. A kernel without the events skips them all.
 */
#ifndef GMEM_EVENTS_HARNESS_H
#define GMEM_EVENTS_HARNESS_H

#include <stddef.h>

/* What kselftest expects of a program that could test nothing here. */
#define EXIT_SKIP 4

struct event_test {
	const char *name;
	void (*run)(void);
};

/* The program's exit status. An argument is the name of the only test to run. */
int tests_main(const struct event_test *tests, size_t nr, int argc, char **argv);

#define TESTS_MAIN(tests) \
	int main(int argc, char **argv) \
	{ \
		return tests_main(tests, sizeof(tests) / sizeof((tests)[0]), argc, argv); \
	}

/* These end the test. */
void test_skip(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void test_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* A line of diagnosis. */
void test_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			test_fail("%s:%d: not so: %s", __FILE__, __LINE__, #condition); \
	} while (0)

#define CHECK_EQ(got, wanted) \
	do { \
		long long got_ = (got), wanted_ = (wanted); \
\
		if (got_ != wanted_) \
			test_fail("%s:%d: %s is %lld, not %s, %lld", __FILE__, __LINE__, #got, \
				  got_, #wanted, wanted_); \
	} while (0)

#endif
