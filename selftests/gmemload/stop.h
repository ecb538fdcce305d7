/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owns: SIGINT and SIGTERM of one process, and waiting that they can end. Must not know what is
 * being stopped. The state is per process because signals are.
 */
#ifndef GMEMLOAD_STOP_H
#define GMEMLOAD_STOP_H

#include <stdbool.h>
#include <stdint.h>

/* Takes over the two signals; again after fork(), to be apart from the parent. 0 or -errno. */
int stop_install(void);

/* As if one of the signals had arrived. */
void stop_now(void);

/* One of the signals has arrived. */
bool stop_requested(void);

/* Readable once one of them has arrived; for poll(). */
int stop_fd(void);

uint64_t monotonic_ns(void);

/* Sleeps until that time, or until soon after a stop. */
void sleep_until(uint64_t monotonic_ns);

#endif
