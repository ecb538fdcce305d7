// SPDX-License-Identifier: GPL-2.0-only
/*
 * A process per VM, and the report it sends over its socket.
 *
 * A member reports once, when its work is done; then it keeps its VM until the socket closes or a
 * signal ends it.
 */
#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fleet_kinds.h"
#include "ledger.h"
#include "stop.h"

struct member {
	pid_t pid;
	int socket;
	bool reported;
};

/* Message on the socket; the VM's part of the ledger follows as text. */
struct report {
	struct failure failure;		/* if set, the other fields are empty */
	struct failure verification;
	struct counters counters;
	uint64_t elapsed_ns;
	uint64_t ledger_size;
};

static bool send_all(int fd, const void *data, size_t size)
{
	while (size) {
		ssize_t n = send(fd, data, size, MSG_NOSIGNAL);

		if (n < 0 && errno != EINTR)
			return false;
		data = (const char *)data + (n < 0 ? 0 : n);
		size -= n < 0 ? 0 : n;
	}
	return true;
}

static bool receive_all(int fd, void *data, size_t size)
{
	while (size) {
		ssize_t n = recv(fd, data, size, 0);

		if (!n || (n < 0 && errno != EINTR))
			return false;
		data = (char *)data + (n < 0 ? 0 : n);
		size -= n < 0 ? 0 : n;
	}
	return true;
}

static bool send_report(int fd, const struct runner *runner)
{
	struct json_object *ledger = ledger_vm(runner);
	const char *text = json_object_to_json_string_ext(ledger, JSON_C_TO_STRING_PLAIN);
	struct report report = {
		.verification = runner->verification,
		.counters = runner->counters,
		.elapsed_ns = runner->vm.elapsed_ns,
		.ledger_size = strlen(text),
	};
	bool sent = send_all(fd, &report, sizeof(report)) &&
		    send_all(fd, text, report.ledger_size);

	json_object_put(ledger);
	return sent;
}

static void hold(int socket)
{
	struct pollfd fds[] = {
		{ .fd = socket, .events = POLLIN },
		{ .fd = stop_fd(), .events = POLLIN },
	};

	/*
	 * After the report, only the end of the socket can arrive. A stop that came during the run
	 * does not count.
	 */
	while (poll(fds, stop_requested() ? 1 : 2, -1) < 0 && errno == EINTR)
		;
}

static int member_main(const struct options *options, unsigned int index, int kvm_fd, int socket)
{
	struct report report = { 0 };
	struct runner runner;
	int r;

	r = stop_install();
	if (r)
		fail(&report.failure, EXIT_FAILED, "See the message for the reason.",
		     "cannot handle signals: %s", strerror(-r));
	if (r || runner_create(&runner, options, index, kvm_fd, &report.failure) ||
	    runner_run(&runner, &report.failure)) {
		send_all(socket, &report, sizeof(report));
		return report.failure.code;
	}
	if (send_report(socket, &runner))
		hold(socket);
	runner_destroy(&runner);
	return EXIT_OK;
}

static void set_name(const struct options *options, unsigned int index)
{
	char name[16];

	snprintf(name, sizeof(name), "%s-%u", options->name, index);
	prctl(PR_SET_NAME, name);
}

static int start_member(struct process_fleet *fleet, const struct options *options, int kvm_fd,
			struct failure *failure)
{
	unsigned int index = fleet->nr;
	pid_t parent = getpid();
	int sockets[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets))
		return fail(failure, EXIT_FAILED, "Raise the limit of open files (ulimit -n).",
			    "cannot make a socket for vm %u: %s", index, strerror(errno));
	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		close(sockets[0]);
		close(sockets[1]);
		return fail(failure, EXIT_FAILED, "Ask for fewer --vms.",
			    "cannot start a process for vm %u: %s", index, strerror(errno));
	}
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(EXIT_FAILED);
		/* Drop inherited sockets, which must close when the parent closes them. */
		while (fleet->nr)
			close(fleet->members[--fleet->nr].socket);
		close(sockets[0]);
		set_name(options, index);
		_exit(member_main(options, index, kvm_fd, sockets[1]));
	}
	close(sockets[1]);
	fleet->members[fleet->nr++] = (struct member){ .pid = pid, .socket = sockets[0] };
	return 0;
}

