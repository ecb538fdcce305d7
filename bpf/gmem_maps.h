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
	OP_CLASSES
};

#define OP_CLASSES_MAX	8

/*
 * Map ops: each task and class has a place, which another task may have, too: tid is whose it
 * is now. An array, so to find it takes no call, and user space maps it and reads it as it is.
 */
struct gmem_op {
	__u64 begin_ns;	/* 0: none is under way. Written last, and cleared first */
	__u64 vm;
	__u64 ino;
	__u64 start;
	__u64 end;
	__u64 arg;
	__u64 order;	/* of the change, once it is certain; 0: nothing changes */
	__u32 phase;	/* enum gmem_conversion_phase */
	__u32 tid;	/* 0: the place is free */
	__u32 tgid;
	__u32 kind;	/* of the record that tells of the begin; 0: none does */
	__u32 since;	/* epoch of the class, and 1, in which it was used last; 0: never */
	__u32 last;	/* the task that used it last */
};

#define OPS		65536	/* places */

static inline __u32 gmem_op_place(__u32 tid, __u32 class)
{
	return (tid * OP_CLASSES_MAX + class) & (OPS - 1);
}

/* Map phases: of the conversion in place n * OP_CLASSES_MAX. */
struct gmem_op_phases {
	__u64 mark_ns;	/* start of the one that op.phase tells */
	__u64 ns[GMEM_PHASES];
	__u32 came_to;	/* bit n: phase n */
	__u32 since;	/* epoch of phases, and 1, in which the conversion began */
	__u32 tid;
};

/* Map others: operations whose place is taken. */
struct gmem_op_key {
	__u64 vm;
	__u32 tid;
	__u32 class;	/* enum gmem_op_class */
};

/*
 * Map vms. Changes of attributes are told by records, as long as there are few: of a VM that
 * converts page by page, the programs only remember where, and the inventory reads what is
 * there at the next refresh. Blocks are of 2 MiB.
 */
#define CHANGED_BLOCKS		512

struct gmem_vm_state {
	struct gmem_counters c;
	__u64 kvm;		/* address of struct kvm, which exists until c.ended_ns is set */
	__u64 window_ns;	/* when we began to count told */
	__u32 told;		/* changes since that had a record */
	__u32 changed;		/* there may be some below */
	__u32 blocks[CHANGED_BLOCKS];	/* number of a block, and 1, at its place; 0: none */
};

/* Map active: a byte for each VM by its number, which others may have, too. Set: look at it. */
#define ACTIVE_VMS		8192

/* In the ring buffer only: the source makes GMEM_SCAN_MAP of it. */
#define GMEM_RAW_BLOCK		0xff00

struct gmem_raw_block {
	struct gmem_hdr h;
	__u64 start;		/* gfn */
	__u64 private[BLOCK_PAGES / 64];	/* bit n: gfn start + n */
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
	__u64 attributes;	/* asked for; once it was served, those that the VMM has set last */
	__u64 ioctl_ns;
	__u64 discard_ns;
	__u64 ioctls;
	__u64 next;	/* gfn that a piece by another thread would start with */
	__u32 tid;
	__u32 tgid;
};

#endif /* GMEM_MAPS_H */
