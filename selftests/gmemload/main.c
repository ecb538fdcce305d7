// SPDX-License-Identifier: GPL-2.0-only
/* Command line: checks, output, exit status. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "fleet.h"
#include "kvm.h"
#include "ledger.h"
#include "options.h"
#include "stop.h"

struct session {
	struct options options;
	int ledger_fd;			/* -1: no ledger requested */
	struct result *results;
	struct fleet *fleet;
	struct failure failure;
};

static bool ledger_on_stdout(const struct options *options)
{
	return options->ledger && !strcmp(options->ledger, "-");
}

/* Opens the ledger before the work, which may take hours. */
static int open_ledger(struct session *s)
{
	s->ledger_fd = -1;
	if (!s->options.ledger)
		return 0;
	if (ledger_on_stdout(&s->options))
		s->ledger_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	else
		s->ledger_fd = open(s->options.ledger, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
				    0644);
	if (s->ledger_fd >= 0)
		return 0;
	return fail(&s->failure, EXIT_FAILED, "Give --ledger a file that can be written.",
		    "cannot open the ledger %s: %s", s->options.ledger, strerror(errno));
}

static int write_ledger(struct session *s)
{
	struct json_object *ledger = ledger_new(&s->options);
	unsigned int i;
	int r;

	for (i = 0; i < s->options.vms; i++)
		ledger_add_vm(ledger, s->results[i].ledger);
	r = s->ledger_fd < 0 ? 0 : ledger_write(ledger, s->ledger_fd);
	if (s->ledger_fd >= 0 && close(s->ledger_fd) && !r)
		r = -errno;
	ledger_free(ledger);
	if (!r)
		return 0;
	return fail(&s->failure, EXIT_FAILED, "Make room for it, or give --ledger another file.",
		    "cannot write the ledger %s: %s", s->options.ledger, strerror(-r));
}

static struct conversion_count converted(const struct counters *counters, enum page_side side)
{
	struct conversion_count sum = { 0 };
	enum origin origin;

	for (origin = ORIGIN_HYPERCALL; origin < NR_ORIGINS; origin++)
		conversion_count_add(&sum, &counters->conversions[origin][side]);
	return sum;
}

static void print_summary(const struct session *s, const struct counters *counters)
{
	struct conversion_count to_private = converted(counters, SIDE_PRIVATE);
	struct conversion_count to_shared = converted(counters, SIDE_SHARED);
	uint64_t unchanged = to_private.unchanged_count + to_shared.unchanged_count;
	uint64_t conversions = to_private.count + to_shared.count + unchanged;
	double seconds = 0;
	unsigned int i;

	for (i = 0; i < s->options.vms; i++)
		if (s->results[i].elapsed_ns / 1e9 > seconds)
			seconds = s->results[i].elapsed_ns / 1e9;
	fprintf(ledger_on_stdout(&s->options) ? stderr : stdout,
		"gmemload: %u VMs, %" PRIu64 " conversions (%" PRIu64 " to private, %" PRIu64
		" to shared, %" PRIu64 " changed nothing, %" PRIu64 " failed)\n"
		"gmemload: %.1f MiB in %.2f s, %.0f conversions per second\n"
		"gmemload: %" PRIu64 " pages verified, %s\n",
		s->options.vms, conversions, to_private.count, to_shared.count, unchanged,
		counters->failed_conversions,
		(to_private.bytes + to_shared.bytes) / 1048576.0, seconds,
		seconds > 0 ? conversions / seconds : 0.0, counters->verified_pages,
		counters->verify_failures ? "NOT ok" : "ok");
}

/* Waits for the end of stdin or for a stop. */
static void hold(void)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = stop_fd(), .events = POLLIN },
	};
	char discarded[4096];

	puts("gmemload: holding");
	fflush(stdout);
	for (;;) {
		ssize_t n = 1;

		if (poll(fds, 2, -1) < 0) {
			if (errno == EINTR)
				continue;
			return;
		}
		if (fds[1].revents)
			return;
		if (fds[0].revents)
			n = read(STDIN_FILENO, discarded, sizeof(discarded));
		if (!n || (n < 0 && errno != EINTR && errno != EAGAIN))
			return;
	}
}

/* Fails the run if content was wrong or conversions failed, although every VM has done its work. */
static int judge(struct session *s, const struct counters *counters)
{
	unsigned int i;

	for (i = 0; i < s->options.vms; i++) {
		if (s->results[i].verification.code == EXIT_OK)
			continue;
		s->failure = s->results[i].verification;
		return -1;
	}
	if (counters->failed_conversions)
		return fail(&s->failure, EXIT_FAILED,
			    "See the kernel log; usually memory or a memory cgroup is too small.",
			    "cannot complete %" PRIu64 " conversions: the ioctl failed",
			    counters->failed_conversions);
	return 0;
}

static int finish(struct session *s)
{
	struct counters counters = { 0 };
	unsigned int i;
	int r;

	for (i = 0; i < s->options.vms; i++)
		counters_add(&counters, &s->results[i].counters);
	if (write_ledger(s))
		return -1;
	if (!s->options.quiet)
		print_summary(s, &counters);
	r = judge(s, &counters);
	if (r)
		fail_print(&s->failure);
	if (s->options.hold)
		hold();
	return 0;
}

static int prepare(struct session *s)
{
	int kvm_fd, r;

	kvm_fd = kvm_open(&s->failure);
	if (kvm_fd < 0 || open_ledger(s))
		return -1;
	r = stop_install();
	if (r)
		return fail(&s->failure, EXIT_FAILED, "See the message for the reason.",
			    "cannot handle signals: %s", strerror(-r));
	s->results = calloc(s->options.vms, sizeof(*s->results));
	if (!s->results)
		return fail(&s->failure, EXIT_FAILED, "Free some memory.",
			    "cannot allocate the results: %s", strerror(ENOMEM));
	prctl(PR_SET_NAME, s->options.name);
	s->fleet = fleet_run(&s->options, kvm_fd, s->results, &s->failure);
	return s->fleet ? 0 : -1;
}

int main(int argc, char **argv)
{
	static struct session session;

	options_parse(&session.options, argc, argv);
	if (prepare(&session) || finish(&session))
		fail_print(&session.failure);
	if (session.fleet)
		fleet_end(session.fleet);
	free(session.results);
	return session.failure.code;
}
