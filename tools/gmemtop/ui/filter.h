/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Which VMs the user wants to see: those of which the name, the command, the cgroup, the
 * number or the pid matches a regular expression, whatever the case of letters.
 */
#ifndef GMEMTOP_FILTER_H
#define GMEMTOP_FILTER_H

#include <regex.h>
#include <stdbool.h>

#include "model/model.h"

#define FILTER_LEN 128

/* All zero matches everything. */
struct filter {
	char text[FILTER_LEN];	/* as it was typed */
	char literal[FILTER_LEN];	/* to be looked for as it is; "": re is used */
	regex_t re;
	bool compiled;
	bool doubtful;		/* text is no expression (yet): it is not what is used */
};

/*
 * While it is typed, what is not a regular expression yet matches as what was there before;
 * once it is final, it is taken literally. False if there is no memory.
 */
bool filter_set(struct filter *f, const char *text, bool final);
void filter_free(struct filter *f);

bool filter_matches(const struct filter *f, const struct gmem_vm *vm);

#endif /* GMEMTOP_FILTER_H */
