/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Filter of VMs: shows those whose name, command, cgroup, number or pid matches a regular
 * expression, ignoring case.
 */
#ifndef GMEMTOP_FILTER_H
#define GMEMTOP_FILTER_H

#include <regex.h>
#include <stdbool.h>

#include "model/model.h"

#define FILTER_LEN 128

/* All zero matches everything. */
struct filter {
	char text[FILTER_LEN];	/* as typed */
	char literal[FILTER_LEN];	/* searched for verbatim; "": re is used */
	regex_t re;
	bool compiled;
	bool doubtful;		/* text is not a valid expression (yet), so not what is used */
};

/*
 * Sets the filter. An invalid regular expression leaves the previous one in use during typing,
 * and is searched for verbatim once final. Returns false if out of memory.
 */
bool filter_set(struct filter *f, const char *text, bool final);
void filter_free(struct filter *f);

bool filter_matches(const struct filter *f, const struct gmem_vm *vm);

/* Input of the filter in the last line of the screen. While active, it receives all keys. */
struct prompt {
	bool active;
	char text[FILTER_LEN];		/* UTF-8 */
	char before[FILTER_LEN];	/* text that Esc restores */
};

/* Same as less and vi: starts with an empty text. */
void prompt_open(struct prompt *p, const struct filter *f);

/*
 * Handles a key: Enter ends the prompt, Esc ends it and restores the text before, ^U clears the
 * text, ^W deletes a word. Sets the filter. Returns false if the key changes nothing, or out of memory.
 */
bool prompt_key(struct prompt *p, struct filter *f, int key);

#endif /* GMEMTOP_FILTER_H */