static void signal_members(const struct process_fleet *fleet)
{
	unsigned int i;

	for (i = 0; i < fleet->nr; i++)
		kill(fleet->members[i].pid, SIGTERM);
}

static int member_died(const struct member *member, unsigned int index, struct failure *failure)
{
	siginfo_t info = { 0 };

	/* Not reaped yet: the PID stays reserved until the end. */
	waitid(P_PID, member->pid, &info, WEXITED | WNOWAIT);
	return fail(failure, EXIT_FAILED,
		    "See the kernel log; if it ran out of memory, ask for less.",
		    "cannot run vm %u: its process %s %d without a report", index,
		    info.si_code == CLD_EXITED ? "ended with status" : "was ended by signal",
		    info.si_status);
}

static struct json_object *receive_ledger(int fd, uint64_t size)
{
	struct json_object *ledger = NULL;
	char *text = malloc(size + 1);

	if (text && receive_all(fd, text, size)) {
		text[size] = '\0';
		ledger = json_tokener_parse(text);
	}
	free(text);
	return ledger;
}

static int take_report(struct member *member, unsigned int index, struct result *result,
		       struct failure *failure)
{
	struct report report;

	member->reported = true;
	if (!receive_all(member->socket, &report, sizeof(report)))
		return member_died(member, index, failure);
	if (report.failure.code != EXIT_OK) {
		*failure = report.failure;
		return -1;
	}
	*result = (struct result){
		.counters = report.counters,
		.elapsed_ns = report.elapsed_ns,
		.verification = report.verification,
		.ledger = receive_ledger(member->socket, report.ledger_size),
	};
	return result->ledger ? 0 : member_died(member, index, failure);
}

/* Waits for a report or a stop; fds[0] is the stop. */
static void wait_for_event(const struct process_fleet *fleet, struct pollfd *fds)
{
	unsigned int i;

	/* Members that were asked to stop need no second signal. */
	fds[0] = (struct pollfd){ .fd = stop_requested() ? -1 : stop_fd(), .events = POLLIN };
	for (i = 0; i < fleet->nr; i++) {
		const struct member *member = &fleet->members[i];

		fds[i + 1] = (struct pollfd){
			.fd = member->reported ? -1 : member->socket,
			.events = POLLIN,
		};
	}
	while (poll(fds, fleet->nr + 1, -1) < 0 && errno == EINTR)
		;
}

static int take_reports(struct process_fleet *fleet, struct result *results,
			struct failure *failure)
{
	struct pollfd *fds = calloc(fleet->nr + 1, sizeof(*fds));
	unsigned int left = fleet->nr;
	bool forwarded = false;
	unsigned int i;
	int r = 0;

	if (!fds)
		return fail(failure, EXIT_FAILED, "Free some memory.",
			    "cannot wait for the VMs: %s", strerror(ENOMEM));
	while (!r && left) {
		wait_for_event(fleet, fds);
		if (stop_requested() && !forwarded) {
			signal_members(fleet);
			forwarded = true;
		}
		for (i = 0; !r && i < fleet->nr; i++) {
			if (!fds[i + 1].revents)
				continue;
			r = take_report(&fleet->members[i], i, &results[i], failure);
			left--;
		}
	}
	free(fds);
	return r;
}

int process_fleet_run(struct process_fleet *fleet, const struct options *options, int kvm_fd,
		      struct result *results, struct failure *failure)
{
	int r = 0;

	fleet->members = calloc(options->vms, sizeof(*fleet->members));
	if (!fleet->members)
		return fail(failure, EXIT_FAILED, "Free some memory.",
			    "cannot allocate the VMs: %s", strerror(ENOMEM));
	while (!r && fleet->nr < options->vms)
		r = start_member(fleet, options, kvm_fd, failure);
	if (!r)
		r = take_reports(fleet, results, failure);
	if (r)
		signal_members(fleet);
	return r;
}

void process_fleet_end(struct process_fleet *fleet)
{
	unsigned int i;

	for (i = 0; i < fleet->nr; i++)
		close(fleet->members[i].socket);
	for (i = 0; i < fleet->nr; i++)
		while (waitpid(fleet->members[i].pid, NULL, 0) < 0 && errno == EINTR)
			;
	free(fleet->members);
}
