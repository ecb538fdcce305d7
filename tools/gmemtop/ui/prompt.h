/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Text input in the last line of the screen. While active, it receives all keys. */
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
	char before[PROMPT_LEN];	/* text that Esc restores */
	/* Called after every key; done: the prompt has ended. Returns enum ui_action bits. */
	int (*changed)(struct ui *ui, const char *text, bool done);
};

void prompt_open(struct prompt *p, const char *label, const char *text,
		 int (*changed)(struct ui *ui, const char *text, bool done));

/*
 * Handles a key: Enter ends the prompt, Esc ends it and restores the text before, ^U clears the
 * text, ^W deletes a word. Returns enum ui_action bits.
 */
int prompt_key(struct prompt *p, struct ui *ui, int key);

#endif /* GMEMTOP_PROMPT_H */
