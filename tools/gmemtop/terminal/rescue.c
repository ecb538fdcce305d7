// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "terminal/rescue.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define KEPT_BYTES	(256 << 10)
#define STACK_BYTES	(64 << 10)

/* State for the signal handler, which calls only async-signal-safe functions. */
static struct {
	volatile sig_atomic_t active;
	int terminal;
	bool has_modes;
	struct termios modes;
	char reset[256];
	size_t reset_len;
	int real_stderr;	/* -1: not captured */
	int captured;
} rescue = { .real_stderr = -1, .captured = -1 };

static const int crashes[] = {
	SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGSYS, SIGTRAP, SIGQUIT,
};

#define NR_CRASHES (sizeof(crashes) / sizeof(*crashes))

static void write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t done = write(fd, p, n);

		if (done <= 0)
			return;
		p += done;
		n -= done;
	}
}

/* Restores stderr, and writes the captured messages to it. */
static void release_stderr(void)
{
	char buf[4096];
	ssize_t n;

	if (rescue.real_stderr < 0)
		return;
	dup2(rescue.real_stderr, STDERR_FILENO);
	for (off_t at = 0; (n = pread(rescue.captured, buf, sizeof(buf), at)) > 0; at += n)
		write_all(STDERR_FILENO, buf, n);
}

static void on_crash(int sig)
{
	if (rescue.active) {
		rescue.active = 0;
		write_all(rescue.terminal, rescue.reset, rescue.reset_len);
		if (rescue.has_modes)
			tcsetattr(rescue.terminal, TCSANOW, &rescue.modes);
		release_stderr();
	}
	/* SA_RESETHAND: the default action follows, with its core dump. */
	raise(sig);
}

/* The handler of a stack overflow needs a stack of its own. */
static void use_other_stack(void)
{
	stack_t stack = { .ss_size = STACK_BYTES, .ss_sp = malloc(STACK_BYTES) };

	if (stack.ss_sp && sigaltstack(&stack, NULL))
		free(stack.ss_sp);
}

static void catch_crashes(void)
{
	struct sigaction sa = {
		.sa_handler = on_crash,
		.sa_flags = SA_RESETHAND | SA_NODEFER | SA_ONSTACK,
	};

	use_other_stack();
	for (size_t i = 0; i < NR_CRASHES; i++)
		sigaction(crashes[i], &sa, NULL);
}

static void capture_stderr(void)
{
	/* Output to a file or a pipe does not disturb the screen. */
	if (!isatty(STDERR_FILENO))
		return;
	fflush(stderr);
	rescue.captured = memfd_create("stderr", MFD_CLOEXEC);
	rescue.real_stderr = dup(STDERR_FILENO);
	if (rescue.captured < 0 || rescue.real_stderr < 0 ||
	    dup2(rescue.captured, STDERR_FILENO) < 0) {
		close(rescue.captured);
		close(rescue.real_stderr);
		rescue.captured = rescue.real_stderr = -1;
	}
}

void rescue_begin(int terminal_fd, const char *reset)
{
	rescue.terminal = terminal_fd;
	rescue.has_modes = !tcgetattr(terminal_fd, &rescue.modes);
	snprintf(rescue.reset, sizeof(rescue.reset), "%s", reset);
	rescue.reset_len = strlen(rescue.reset);
	capture_stderr();
	rescue.active = 1;
	catch_crashes();
}

void rescue_trim(void)
{
	struct stat st;

	if (rescue.captured < 0 || fstat(rescue.captured, &st) || st.st_size <= KEPT_BYTES)
		return;
	/* Keep the first messages: later ones often follow from them. */
	if (!ftruncate(rescue.captured, KEPT_BYTES))
		lseek(rescue.captured, KEPT_BYTES, SEEK_SET);
}

void rescue_end(void)
{
	if (!rescue.active)
		return;
	rescue.active = 0;
	for (size_t i = 0; i < NR_CRASHES; i++)
		signal(crashes[i], SIG_DFL);
	fflush(stderr);
	release_stderr();
	if (rescue.captured >= 0) {
		close(rescue.captured);
		close(rescue.real_stderr);
		rescue.captured = rescue.real_stderr = -1;
	}
}
