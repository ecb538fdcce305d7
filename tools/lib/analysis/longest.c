// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "analysis/longest.h"

#include <string.h>

const char *const gmem_long_kind_names[GMEM_LONG_KINDS] = {
	[GMEM_LONG_CONVERSION]	= "conversion",
	[GMEM_LONG_STALL]	= "stall",
	[GMEM_LONG_PUNCH]	= "punch",
};

const char *const gmem_mark_names[GMEM_MARKS] = {
	[GMEM_MARK_EXIT]	= "exit",
	[GMEM_MARK_IOCTL]	= "ioctl",
	[GMEM_MARK_PHASE + GMEM_PHASE_LOCK]	= "lock",
	[GMEM_MARK_PHASE + GMEM_PHASE_CHECK]	= "check",
	[GMEM_MARK_PHASE + GMEM_PHASE_RESERVE]	= "reserve",
	[GMEM_MARK_PHASE + GMEM_PHASE_ZAP]	= "zap",
	[GMEM_MARK_PHASE + GMEM_PHASE_STORE]	= "store",
	[GMEM_MARK_PHASE + GMEM_PHASE_MIXED]	= "mixed",
	[GMEM_MARK_IOCTL_END]	= "ioctl_end",
	[GMEM_MARK_PUNCH]	= "punch",
	[GMEM_MARK_PUNCH_END]	= "punch_end",
	[GMEM_MARK_END]		= "end",
};

void gmem_longest_add(struct gmem_longest *l, const struct gmem_long_op *op)
{
	size_t i = l->nr < GMEM_LONGEST ? l->nr++ : GMEM_LONGEST - 1;

	for (; i && l->ops[i - 1].dur_ns < op->dur_ns; i--)
		l->ops[i] = l->ops[i - 1];
	l->ops[i] = *op;
}

/* Adds a mark; the last place is reserved for the end. */
void gmem_mark_add(struct gmem_mark *marks, uint32_t *nr, uint32_t what, uint64_t at_ns)
{
	if (*nr < GMEM_MARKS_MAX - (what != GMEM_MARK_END))
		marks[(*nr)++] = (struct gmem_mark){ what, at_ns };
}
