/* SPDX-License-Identifier: GPL-2.0-only */
/* The caller's terminal: raw for the guest, then restored. */
#ifndef GMEM_VM_TERM_H
#define GMEM_VM_TERM_H

#include <stdbool.h>
#include <termios.h>

#include "frame.h"

struct term {
	bool raw;
	struct termios before;
};

void term_raw(struct term *t);
void term_restore(struct term *t);
void term_size(struct frame_winsz *w);

#endif
