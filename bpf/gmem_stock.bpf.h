/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs on functions of a kernel that has no tracepoints of ours: here what they share. What a
 * function is called where, and which are there, is in tools/lib/live/probes.c; names of programs
 * say what they see. Functions named are of 6.12; where 7.3 differs, it is said.
 */
#ifndef GMEM_STOCK_BPF_H
#define GMEM_STOCK_BPF_H

#include "gmem_faults.bpf.h"
#include "gmem_find.bpf.h"
#include "gmem_function.bpf.h"

enum {	/* as kernel/ numbers them */
	CAUSE_PUNCH_HOLE,
	CAUSE_RELEASE,
	CAUSE_MEMORY_ERROR,
	CAUSE_ATTRIBUTES,
};

/* The end of an invalidation that zapped nothing, as no memslot is there, has no function. */
static __always_inline void end_invalidation(struct kvm *kvm, __u64 vm)
{
	struct gmem_op *op = op_peek(OP_INVALIDATE, vm), *around = op_peek(OP_AROUND, 0);
	struct gmem_rec r;

	if (!op)
		return;
	r = (struct gmem_rec){
		.ino = op->ino, .start = op->start, .end = op->end, .arg = op->arg,
	};
	invalidate_ends(kvm, vm, &r, around ? around->end : 0);
}

#endif /* GMEM_STOCK_BPF_H */
