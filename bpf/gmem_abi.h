/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What BPF programs, sources, the model and recordings share: the record of an
 * event, the counters of a VM, and the histogram. Nothing here depends on a
 * kernel version. All fields are in host byte order.
 */
#ifndef GMEM_ABI_H
#define GMEM_ABI_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define GMEM_PAGE_SHIFT		12
#define GMEM_COMM_LEN		16

/*
 * Kinds of records. Numbers are never reused: recordings carry them.
 * The fields that a kind uses are in the table of tools/lib/kinds.c.
 */
enum gmem_kind {
	GMEM_VM			= 1,	/* first seen: identity of a VM */
	GMEM_VM_END		= 2,	/* the VM is destroyed */
	GMEM_CREATE		= 3,
	GMEM_RELEASE		= 4,
	GMEM_BIND		= 5,
	GMEM_UNBIND		= 6,
	GMEM_FALLOCATE_BEGIN	= 7,
	GMEM_FALLOCATE_END	= 8,
	GMEM_INVALIDATE_BEGIN	= 9,
	GMEM_INVALIDATE_END	= 10,
	GMEM_ATTRIBUTES_BEGIN	= 11,
	GMEM_ATTRIBUTES_END	= 12,
	GMEM_MEMORY_FAULT	= 13,
	GMEM_COUNTERS		= 14,	/* struct gmem_counters_rec, made by a source */
	GMEM_LOST		= 15,	/* struct gmem_lost_rec, made by a source */
	GMEM_ATTRIBUTES_PHASE	= 16,
	GMEM_FAULT_BEGIN	= 17,
	GMEM_FAULT_END		= 18,
	GMEM_FAULT_RETRY	= 19,
	GMEM_MEMORY_ERROR	= 20,
	GMEM_USER_FAULT_BEGIN	= 21,
	GMEM_USER_FAULT_END	= 22,
	GMEM_POPULATE_BEGIN	= 23,
	GMEM_POPULATE_END	= 24,
	GMEM_KINDS
};

/* Why a record or an update was lost. */
enum gmem_loss {
	GMEM_LOST_RINGBUF,	/* no room for the record: a count is right, a map may not be */
	GMEM_LOST_VMS,		/* no room for one more VM: nothing of it is counted */
	GMEM_LOST_INFLIGHT,	/* no room to remember a begin: its end has no duration */
	GMEM_LOST_UNPAIRED,	/* an end whose begin was not seen */
	GMEM_LOSSES
};

struct gmem_hdr {
	__u64 ts_ns;	/* CLOCK_MONOTONIC */
	__u64 vm;	/* kvm->vm_id; 0: not of a VM */
	__u32 tgid;	/* of the task that caused the event, in the initial pid namespace */
	__u32 tid;
	__u16 kind;	/* enum gmem_kind */
	__u16 size;	/* bytes of the record with this header */
	__u32 cpu;
};

/* Every event. Ranges are [start, end) in pages. Unused fields are 0. */
struct gmem_rec {
	struct gmem_hdr h;
	__u64 ino;	/* guest_memfd inode, as in fdinfo and stat(2) */
	__u64 start;	/* gfn, or pgoff into ino: see kinds.c */
	__u64 end;
	__u64 arg;	/* pgoff, mode, attributes, cause, flags, phase or prepare_ns */
	__u64 nr_pages;	/* pages freed, allocated, populated, or held at release */
	__u64 dur_ns;	/* of an _END: since its _BEGIN; 0: begin not seen */
	__s32 ret;	/* 0 or -errno */
	__u32 aux;	/* memslot, vCPU, order, or 1 if attributes changed */
};

/* GMEM_VM: identity at the time the VM was first seen. h.tgid is the VMM. */
struct gmem_vm_rec {
	struct gmem_hdr h;
	__u64 start_ns;	/* of the process, since boot (CLOCK_BOOTTIME) */
	char comm[GMEM_COMM_LEN];
};

/*
 * Log-linear histogram of nanoseconds: values below GMEM_HIST_SUB have a slot
 * each, then every power of two is split into GMEM_HIST_SUB equal slots, so a
 * slot is at most 1/8 of its value wide. The last slot takes all that is longer.
 */
#define GMEM_HIST_SUB_BITS	3
#define GMEM_HIST_SUB		(1 << GMEM_HIST_SUB_BITS)
#define GMEM_HIST_MAX_BITS	40	/* 2^40 ns: 18 minutes */
#define GMEM_HIST_SLOTS		((GMEM_HIST_MAX_BITS - GMEM_HIST_SUB_BITS + 1) * GMEM_HIST_SUB)

enum gmem_direction {
	GMEM_TO_SHARED,
	GMEM_TO_PRIVATE,
	GMEM_DIRECTIONS
};

/*
 * Phases of a conversion: kvm_gmem_attributes_phase tells where all but the
 * first start, and numbers them from 0.
 */
enum gmem_conversion_phase {
	GMEM_PHASE_LOCK,	/* waits for slots_lock */
	GMEM_PHASE_CHECK,	/* is there anything to change? */
	GMEM_PHASE_RESERVE,	/* memory for the new attributes */
	GMEM_PHASE_ZAP,		/* mappings go, TLBs are flushed */
	GMEM_PHASE_STORE,
	GMEM_PHASE_MIXED,	/* which huge pages are possible now */
	GMEM_PHASES
};

/* Operations that succeeded, and what they cost. */
struct gmem_op_counters {
	__u64 count;
	__u64 bytes;		/* of the ranges asked for */
	__u64 total_ns;
	__u64 max_ns;
	__u64 failed;		/* not in count */
	__u64 unchanged;	/* conversions that found all as asked for; not in count */
};

/* Of one VM since it was first seen. Exact whatever the ring buffer loses. */
struct gmem_counters {
	struct gmem_op_counters conversion[GMEM_DIRECTIONS];
	struct gmem_op_counters punch;
	struct gmem_op_counters allocate;
	struct gmem_op_counters invalidate;	/* of guest_memfd: punch, release, error */
	struct gmem_op_counters window;		/* of conversions: vCPUs that fault retry */
	struct gmem_op_counters fault;		/* pages found or allocated for a vCPU */
	__u64 punched_pages;	/* freed by punches that succeeded or not */
	__u64 allocated_pages;
	__u64 faulted_pages;	/* allocated by faults: the first touch */
	__u64 memory_faults;
	__u64 fault_retries;	/* of vCPUs, while something was invalidated */
	__u64 phase_ns[GMEM_DIRECTIONS][GMEM_PHASES];	/* of conversions that changed something */
	__u64 ended_ns;		/* the VM was destroyed then; 0: it lives */
	__u64 conversion_hist[GMEM_DIRECTIONS][GMEM_HIST_SLOTS];
};

struct gmem_counters_rec {
	struct gmem_hdr h;
	struct gmem_counters c;
};

struct gmem_lost_rec {
	struct gmem_hdr h;
	__u64 lost[GMEM_LOSSES];	/* since attach */
};

#endif /* GMEM_ABI_H */
