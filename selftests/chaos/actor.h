/* SPDX-License-Identifier: GPL-2.0-only */
/* Actors: who has descriptors, and does what the plan orders. They know nothing of the plan. */
#ifndef CHAOS_ACTOR_H
#define CHAOS_ACTOR_H

/* Does what comes from @socket, until O_RESIGN or the end of it. @thread: ends as a thread, not as a process. */
__attribute__((noreturn)) void actor_run(int socket, int thread);

#endif
