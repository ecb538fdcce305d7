/* SPDX-License-Identifier: GPL-2.0-only */
/* Actors: processes and threads that hold descriptors and carry out the plan's orders. */
#ifndef CHAOS_ACTOR_H
#define CHAOS_ACTOR_H

/*
 * Carries out orders from @socket until O_RESIGN or end of file. @thread: end as a thread, not as a
 * process.
 */
__attribute__((noreturn)) void actor_run(int socket, int thread);

#endif
