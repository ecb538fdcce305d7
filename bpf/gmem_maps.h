/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the programs remember between two events, where the live source reads it, too:
 * operations whose end has not come.
 */
#ifndef GMEM_MAPS_H
#define GMEM_MAPS_H

#include "gmem_abi.h"

/*
 * One task can be inside one operation of each class: a punch invalidates. If
 * several VMs share the file, it invalidates in each of them at once.
 */
enum gmem_op_class {
	OP_ATTRIBUTES,
	OP_FALLOCATE,
	OP_INVALIDATE,
	OP_FAULT,
	OP_USER_FAULT,
	OP_POPULATE,
	OP_UNBIND,
	OP_AROUND,	/* of a function that invalidates: what it works on */
};

/* Map inflight. */
struct gmem_op_key {
	__u64 vm;
	__u32 tid;
	__u32 class;	/* enum gmem_op_class */
};

struct gmem_op {
	__u64 begin_ns;
	__u64 mark_ns;	/* start of phase */
	__u64 phase;
	__u64 phase_ns[GMEM_PHASES];
	__u64 ino;
	__u64 start;
	__u64 end;
	__u64 arg;
	__u64 order;	/* of the change, once it is certain; 0: nothing changes */
	__u32 kind;	/* of the record that told of the begin; 0: none did */
	__u32 tgid;
};

/* Map stalls. */
struct gmem_vcpu_key {
	__u64 vm;
	__u64 vcpu;
};

struct gmem_stall {
	__u64 exit_ns;
	__u64 start;	/* gfn */
	__u64 end;
	__u64 attributes;
	__u64 ioctl_ns;
	__u64 discard_ns;
	__u64 ioctls;
	__u64 next;	/* gfn that a piece by another thread would start with */
	__u32 tid;
	__u32 tgid;
};

#endif /* GMEM_MAPS_H */
