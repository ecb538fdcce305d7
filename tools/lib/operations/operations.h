/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Operations in flight of a VM, the one interpretation of records for the model, the analysis and all views:
 * begins paired with ends, phases of conversions, and stalls with the operations that serve them.
 *
 * A begin and an end pair by kind and task, which is in one operation of a kind; those of a stall by vCPU, as
 * another task may run it next.
 *
 * A conversion or an fallocate() serves the stall of its own thread. A conversion by a thread without one
 * serves the stall whose next gfn is its first: that is the first gfn asked for, then the end of each piece
 * that another thread has converted. A later stall of a thread, or with the same next gfn, takes the place of
 * an earlier one. The programs count by the same rule: see bpf/gmem_stall.bpf.h.
 */
#ifndef GMEM_OPERATIONS_H
#define GMEM_OPERATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "bpf/gmem_abi.h"

/* Origin of a conversion, as far as records show it. */
enum gmem_origin {
	GMEM_BY_HYPERCALL,	/* explicit: the guest requested it */
	GMEM_BY_ACCESS,		/* implicit: the guest accessed the range in the other mode */
	GMEM_BY_VMM,		/* no vCPU stalled for it */
	GMEM_ORIGINS
};

extern const char *const gmem_origin_names[GMEM_ORIGINS];

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

struct gmem_marks {
	uint32_t nr;
	struct gmem_mark list[GMEM_MARKS_MAX];
};

/* Operation in flight: its begin was seen and its end was not. */
struct gmem_inflight {
	uint64_t begin_ns;
	uint32_t tid;
	uint16_t kind;		/* the _BEGIN */
	bool unconfirmed;	/* not repeated yet by the snapshot that is being read */
	uint32_t aux;
	uint64_t ino;
	uint64_t start;
	uint64_t end;
	uint64_t arg;
	uint32_t phase;		/* of a conversion: enum gmem_conversion_phase + 1; 0: unknown */
	/* Fields of a stall: */
	enum gmem_origin origin;
	uint32_t served_by;	/* tid, until a later stall of the thread takes its place: then 0 */
	uint64_t next;		/* gfn that another thread has to convert next, or GMEM_UNKNOWN */
	struct gmem_marks marks;	/* of a conversion: begins of phases; of a stall: what served it */
};

static inline uint64_t gmem_inflight_age(const struct gmem_inflight *op, uint64_t now_ns)
{
	return now_ns > op->begin_ns ? now_ns - op->begin_ns : 0;
}

struct gmem_operations {
	struct gmem_inflight **list;	/* by begin; elements from nr to room are free */
	size_t nr, room;
	uint64_t *faults;	/* by vCPU: gfn + 1 of a memory fault without a stall, or 0 */
	uint32_t nr_faults;
};

void gmem_operations_free(struct gmem_operations *ops);

/* Makes *@to, whose content is overwritten, a copy for views. Returns 0 or -ENOMEM; then it has a part. */
int gmem_operations_copy(struct gmem_operations *to, const struct gmem_operations *from);

/* Applies a record of the VM; ignores kinds that concern no operation. Returns 0 or -ENOMEM. */
int gmem_operations_apply(struct gmem_operations *ops, const struct gmem_rec *r);

/*
 * A snapshot repeats what is in flight: gmem_operations_doubt() at GMEM_INFLIGHT, and gmem_operations_settle()
 * at GMEM_SYNC, which drops what was not repeated. What was keeps its phases and marks.
 */
void gmem_operations_doubt(struct gmem_operations *ops);
void gmem_operations_settle(struct gmem_operations *ops);

/* Returns the operation that the record ends, or NULL if its begin was missed. Call it before the end is applied. */
const struct gmem_inflight *gmem_operations_find(const struct gmem_operations *ops, const struct gmem_rec *end);

/* Return the number of operations of a kind (the _BEGIN) in flight, and the age of the oldest; 0 if there is none. */
size_t gmem_operations_count(const struct gmem_operations *ops, uint16_t kind);
uint64_t gmem_operations_age(const struct gmem_operations *ops, uint16_t kind, uint64_t now_ns);

/*
 * Returns the stall that an operation serves, or NULL: see above. @kind: the _BEGIN or the _END; all but
 * conversions and fallocates serve none. @ino, @start: as in its record.
 */
struct gmem_inflight *gmem_operations_served(const struct gmem_operations *ops, uint16_t kind, uint32_t tid,
					     uint64_t ino, uint64_t start);

/*
 * Sets @ns to the times of the phases of a conversion, 0 for those not reached: they sum up to the whole time.
 * Returns false if they are unknown. @end: its end, which has them or not; @op: the operation, or NULL.
 */
bool gmem_operation_phases(const struct gmem_inflight *op, const struct gmem_rec *end, uint64_t ns[GMEM_PHASES]);

/* Adds a mark; the last place is reserved for the end. */
void gmem_mark_add(struct gmem_marks *marks, uint32_t what, uint64_t at_ns);

/* Adds the marks of an operation, @at_ns later. @end: its end, which has those of phases or not; @op: as above. */
void gmem_mark_operation(struct gmem_marks *marks, const struct gmem_inflight *op, const struct gmem_rec *end,
			 uint64_t at_ns);

#endif /* GMEM_OPERATIONS_H */
