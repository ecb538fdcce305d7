// SPDX-License-Identifier: GPL-2.0-only
/* Test runner with TAP output. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness.h"
#include "trace.h"

#define TEST_SECONDS 180

/* Filled in by the child, read by its parent. */
static char *skip_reason;
#define SKIP_REASON_SIZE 256

void test_skip(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(skip_reason, SKIP_REASON_SIZE, format, args);
	va_end(args);
	exit(EXIT_SKIP);
}

static void print_note(const char *format, va_list args)
{
	printf("# ");
	vprintf(format, args);
	printf("\n");
}

void test_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_note(format, args);
	va_end(args);
	exit(EXIT_FAILURE);
}

void test_note(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	print_note(format, args);
	va_end(args);
}

static int run_one(const struct event_test *test, size_t number)
{
	int status;
	pid_t pid;

	*skip_reason = '\0';
	fflush(stdout);
	pid = fork();
	if (!pid) {
		alarm(TEST_SECONDS);
		test->run();
		exit(EXIT_SUCCESS);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		status = -1;
	trace_remove(pid);

	if (WIFSIGNALED(status))
		printf("# ended by signal %d\n", WTERMSIG(status));
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS)
		printf("ok %zu - %s\n", number, test->name);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SKIP)
		printf("ok %zu - %s # SKIP %s\n", number, test->name, skip_reason);
	else
		printf("not ok %zu - %s\n", number, test->name);
	return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
}

int tests_main(const struct event_test *tests, size_t nr, int argc, char **argv)
{
	size_t i, run = 0, failed = 0, skipped = 0, chosen = 0;
	const char *why;

	if (!trace_possible(&why)) {
		printf("TAP version 13\n1..0 # SKIP %s\n", why);
		return EXIT_SKIP;
	}
	skip_reason = mmap(NULL, SKIP_REASON_SIZE, PROT_READ | PROT_WRITE,
			   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (skip_reason == MAP_FAILED) {
		printf("Bail out! no memory\n");
		return EXIT_FAILURE;
	}
	for (i = 0; i < nr; i++)
		chosen += argc < 2 || !strcmp(tests[i].name, argv[1]);
	printf("TAP version 13\n1..%zu\n", chosen);
	for (i = 0; i < nr; i++) {
		int status;

		if (argc >= 2 && strcmp(tests[i].name, argv[1]))
			continue;
		status = run_one(&tests[i], ++run);
		skipped += status == EXIT_SKIP;
		failed += status != EXIT_SUCCESS && status != EXIT_SKIP;
	}
	if (failed || !run)
		return EXIT_FAILURE;
	return skipped == run ? EXIT_SKIP : EXIT_SUCCESS;
}
