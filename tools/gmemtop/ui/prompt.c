// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "ui/prompt.h"

#include <stdio.h>
#include <string.h>

#include "terminal/canvas.h"
#include "ui/ui.h"

#define CTRL_U	21
#define CTRL_W	23

void prompt_open(struct prompt *p, const char *label, const char *text,
		 int (*changed)(struct ui *ui, const char *text, bool done))
{
	*p = (struct prompt){ .active = true, .label = label, .changed = changed };
	snprintf(p->text, sizeof(p->text), "%s", text);
	snprintf(p->before, sizeof(p->before), "%s", text);
}

static void add_char(struct prompt *p, uint32_t ch)
{
	size_t n = strlen(p->text);
	char utf8[5] = "";

	canvas_encode(utf8, ch);
	if (n + strlen(utf8) < sizeof(p->text))
		strcat(p->text, utf8);
}

static void del_char(struct prompt *p)
{
	size_t n = strlen(p->text);

	while (n && ((unsigned char)p->text[--n] & 0xc0) == 0x80)
		;
	p->text[n] = '\0';
}

static void del_word(struct prompt *p)
{
	while (*p->text && p->text[strlen(p->text) - 1] == ' ')
		del_char(p);
	while (*p->text && p->text[strlen(p->text) - 1] != ' ')
		del_char(p);
}

int prompt_key(struct prompt *p, struct ui *ui, int key)
{
	bool done = key == UI_KEY_ENTER || key == UI_KEY_ESC;

	if (key == UI_KEY_ESC)
		memcpy(p->text, p->before, sizeof(p->text));
	else if (key == UI_KEY_BACKSPACE)
		del_char(p);
	else if (key == CTRL_U)
		p->text[0] = '\0';
	else if (key == CTRL_W)
		del_word(p);
	else if (key >= ' ' && key < 0x110000)
		add_char(p, (uint32_t)key);
	else if (!done)
		return UI_NOTHING;
	p->active = !done;
	return p->changed(ui, p->text, done);
}
