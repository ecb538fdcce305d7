/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Puts the terminal back if the program crashes, and keeps what libraries write
 * to stderr off the screen until it is over. Must not know curses: its functions
 * may not be called from a signal handler. One at a time: signals are global.
 */
#ifndef GMEMTOP_RESCUE_H
#define GMEMTOP_RESCUE_H

/* Call it with the terminal as it is to be put back; reset: what to write to it then. */
void rescue_begin(int terminal_fd, const char *reset);

/* After the screen was left in order: stderr is itself again, and told what it missed. */
void rescue_end(void);

/* What stderr missed is kept up to a limit: to be called now and then. */
void rescue_trim(void);

#endif /* GMEMTOP_RESCUE_H */
