// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "analysis/longest.h"

const char *const gmem_long_kind_names[GMEM_LONG_KINDS] = {
	[GMEM_LONG_CONVERSION]	= "conversion",
	[GMEM_LONG_STALL]	= "stall",
	[GMEM_LONG_PUNCH]	= "punch",
};

void gmem_longest_add(struct gmem_longest *l, const struct gmem_long_op *op)
{
	size_t i = l->nr < GMEM_LONGEST ? l->nr++ : GMEM_LONGEST - 1;

	for (; i && l->ops[i - 1].dur_ns < op->dur_ns; i--)
		l->ops[i] = l->ops[i - 1];
	l->ops[i] = *op;
}
