/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Ends a program in order when it is told to: SIGINT, SIGTERM, SIGHUP. */
#ifndef GMEM_STOP_H
#define GMEM_STOP_H

#include <stdbool.h>

/* System calls are interrupted, not restarted, so that loops get to look. */
void gmem_stop_on_signals(void);
bool gmem_stopped(void);

/* How often it was told to: somebody may be in a hurry. */
int gmem_stops(void);

#endif /* GMEM_STOP_H */
