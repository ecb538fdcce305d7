/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Child for the traced command: forked before privileges are dropped, executed once all is attached. */
#ifndef GMEMTRACE_CHILD_H
#define GMEMTRACE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;	/* 0: none */
	int waits;	/* socket to a child that waits: it reads a byte to go on, and writes errno if exec failed; else -1 */
	int status;	/* from waitpid(), valid once ended */
	bool ended;
};

/* Forks a child that waits for child_run(). Returns 0 or -errno. */
int child_prepare(struct child *c, char **argv);

/* Executes the command. Returns 0 or the -errno of exec. */
int child_run(struct child *c);

/* Returns true if the child ended or there is none; does not wait. */
bool child_ended(struct child *c);

/* Sends SIGTERM to a child that still waits or runs, and reaps it. */
void child_end(struct child *c);

#endif /* GMEMTRACE_CHILD_H */
