/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A command that is watched: made before privileges are given up, and run when all is attached. */
#ifndef GMEMTRACE_CHILD_H
#define GMEMTRACE_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

struct child {
	pid_t pid;	/* 0: there is none */
	int go;		/* pipe to it: -1 once it runs */
	int failed;	/* pipe from it: errno of exec */
	int status;	/* of waitpid(), once it ended */
	bool ended;
};

/* It waits. 0 or -errno. */
int child_prepare(struct child *c, char **argv);

/* It runs. 0, or -errno of what kept it from that. */
int child_run(struct child *c);

/* Has it ended? Does not wait. */
bool child_ended(struct child *c);

/* Ends what still waits or runs, and waits for it. */
void child_end(struct child *c);

#endif /* GMEMTRACE_CHILD_H */
