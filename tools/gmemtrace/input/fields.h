/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Fields of an event, named like the keys of JSON: one table for lines of all formats and for traces. */
#ifndef GMEMTRACE_FIELDS_H
#define GMEMTRACE_FIELDS_H

#include <stdbool.h>

#include "bpf/gmem_abi.h"

enum field_id {
	EVENT_START,
	EVENT_END,
	EVENT_INO,
	EVENT_ARG,
	EVENT_AUX,
	EVENT_NR_PAGES,
	EVENT_RET,
	EVENT_IOCTL,	/* of stalls, with the next two */
	EVENT_DISCARD,
	EVENT_IOCTLS,
	EVENT_DUR,
	EVENT_FIELDS
};

struct field {
	const char *key;	/* NULL: the event has no such field */
	const char *text;	/* NULL: a number */
	__u64 number;
	bool is_negative;	/* number is an __s64 */
	bool is_unknown;
};

struct fields {
	struct field field[EVENT_FIELDS];
	char arg[64];		/* text of EVENT_ARG */
};

/* Sets @f to the fields of an event; it holds their texts, too. Fields of other records are empty. */
void fields_of(struct fields *f, const struct gmem_hdr *rec);

#endif /* GMEMTRACE_FIELDS_H */
