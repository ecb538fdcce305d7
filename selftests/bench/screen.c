// SPDX-License-Identifier: GPL-2.0-only
/*
 * Cost of gmemtop's screen: 2,000 VMs with 2 million extents on a terminal, refreshed once a
 * second. Runs gmemtop's own screen in a pseudo terminal, so that curses is included. Prints the
 * CPU use, the memory, and the time from a key to the screen.
 */
#include <math.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "run/options.h"
#include "run/session.h"
#include "screen_source.h"

#define CPU_LIMIT	3.0	/* percent of one core */
#define RSS_LIMIT_MIB	200
#define KEY_LIMIT_MS	50.0
#define WARM_UP		2	/* refreshes before the measurement */

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Resources used from the end of the first refreshes to the last one. */
struct used {
	unsigned long refreshes;
	double cpu_s;
	double wall_s;
};

static struct used *used;
static struct used begin;
static struct gmem_source_ops counted_ops;
static int (*sync_then)(struct gmem_source *s, gmem_record_fn fn, void *ctx);

static double cpu_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int counted_sync(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	struct used now = { used->refreshes + 1, cpu_seconds(), seconds() };

	if (now.refreshes == WARM_UP + 1)
		begin = now;
	*used = (struct used){ now.refreshes, now.cpu_s - begin.cpu_s, now.wall_s - begin.wall_s };
	return sync_then(s, fn, ctx);
}

static int run_gmemtop(const struct screen_opts *so)
{
	char *argv[] = { "gmemtop", "-d1", "--no-config", NULL };
	struct gmem_source *source = screen_source_open(so);
	struct gmem_error e = { 0 };
	struct gmemtop_options o;

	if (!source)
		return GMEM_E_FAILED;
	counted_ops = *source->ops;
	sync_then = counted_ops.sync;
	counted_ops.sync = counted_sync;
	source->ops = &counted_ops;
	gmemtop_parse(&o, 3, argv);
	if (session_show(source, &o, &e))
		return (int)gmem_report("gmemtop", &e);
	gmem_source_close(source);
	return 0;
}

/* Discards output of the terminal. Returns whether there was any within the time. */
static bool drain(int fd, int timeout_ms)
{
	struct pollfd in = { .fd = fd, .events = POLLIN };
	char buf[65536];

	return poll(&in, 1, timeout_ms) > 0 && in.revents & POLLIN && read(fd, buf, sizeof(buf)) > 0;
}

struct latency {
	double wall_ms;
	double cpu_ms;		/* gmemtop's CPU time: latency on an otherwise idle machine */
};

static double cpu_of(clockid_t clock)
{
	struct timespec t = { 0, 0 };

	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct latency key_to_screen(int fd, clockid_t clock, const char *key)
{
	double begin, cpu;

	while (drain(fd, 150))
		;
	cpu = cpu_of(clock);
	begin = seconds();
	if (write(fd, key, strlen(key)) < 0 || !drain(fd, 5000))
		return (struct latency){ INFINITY, INFINITY };
	begin = (seconds() - begin) * 1000;
	while (drain(fd, 20))
		;
	return (struct latency){ begin, (cpu_of(clock) - cpu) * 1000 };
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Keys that redraw the whole screen. */
static const char *const keys[] = { "j", "R", "R", ">", "<", "t", "t", "t", "k", "?", "?" };

#define NR_KEYS	(sizeof(keys) / sizeof(*keys))
#define PRESSES	(3 * NR_KEYS)

/* Returns the 90th percentile of the latency of keys. */
static struct latency press_keys(int fd, pid_t pid)
{
	double wall[PRESSES], cpu[PRESSES];
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock))
		return (struct latency){ INFINITY, INFINITY };
	for (size_t i = 0; i < PRESSES; i++) {
		struct latency l = key_to_screen(fd, clock, keys[i % NR_KEYS]);

		wall[i] = l.wall_ms;
		cpu[i] = l.cpu_ms;
	}
	qsort(wall, PRESSES, sizeof(*wall), compare);
	qsort(cpu, PRESSES, sizeof(*cpu), compare);
	return (struct latency){ wall[PRESSES * 9 / 10], cpu[PRESSES * 9 / 10] };
}

static void watch(int fd, double for_s)
{
	double end = seconds() + for_s;

	while (seconds() < end)
		drain(fd, 100);
}

static int judge(const char *what, double value, double limit, const char *unit)
{
	bool kept = value >= 0 && value < limit;

	printf("%-34s %8.2f %-12s %s %g %s\n", what, value, unit, kept ? "below" : "NOT BELOW", limit,
	       unit);
	return !kept;
}

static unsigned int setting(const char *name, unsigned int otherwise)
{
	const char *s = getenv(name);

	return s && *s ? (unsigned int)strtoul(s, NULL, 10) : otherwise;
}

static int start(const struct screen_opts *so, int *fd)
{
	struct winsize size = { .ws_row = 50, .ws_col = 160 };
	pid_t pid = forkpty(fd, NULL, NULL, &size);

	if (pid)
		return pid;
	setenv("TERM", "xterm-256color", 1);
	_exit(run_gmemtop(so));
}

/* Ends gmemtop with the key that a user would press. */
static int finish(int fd, pid_t pid, struct rusage *ru)
{
	int status;

	if (write(fd, "qq", 2) < 0)
		kill(pid, SIGTERM);
	while (wait4(pid, &status, WNOHANG, ru) == 0)
		drain(fd, 50);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

int main(void)
{
	struct screen_opts so = {
		setting("SCREEN_VMS", 2000), setting("SCREEN_EXTENTS", 1000),
		setting("SCREEN_BUSY", 200), setting("SCREEN_CONVERSIONS", 50),
	};
	struct used at_rest;
	struct rusage ru;
	int fd, status;
	struct latency key;
	pid_t pid;

	used = mmap(NULL, sizeof(*used), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (used == MAP_FAILED)
		return 3;
	pid = start(&so, &fd);
	if (pid < 0)
		return 3;
	watch(fd, setting("SCREEN_SECONDS", 12) + WARM_UP);
	at_rest = *used;
	key = press_keys(fd, pid);
	status = finish(fd, pid, &ru);
	printf("%u VMs, %u extents; in a refresh %u of them convert %u times each\n", so.vms,
	       so.vms * so.extents, so.busy, so.conversions);
	status |= judge("CPU, a refresh a second", 100 * at_rest.cpu_s / at_rest.wall_s, CPU_LIMIT,
			"% of a core");
	status |= judge("memory", (double)ru.ru_maxrss / 1024, RSS_LIMIT_MIB, "MiB");
	status |= judge("key to screen, CPU, 9 of 10", key.cpu_ms, KEY_LIMIT_MS, "ms");
	printf("%-34s %8.2f %s\n", "key to screen, by the clock", key.wall_ms,
	       "ms           whatever else this machine does");
	return status;
}
