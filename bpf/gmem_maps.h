/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * State that programs keep between events and that the live source reads, too: operations in
 * flight, stalls, and changed blocks.
 */
#ifndef GMEM_MAPS_H
#define GMEM_MAPS_H

#include "gmem_abi.h"

/*
 * Classes of operations. A task can be in one operation of each class at a time: a punch, for example, contains
 * an invalidation. Where several VMs share a file, it contains one invalidation for each VM.
 */
enum gmem_op_class {
	OP_ATTRIBUTES,
	OP_FALLOCATE,
	OP_INVALIDATE,
	OP_FAULT,
	OP_USER_FAULT,
	OP_UNBIND,
	OP_AROUND,	/* a function that invalidates: keeps its file and cause */
	OP_CLASSES
};

#define OP_CLASSES_MAX	8

/*
 * Operation in flight: an element of map ops. The place of a task and class is gmem_op_place(), which
 * several tasks share: tid is the current owner. The map is an array because a lookup then takes no
 * helper call, and user space can mmap() it.
 */
struct gmem_op {
	__u64 begin_ns;	/* 0: not in flight. Set last and cleared first, so that readers can validate the rest */
	__u64 vm;
	__u64 ino;
	__u64 start;
	__u64 end;
	__u64 arg;
	__u64 order;	/* sequence number of the conversion, once it is certain to change something; else 0 */
	__u32 phase;	/* enum gmem_conversion_phase */
	__u32 tid;	/* 0: the place is free */
	__u32 tgid;
	__u32 kind;	/* of the begin's record; 0: the begin has none */
	__u32 since;	/* 1 + epoch of the class at the last use of the place; 0: never used */
	__u32 last;	/* tid of the last owner */
};

#define OPS		65536	/* places */

static inline __u32 gmem_op_place(__u32 tid, __u32 class)
{
	return (tid * OP_CLASSES_MAX + class) & (OPS - 1);
}

/*
 * Phases of a conversion in flight: element n of map phases is of the conversion in place n *
 * OP_CLASSES_MAX of map ops.
 */
struct gmem_op_phases {
	__u64 mark_ns;	/* start of the current phase, op.phase */
	__u64 ns[GMEM_PHASES];
	__u32 came_to;	/* bit n: phase n was reached */
	__u32 since;	/* 1 + epoch of phases at the begin of the conversion */
	__u32 tid;
};

/* Key of map ops_overflow: operations whose place in map ops belonged to another task when they began. */
struct gmem_op_key {
	__u64 vm;
	__u32 tid;
	__u32 class;	/* enum gmem_op_class */
};

/*
 * State of a VM, in array vms at vm % VM_PLACES. A VM that finds its place taken when it is seen first has
 * its state in map vms_overflow, which takes a look-up. A change of attributes is emitted as a record as long as they are
 * few. Of a VM that converts page by page, the programs only mark the 2 MiB block, and the inventory
 * scans marked blocks at the next refresh.
 */
#define CHANGED_BLOCKS		512

#define VM_PLACES		128

struct gmem_vm_state {
	struct gmem_counters c;	/* first: the verifier does not add to a pointer that may be NULL */
	__u64 kvm;		/* address of struct kvm, which exists until c.ended_ns is set */
	__u64 window_ns;	/* start of the window that emitted is counted in */
	__u32 emitted;		/* changes in this window that were candidates for a record */
	__u32 changed;		/* 1: blocks may hold marks */
	__u32 blocks[CHANGED_BLOCKS];	/* 1 + number of a marked block, at index number % CHANGED_BLOCKS; 0: none */
	/* Array vms only: */
	__u64 vm;		/* number of the VM; 0: the place has none */
	__u64 claim;		/* the same, set before it is certain that the VM gets the place */
};

/* Values of map vm_homes, which decides once where the state of a VM is. */
enum gmem_vm_home {
	VM_HOME_PLACE,		/* array vms */
	VM_HOME_OVERFLOW,	/* map vms_overflow */
};

/* Array active: byte vm % ACTIVE_VMS, shared by several VMs, is set when the state of one may change. */
#define ACTIVE_VMS		8192

/* Kind of struct gmem_raw_block, in the ring buffer only: the live source converts it to GMEM_SCAN_MAP. */
#define GMEM_RAW_BLOCK		0xff00

struct gmem_raw_block {
	struct gmem_hdr h;
	__u64 start;		/* gfn */
	__u64 private[BLOCK_PAGES / 64];	/* bit n of all words in order: gfn start + n is private */
};

/* Key of map stalls. */
struct gmem_vcpu_key {
	__u64 vm;
	__u64 vcpu;
};

/* Stall in flight: value of map stalls. */
struct gmem_stall {
	__u64 exit_ns;
	__u64 start;	/* gfn */
	__u64 end;
	__u64 attributes;	/* those asked for until a conversion serves it, then those that the VMM set last */
	__u64 ioctl_ns;
	__u64 discard_ns;
	__u64 ioctls;
	__u64 next;	/* gfn at which the next conversion by another thread must start to count for this stall */
	__u32 tid;
	__u32 tgid;
};

#endif /* GMEM_MAPS_H */
