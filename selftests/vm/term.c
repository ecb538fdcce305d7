// SPDX-License-Identifier: GPL-2.0-only
/* The caller's terminal: raw for the guest, then restored. */
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "term.h"

void term_raw(struct term *t)
{
	struct termios raw;

	/*
	 * Called again after a stop, when the shell may have changed the settings: keep those saved
	 * first.
	 */
	if (!t->raw && tcgetattr(STDIN_FILENO, &t->before))
		return;
	raw = t->before;
	cfmakeraw(&raw);
	if (!tcsetattr(STDIN_FILENO, TCSANOW, &raw))
		t->raw = true;
}

void term_restore(struct term *t)
{
	if (t->raw)
		tcsetattr(STDIN_FILENO, TCSANOW, &t->before);
	t->raw = false;
}

void term_size(struct frame_winsz *w)
{
	struct winsize ws;

	memset(w, 0, sizeof(*w));
	if (ioctl(STDIN_FILENO, TIOCGWINSZ, &ws))
		return;
	w->rows = ws.ws_row;
	w->cols = ws.ws_col;
	w->xpixel = ws.ws_xpixel;
	w->ypixel = ws.ws_ypixel;
}
