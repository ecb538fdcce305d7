/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * SIGINT and SIGTERM of one process, and sleeps that they end. The state is per process because
 * signals are.
 */
#ifndef GMEMLOAD_STOP_H
#define GMEMLOAD_STOP_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Takes over the two signals. Call it again after fork() to be independent of the parent. Returns 0
 * or -errno.
 */
int stop_install(void);

/* Acts as if one of the signals had arrived. */
void stop_now(void);

/* Returns whether one of the signals has arrived. */
bool stop_requested(void);

/* Returns a descriptor for poll() that is readable once one of them has arrived. */
int stop_fd(void);

uint64_t monotonic_ns(void);

/* Sleeps until @monotonic_ns, or until soon after a stop. */
void sleep_until(uint64_t monotonic_ns);

#endif
