/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Longest operations, with marks of what happened in them. */
#ifndef GMEM_LONGEST_H
#define GMEM_LONGEST_H

#include <stddef.h>
#include <stdint.h>

#include "analysis/series.h"
#include "bpf/gmem_abi.h"

enum gmem_long_kind {
	GMEM_LONG_CONVERSION,
	GMEM_LONG_STALL,
	GMEM_LONG_PUNCH,
	GMEM_LONG_KINDS
};

extern const char *const gmem_long_kind_names[GMEM_LONG_KINDS];

/* Marks: points in time of an operation. */
enum gmem_mark_kind {
	GMEM_MARK_EXIT,		/* the vCPU exits */
	GMEM_MARK_IOCTL,	/* KVM_SET_MEMORY_ATTRIBUTES begins */
	GMEM_MARK_PHASE,	/* + enum gmem_conversion_phase: the phase begins */
	GMEM_MARK_IOCTL_END = GMEM_MARK_PHASE + GMEM_PHASES,
	GMEM_MARK_PUNCH,
	GMEM_MARK_PUNCH_END,
	GMEM_MARK_END,		/* the vCPU re-enters, or the call returns */
	GMEM_MARKS
};

extern const char *const gmem_mark_names[GMEM_MARKS];

struct gmem_mark {
	uint32_t what;		/* enum gmem_mark_kind */
	uint64_t at_ns;		/* since the begin of the operation */
};

#define GMEM_MARKS_MAX 24	/* further marks are left out, except the end */

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
	uint32_t nr_marks;
	struct gmem_mark marks[GMEM_MARKS_MAX];
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

void gmem_mark_add(struct gmem_mark *marks, uint32_t *nr, uint32_t what, uint64_t at_ns);

#endif /* GMEM_LONGEST_H */
