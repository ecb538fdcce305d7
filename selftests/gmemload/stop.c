// SPDX-License-Identifier: GPL-2.0-only
/* Handlers of SIGINT and SIGTERM. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "stop.h"

#define NSEC_PER_SEC 1000000000ULL
#define SLICE_NS 20000000ULL

static struct {
	atomic_bool requested;
	int pipe[2];
} stop = { .pipe = { -1, -1 } };

void stop_now(void)
{
	int saved = errno;

	atomic_store(&stop.requested, true);
	/* A full pipe will do: it is readable. */
	if (write(stop.pipe[1], "", 1) < 0)
		errno = saved;
}

static void on_signal(int signo)
{
	(void)signo;
	stop_now();
}

int stop_install(void)
{
	struct sigaction action = { .sa_handler = on_signal };
	int old[2] = { stop.pipe[0], stop.pipe[1] };
	int fresh[2];

	if (pipe2(fresh, O_CLOEXEC | O_NONBLOCK))
		return -errno;
	stop.pipe[0] = fresh[0];
	stop.pipe[1] = fresh[1];
	if (old[0] >= 0) {
		close(old[0]);
		close(old[1]);
	}
	/* A stop that came before the fork counts for both processes. */
	if (stop_requested())
		stop_now();
	if (sigaction(SIGINT, &action, NULL) || sigaction(SIGTERM, &action, NULL))
		return -errno;
	return 0;
}

bool stop_requested(void)
{
	return atomic_load_explicit(&stop.requested, memory_order_relaxed);
}

int stop_fd(void)
{
	return stop.pipe[0];
}

uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NSEC_PER_SEC + now.tv_nsec;
}

void sleep_until(uint64_t end_ns)
{
	/* Sleep in slices: the signal may be delivered to another thread. */
	while (!stop_requested()) {
		uint64_t now = monotonic_ns();
		uint64_t until = end_ns < now + SLICE_NS ? end_ns : now + SLICE_NS;
		struct timespec at = {
			.tv_sec = until / NSEC_PER_SEC,
			.tv_nsec = until % NSEC_PER_SEC,
		};

		if (now >= end_ns)
			return;
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL);
	}
}
