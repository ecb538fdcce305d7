// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Runs in the child: waits for a byte from the parent, then executes the command. */
static void become(char **argv, int go, int failed)
{
	char byte;
	int err;

	if (read(go, &byte, 1) != 1)
		_exit(127);	/* the parent closed the pipe */
	execvp(argv[0], argv);
	err = errno;
	if (write(failed, &err, sizeof(err)) != sizeof(err))
		_exit(126);
	_exit(127);
}

int child_prepare(struct child *c, char **argv)
{
	int go[2], failed[2], err;

	*c = (struct child){ .go = -1, .failed = -1 };
	if (pipe2(go, O_CLOEXEC))
		return -errno;
	if (pipe2(failed, O_CLOEXEC)) {
		err = -errno;
		close(go[0]);
		close(go[1]);
		return err;
	}
	c->pid = fork();
	if (!c->pid) {
		close(go[1]);
		close(failed[0]);
		become(argv, go[0], failed[1]);
	}
	err = -errno;
	close(go[0]);
	close(failed[1]);
	c->go = go[1];
	c->failed = failed[0];
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

	if (write(c->go, "g", 1) != 1)
		return -errno;
	close(c->go);
	c->go = -1;
	/* exec closes the pipe: end of file is success. */
	do
		n = read(c->failed, &err, sizeof(err));
	while (n < 0 && errno == EINTR);
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
	if (c->go >= 0)
		close(c->go);
	if (c->failed >= 0)
		close(c->failed);
	c->go = c->failed = -1;
	if (!c->pid || child_ended(c))
		return;
	kill(c->pid, SIGTERM);
	while (waitpid(c->pid, &c->status, 0) < 0 && errno == EINTR)
		;
	c->ended = true;
}
