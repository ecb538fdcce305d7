// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/child.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs in the child: waits for a byte from the parent, then executes the command. */
static void become(char **argv, int parent)
{
	char byte;
	int err;

	if (read(parent, &byte, 1) != 1)
		_exit(127);	/* the parent closed its end */
	execvp(argv[0], argv);
	err = errno;
	if (write(parent, &err, sizeof(err)) != sizeof(err))
		_exit(126);
	_exit(127);
}

int child_prepare(struct child *c, char **argv)
{
	int ends[2], err;

	*c = (struct child){ .waits = -1 };
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return -errno;
	c->pid = fork();
	err = -errno;
	if (!c->pid) {
		close(ends[0]);
		become(argv, ends[1]);
	}
	close(ends[1]);
	c->waits = ends[0];
	if (c->pid > 0)
		return 0;
	c->pid = 0;
	child_end(c);
	return err;
}

int child_run(struct child *c)
{
	int err = 0;
	ssize_t n;

	if (send(c->waits, "g", 1, MSG_NOSIGNAL) != 1)
		return -errno;
	/* exec closes the child's end: end of file is success. */
	do
		n = read(c->waits, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
	close(c->waits);
	c->waits = -1;
	return n == sizeof(err) ? -err : 0;
}

bool child_ended(struct child *c)
{
	if (c->pid && !c->ended && waitpid(c->pid, &c->status, WNOHANG) == c->pid)
		c->ended = true;
	return !c->pid || c->ended;
}

void child_end(struct child *c)
{
	if (c->waits >= 0)
		close(c->waits);
	c->waits = -1;
	if (!c->pid || child_ended(c))
		return;
	kill(c->pid, SIGTERM);
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
	c->ended = true;
}
