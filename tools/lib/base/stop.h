/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Orderly end of a program on SIGINT, SIGTERM and SIGHUP. */
#ifndef GMEM_STOP_H
#define GMEM_STOP_H

#include <stdbool.h>

/* Counts these signals from now on. System calls are interrupted, not restarted, so that loops can check. */
void gmem_stop_on_signals(void);
bool gmem_stopped(void);

/* Returns how many signals came: at the second one a program ends at once. */
int gmem_stops(void);

#endif /* GMEM_STOP_H */
