/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Shared parts of the programs on functions, for events without a tracepoint. Programs
 * are named for what they see; tools/lib/live/probes.c has the functions and their names in versions
 * of the kernel. Comments name functions of 6.12, and of 7.3 where it differs.
 */
#ifndef GMEM_STOCK_BPF_H
#define GMEM_STOCK_BPF_H

#include "gmem_faults.bpf.h"
#include "gmem_find.bpf.h"
#include "gmem_function.bpf.h"

/*
 * Ends the task's invalidation for this VM, if any: a window, or that of a file unless a tracepoint ends it. Where
 * the range has no binding, only the end of the punch does.
 */
static __always_inline void end_invalidation(struct kvm *kvm, __u64 vm)
{
	struct gmem_op *op = op_peek(OP_INVALIDATE, vm);
	struct gmem_rec r;

	if (!op || (op->ino && !is_by_function(GMEM_EVENT_INVALIDATE)))
		return;
	r = (struct gmem_rec){
		.ino = op->ino, .start = op->start, .end = op->end, .arg = op->arg,
	};
	invalidate_ends(kvm, vm, &r);
}

#endif /* GMEM_STOCK_BPF_H */
