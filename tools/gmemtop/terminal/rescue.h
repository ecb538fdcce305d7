/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Restore of the terminal if the program crashes, and capture of what libraries write to stderr
 * while the screen is up. Must not use curses, which is not async-signal-safe. Only one can be
 * active: signals are global.
 */
#ifndef GMEMTOP_RESCUE_H
#define GMEMTOP_RESCUE_H

/* Saves the terminal's current modes for the restore; reset: string that then is written to it. */
void rescue_begin(int terminal_fd, const char *reset);

/* Ends the rescue after the screen has been left: restores stderr and writes what was captured. */
void rescue_end(void);

/* Limits the captured output; call it regularly. */
void rescue_trim(void);

#endif /* GMEMTOP_RESCUE_H */
