/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Runner of a test program's tests, with TAP output.
 *
 * Each test runs in its own process: it may end anywhere, its open files are closed, and one that
 * hangs is killed. On a kernel without the events, all tests are skipped.
 */
#ifndef GMEM_EVENTS_HARNESS_H
#define GMEM_EVENTS_HARNESS_H

#include <stddef.h>

/* Exit status by which kselftest recognises a program that could test nothing here. */
#define EXIT_SKIP 4

struct event_test {
	const char *name;
	void (*run)(void);
};

/* Runs all tests, or only the one named by an argument. Returns the program's exit status. */
int tests_main(const struct event_test *tests, size_t nr, int argc, char **argv);

#define TESTS_MAIN(tests) \
	int main(int argc, char **argv) \
	{ \
		return tests_main(tests, sizeof(tests) / sizeof((tests)[0]), argc, argv); \
	}

/* End the test. */
void test_skip(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));
void test_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* Prints a line of diagnosis. */
void test_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define CHECK(condition) \
	do { \
		if (!(condition)) \
			test_fail("%s:%d: failed: %s", __FILE__, __LINE__, #condition); \
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
