// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "ui/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "terminal/canvas.h"
#include "terminal/display.h"

#define COPIES_MAX 1000

#define CTRL_U	21
#define CTRL_W	23

void filter_free(struct filter *f)
{
	if (f->compiled)
		regfree(&f->re);
	memset(f, 0, sizeof(*f));
}

static void use_nothing(struct filter *f)
{
	if (f->compiled)
		regfree(&f->re);
	f->compiled = false;
	f->literal[0] = '\0';
}

/*
 * True for expressions on which regcomp() or regexec() may take seconds or gigabytes: back
 * references, and nested repeats. They count as invalid.
 */
static bool is_costly(const char *text)
{
	unsigned long copies = 1;

	for (const char *p = text; *p; p++) {
		if (*p == '\\' && p[1] >= '1' && p[1] <= '9')
			return true;
		if (*p == '\\' && p[1])
			p++;
		else if (*p == '{') {
			unsigned long first = strtoul(p + 1, NULL, 10);
			const char *comma = strchr(p, ',');
			unsigned long last = comma ? strtoul(comma + 1, NULL, 10) : 0;

			copies *= 1 + (first > last ? first : last);
			if (copies > COPIES_MAX)
				return true;
		}
	}
	return false;
}

bool filter_set(struct filter *f, const char *text, bool final)
{
	regex_t re;
	int err;

	snprintf(f->text, sizeof(f->text), "%s", text);
	f->doubtful = false;
	if (!*text) {
		use_nothing(f);
		return true;
	}
	err = is_costly(f->text) ? REG_BADRPT :
	      regcomp(&re, f->text, REG_EXTENDED | REG_ICASE | REG_NOSUB);
	if (err == REG_ESPACE)
		return false;
	if (!err) {
		use_nothing(f);
		f->re = re;
		f->compiled = true;
		return true;
	}
	f->doubtful = !final;
	if (final || (!f->compiled && !f->literal[0])) {
		use_nothing(f);
		memcpy(f->literal, f->text, sizeof(f->literal));
	}
	return true;
}

static bool text_matches(const struct filter *f, const char *text)
{
	if (f->literal[0])
		return strcasestr(text, f->literal);
	return !regexec(&f->re, text, 0, NULL, 0);
}

bool filter_matches(const struct filter *f, const struct gmem_vm *vm)
{
	char id[24], pid[24];

	if (!f->compiled && !f->literal[0])
		return true;
	snprintf(id, sizeof(id), "%llu", (unsigned long long)vm->id);
	snprintf(pid, sizeof(pid), "%u", vm->pid);
	return text_matches(f, vm->name) || text_matches(f, vm->comm) || text_matches(f, vm->cgroup) ||
	       text_matches(f, id) || text_matches(f, pid);
}

void prompt_open(struct prompt *p, const struct filter *f)
{
	*p = (struct prompt){ .active = true };
	memcpy(p->before, f->text, sizeof(p->before));
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

bool prompt_key(struct prompt *p, struct filter *f, int key)
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
		return false;
	p->active = !done;
	return filter_set(f, p->text, done);
}
