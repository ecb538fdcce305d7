// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "ui/filter.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COPIES_MAX 1000

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
	char number[24];

	if (!f->compiled && !f->literal[0])
		return true;
	if (text_matches(f, vm->name) || text_matches(f, vm->comm) || text_matches(f, vm->cgroup))
		return true;
	snprintf(number, sizeof(number), "%llu", (unsigned long long)vm->id);
	if (text_matches(f, number))
		return true;
	snprintf(number, sizeof(number), "%u", vm->pid);
	return text_matches(f, number);
}
