/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* A line of text that the user types, in the last line of the screen. Takes all keys. */
#ifndef GMEMTOP_PROMPT_H
#define GMEMTOP_PROMPT_H

#include <stdbool.h>
#include <stddef.h>

#define PROMPT_LEN 128

struct ui;

struct prompt {
	bool active;
	const char *label;
	char text[PROMPT_LEN];		/* UTF-8 */
	char before[PROMPT_LEN];	/* what Esc goes back to */
	/* After every key; done: it is the last, and the prompt is gone. Returns enum ui_action bits. */
	int (*changed)(struct ui *ui, const char *text, bool done);
};

void prompt_open(struct prompt *p, const char *label, const char *text,
		 int (*changed)(struct ui *ui, const char *text, bool done));

/* Enter ends it, Esc ends it with what was there before, ^U empties it. enum ui_action bits. */
int prompt_key(struct prompt *p, struct ui *ui, int key);

#endif /* GMEMTOP_PROMPT_H */
