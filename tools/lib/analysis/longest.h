/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Longest operations, with marks of what happened in them. */
#ifndef GMEM_LONGEST_H
#define GMEM_LONGEST_H

#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"
#include "operations/operations.h"

enum gmem_long_kind {
	GMEM_LONG_CONVERSION,
	GMEM_LONG_STALL,
	GMEM_LONG_PUNCH,
	GMEM_LONG_KINDS
};

extern const char *const gmem_long_kind_names[GMEM_LONG_KINDS];

struct gmem_long_op {
	uint64_t vm;
	uint64_t begin_ns;
	uint64_t dur_ns;
	uint64_t start;		/* gfns, or page offsets of ino if that is not 0 */
	uint64_t end;
	uint64_t ino;
	uint32_t tid;
	uint32_t vcpu;		/* of a stall */
	enum gmem_direction direction;
	enum gmem_origin origin;
	struct gmem_marks marks;
};

#define GMEM_LONGEST 8

/* Longest operations, longest first; of equal ones, the earlier first. */
struct gmem_longest {
	size_t nr;
	struct gmem_long_op ops[GMEM_LONGEST];
};

/* Returns true if an operation of that duration would be among them: a cheap test before the add. */
static inline int gmem_longest_wants(const struct gmem_longest *l, uint64_t dur_ns)
{
	return l->nr < GMEM_LONGEST || dur_ns > l->ops[GMEM_LONGEST - 1].dur_ns;
}

void gmem_longest_add(struct gmem_longest *l, const struct gmem_long_op *op);

#endif /* GMEM_LONGEST_H */
