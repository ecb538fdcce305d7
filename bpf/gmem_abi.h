/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What BPF programs, sources, the model and recordings share: the record of an
 * event, the counters of a VM, and the histogram. Nothing here depends on a
 * kernel version. All fields are in host byte order.
 * Longer than 400 lines because it is all that both sides have to agree on.
 */
#ifndef GMEM_ABI_H
#define GMEM_ABI_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define GMEM_PAGE_SHIFT		12

/* Blocks of 2 MiB: programs mark those that change often, and no huge page is in one that is mixed. */
#define BLOCK_SHIFT		9
#define BLOCK_PAGES		(1 << BLOCK_SHIFT)

/* GUEST_MEMFD_FLAG_MMAP in the flags of a file: one page is both sides. include/uapi/linux/kvm.h */
#define GMEM_FILE_MAPPABLE	1

#define GMEM_COMM_LEN		16
#define GMEM_UNKNOWN		(~0ULL)	/* nr_pages where this kernel does not tell */

/*
 * Kinds of records. Numbers are never reused: recordings carry them.
 * The fields that a kind uses are in the table of tools/lib/abi/kinds.c.
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
	/* What was read from kernel memory: the inventory. */
	GMEM_SCAN_BEGIN		= 25,	/* the VM is read; arg: records of it lost so far */
	GMEM_SCAN_FILE		= 26,	/* a guest_memfd that is open */
	GMEM_SCAN_SLOT		= 27,	/* a binding that is there */
	GMEM_SCAN_MAP		= 28,	/* struct gmem_map_rec */
	GMEM_SCAN_END		= 29,	/* all of it was read */
	GMEM_PROBES		= 30,	/* struct gmem_probes_rec: how it is seen; first of a source */
	GMEM_COST		= 31,	/* struct gmem_cost_rec, made by a source */
	/* What the guest feels of a conversion: its vCPU leaves to ask for it, until it runs again. */
	GMEM_STALL_BEGIN	= 32,
	GMEM_STALL_END		= 33,	/* struct gmem_stall_rec */
	GMEM_INFLIGHT		= 34,	/* of all VMs: nothing but what now follows is in flight */
	GMEM_NAME		= 35,	/* struct gmem_name_rec, made by a source */
	GMEM_LOST_CPU		= 36,	/* struct gmem_lost_cpu_rec, made by a source */
	/* What has pages; read now and then, as no event tells: struct gmem_map_rec. */
	GMEM_PAGES		= 37,	/* pgoffs of ino: populated */
	GMEM_SHARED_PAGES	= 38,	/* gfns: populated in the VMM's mapping */
	GMEM_BACKING		= 39,	/* of all VMs: both have been read; dur_ns: in that time */
	GMEM_SYNC		= 40,	/* what came before is one consistent picture: a refresh */
	/* Who has it open; looked for now and then, as no event tells when a file is passed on. */
	GMEM_HOLDER		= 41,	/* struct gmem_holder_rec */
	GMEM_HOLDERS		= 42,	/* of all VMs: all of them were met; dur_ns: in that time */
	GMEM_CLOCK		= 43,	/* struct gmem_clock_rec, made by who records */
	GMEM_PHASE		= 44,	/* at a picture: arg as of GMEM_ATTRIBUTES_PHASE, of the task's conversion that is in flight */
	GMEM_BEHIND		= 45,	/* aux 1: changes of attributes are marked and not read yet; 0: they are read */
	GMEM_DOUBLED		= 46,	/* struct gmem_map_rec: gfns that were double-backed at the last GMEM_BACKING */
	GMEM_KINDS
};

/* Why a record or an update was lost. */
enum gmem_loss {
	GMEM_LOST_RINGBUF,	/* no room for the record: a count is right, a map may not be */
	GMEM_LOST_VMS,		/* no room for one more VM: nothing of it is counted */
	GMEM_LOST_INFLIGHT,	/* no room to remember a begin: its end has no duration */
	GMEM_LOST_UNPAIRED,	/* an end whose begin was not seen */
	GMEM_LOST_RANGE,	/* the range of a request could not be read from its caller */
	GMEM_LOST_DAMAGED,	/* it was in a part of a recording that is damaged or missing */
	GMEM_LOST_SKIPPED,	/* the kernel skipped a program: counts lack the event, maps are read again */
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
	__u64 nr_pages;	/* pages freed, allocated, populated, or held at release;
			 * of GMEM_ATTRIBUTES_END: see there; of GMEM_BIND and
			 * GMEM_SCAN_SLOT: address of the shared side in the VMM */
	__u64 dur_ns;	/* of an _END: since its _BEGIN; 0: begin not seen */
	__s32 ret;	/* 0 or -errno */
	__u32 aux;	/* memslot, vCPU, order, or 1 if attributes changed */
};

/*
 * GMEM_ATTRIBUTES_END: struct gmem_conversion_rec if its phases were wanted, and kept; else
 * GMEM_ATTRIBUTES_PHASE tells of them. Where the event comes with slots_lock held (kernel/), records
 * are in the order in which the changes took effect, and nr_pages is 0. On other
 * kernels the end is seen when the lock is gone: nr_pages then numbers the changes
 * of the VM, from 1, as the lock ordered them.
 */

/* Cause of a fault on a mapped guest_memfd (GMEM_USER_FAULT_*, arg). Older recordings have 0. */
enum gmem_user {
	GMEM_USER_UNKNOWN,
	GMEM_USER_VMM,		/* code of a process touched it */
	GMEM_USER_GUEST,	/* a vCPU did: the thread is in KVM_RUN */
};

/* What a scan of attributes tells of a VM (GMEM_VM flags). */
enum {
	GMEM_VM_SCANNED = 1,	/* GMEM_SCAN_* follow: until then its state is not known */
};

/*
 * GMEM_STALL_END. What is not in the ioctl and not in discarding is the VMM's own time,
 * in which it may discard shared memory, too: no probe sees that.
 */
struct gmem_stall_rec {
	struct gmem_rec r;	/* start, end: gfns asked for; aux: vCPU; arg: attributes that the VMM
				 * has set for it last or, if it was not converted, asked for */
	__u64 ioctl_ns;		/* in KVM_SET_MEMORY_ATTRIBUTES, by whichever thread */
	__u64 discard_ns;	/* in fallocate of guest_memfd, by the vCPU's thread */
	__u64 ioctls;		/* 0: it was not converted */
};

/* GMEM_SCAN_FILE (start): facts on a file that no event reports. Older recordings have 0. */
enum gmem_file_state {
	GMEM_FILE_MAPPED = 1,	/* somebody has it mapped */
	GMEM_FILE_NEW = 2,	/* not read yet (nr_pages: GMEM_UNKNOWN), and empty then, as it was created */
};

/* GMEM_VM: identity at the time the VM was first seen. h.tgid is the VMM. */
struct gmem_vm_rec {
	struct gmem_hdr h;
	__u64 start_ns;	/* of the process, since boot (CLOCK_BOOTTIME) */
	char comm[GMEM_COMM_LEN];
	__u32 flags;	/* GMEM_VM_* */
	__u32 vcpus;	/* online then */
	__u32 type;	/* KVM_X86_*_VM; 0 where the architecture has none */
};

#define GMEM_NAME_LEN	128
#define GMEM_CGROUP_LEN	256

/* What the VMM's command line calls the VM, and where it runs: NUL-terminated, or "". */
struct gmem_name_rec {
	struct gmem_hdr h;
	char name[GMEM_NAME_LEN];
	char cgroup[GMEM_CGROUP_LEN];
};

/* A process that has a guest_memfd file open, or the VM itself or a vCPU of it. h.tgid: that process. */
struct gmem_holder_rec {
	struct gmem_hdr h;
	__u64 ino;	/* 0: the VM, or a vCPU */
	char comm[GMEM_COMM_LEN];
};

/* The side of a gfn that is populated although the other one is in use. */
enum gmem_side {
	GMEM_SIDE_PRIVATE,
	GMEM_SIDE_SHARED,
	GMEM_SIDES
};

struct gmem_map_extent {
	__u64 start;	/* gfn, or pgoff */
	__u64 end;
};

/* As many as keep the record below a page. */
#define GMEM_MAP_EXTENTS	250

/*
 * GMEM_SCAN_MAP: in [start, end) these gfns are private, and no other. True when the
 * record was begun; changes that were under way then are told by records after it.
 * GMEM_PAGES and GMEM_SHARED_PAGES: these have pages, and no other had when it was read.
 */
struct gmem_map_rec {
	struct gmem_hdr h;
	__u64 start;
	__u64 end;
	__u64 nr;
	__u64 ino;	/* GMEM_PAGES: of which the extents are pgoffs; GMEM_DOUBLED: enum gmem_side */
	struct gmem_map_extent extents[GMEM_MAP_EXTENTS];
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

/* Phases have coarser ones: slot k counts [2^k, 2^(k+1)) ns, the last all that is longer. */
#define GMEM_PHASE_SLOTS	40

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

/* GMEM_ATTRIBUTES_END that tells of the phases of the conversion, too. */
struct gmem_conversion_rec {
	struct gmem_rec r;
	__u64 phases;			/* bit n: it came to enum gmem_conversion_phase n */
	__u64 phase_ns[GMEM_PHASES];	/* all of them together: r.dur_ns */
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

/* Of one VM since it was first seen; grows at its end only. Exact whatever the ring buffer loses. */
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
	__u64 lost_records;	/* for which the ring buffer had no room */
	__u64 lost_state;	/* of these, those that change its files, slots or attributes */
	__u64 order;		/* changes of attributes so far, where they must be numbered */
	struct gmem_op_counters stall[GMEM_DIRECTIONS];	/* unchanged: nothing was converted */
	__u64 stall_ioctl_ns[GMEM_DIRECTIONS];
	__u64 stall_discard_ns[GMEM_DIRECTIONS];
	__u64 conversion_hist[GMEM_DIRECTIONS][GMEM_HIST_SLOTS];
	__u64 stall_hist[GMEM_DIRECTIONS][GMEM_HIST_SLOTS];
	__u64 phase_hist[GMEM_DIRECTIONS][GMEM_PHASES][GMEM_PHASE_SLOTS];
};

/* What not every kernel tells, nor every user wants. */
enum gmem_feature {
	GMEM_FEATURE_PHASES	= 1 << 0,	/* times of the phases of conversions */
	GMEM_FEATURE_FAULTS	= 1 << 1,	/* faults of vCPUs on private memory */
	GMEM_FEATURE_TOUCHES	= 1 << 2,	/* and what they allocate */
	GMEM_FEATURE_FREED	= 1 << 3,	/* pages that fallocate frees and allocates */
	GMEM_FEATURE_RETRIES	= 1 << 4,	/* faults that meet an invalidation */
	GMEM_FEATURE_INVALIDATIONS = 1 << 5,	/* of guest_memfd */
	GMEM_FEATURE_WINDOWS	= 1 << 6,	/* invalidations of conversions */
	GMEM_FEATURE_STALLS	= 1 << 7,	/* from the exit that asks to the re-entry */
	GMEM_FEATURE_BACKING	= 1 << 8,	/* which pages are populated, now and then */
	GMEM_FEATURE_EVENTS	= 1 << 9,	/* a record of every operation; else of what changes maps */
	GMEM_FEATURE_RATES	= 1 << 10,	/* something is known of a refresh before the last: of the model */
	GMEM_FEATURE_NO_ATTRIBUTES = 1 << 11,	/* conversions are not seen: the kernel has none, or their probe is blind */
	GMEM_FEATURE_CONVERSIONS = 1 << 12,	/* the opposite, of the model: recordings before 11 lack the bit */
	GMEM_FEATURE_NO_FALLOCATES = 1 << 14,	/* their probe is blind; as of NO_ATTRIBUTES, recordings lack it where it is not */
	GMEM_FEATURE_FALLOCATES	= 1 << 15,	/* the opposite, of the model */
	GMEM_FEATURE_NO_MEMORY_FAULTS = 1 << 16,
	GMEM_FEATURE_MEMORY_FAULTS = 1 << 17,
	GMEM_FEATURE_OTHER_PIDS	= 1 << 13,	/* a restriction: VMs of other pid namespaces are found only when they do something */
};

/* Groups of events that somebody may want to see or not: each has its cost. */
enum gmem_probe_group {
	GMEM_PROBES_BASE	= 1,	/* files, bindings, conversions, fallocate, stalls: counted; maps */
	GMEM_PROBES_PHASES	= 2,	/* phases of conversions */
	GMEM_PROBES_FAULTS	= 4,	/* faults of vCPUs and of userspace, populate */
	GMEM_PROBES_INVALIDATIONS = 8,	/* of guest_memfd, and windows of conversions */
	GMEM_PROBES_EVENTS	= 16,	/* a record for all that these see, not only for what changes maps */
	GMEM_PROBES_ALL		= 31,
};

#define GMEM_BLIND_LEN 128

struct gmem_probes_rec {
	struct gmem_hdr h;
	__u64 features;		/* enum gmem_feature */
	char set[16];		/* "tracepoints", "stock" */
	/*
	 * Functions, separated by ", ", whose programs are attached and do not run: what they
	 * would report is missing, and no map is current. "": none is known.
	 */
	char blind[GMEM_BLIND_LEN];
};

struct gmem_counters_rec {
	struct gmem_hdr h;
	struct gmem_counters c;
};

/* Room for kinds and reasons to come: recordings carry this. */
#define GMEM_KINDS_MAX	64
#define GMEM_LOSSES_MAX	8

struct gmem_lost_rec {
	struct gmem_hdr h;
	__u64 lost[GMEM_LOSSES_MAX];	/* since attach, by enum gmem_loss */
	__u64 by_kind[GMEM_KINDS_MAX];	/* of GMEM_LOST_RINGBUF: which records */
};

/* Records that the CPU of the header lost (GMEM_LOST_RINGBUF), since attach. */
struct gmem_lost_cpu_rec {
	struct gmem_hdr h;
	__u64 lost;
};

/*
 * What other clocks showed at h.ts_ns. Told at the beginning, and when the distance to one
 * of them has changed: somebody set the clock, or the machine slept.
 */
struct gmem_clock_rec {
	struct gmem_hdr h;
	__u64 realtime_ns;
	__u64 boottime_ns;
};

/*
 * Progress of the inventory. User space keeps one of these for each VM that is being scanned, and
 * hands it to the programs for one run, which is bounded in time and goes on where the last one ended.
 */
enum gmem_scan_phase {
	GMEM_SCAN_IDLE,
	GMEM_SCAN_BEGINS,	/* the record that begins it is due */
	GMEM_SCAN_FILES,	/* user space passes over the open files of all processes */
	GMEM_SCAN_SLOTS,	/* files in memslots, which may have no descriptor */
	GMEM_SCAN_MAPS,		/* attributes, from next on */
	GMEM_SCAN_CACHE,	/* pages of ino, from next on; then it is done */
	GMEM_SCAN_ENDS,
	GMEM_SCAN_DONE,
};

struct gmem_scan {
	__u64 vm;
	__u64 ino;		/* GMEM_SCAN_CACHE: the file */
	__u64 next;		/* gfn or pgoff to go on from */
	__u64 phase;		/* enum gmem_scan_phase */
	__u64 with_files;	/* what is not found among files and slots is gone */
};

/* A pass over files. It may stop at any of them, even between two bindings of one, and go on there. */
struct gmem_pass {
	__u64 id;		/* a file is emitted once in passes of the same id */
	__u64 vm;		/* 0: all VMs */
	__u64 no_slots;		/* skip bindings */
	__u64 holders;		/* emit holders, too */
	__u64 identify;		/* emit GMEM_VM for vm, once */
	__u64 holder_of_vm;	/* holder that was emitted last, and of what */
	__u64 holder_of_ino;
	__u64 holder;
	__u64 file;		/* address of the file that was begun; 0: none */
	__u64 index;		/* page offset in it to go on from */
};

/* Limits and cost of all runs. */
struct gmem_scan_cost {
	__u64 budget_ns;	/* of one run */
	__u64 no_room;		/* records for which the ring buffer had no room: they come later */
	__u64 runs;
	__u64 run_ns;		/* of all of them */
	__u64 max_run_ns;	/* of the longest */
};

/* Result of a run, for user space. */
enum gmem_scan_result {
	GMEM_RUN_DONE,
	GMEM_RUN_MORE,		/* it stopped for time or room: run it again */
	GMEM_RUN_GONE,		/* the VM has ended */
};

/* What the tool itself costs, since it was attached. */
struct gmem_cost_rec {
	struct gmem_hdr h;
	__u64 cpu_ns;		/* of the process */
	__u64 scan_runs;	/* of the programs that read kernel memory */
	__u64 scan_ns;
	__u64 scan_max_ns;	/* longest run: RCU was held that long */
	__u64 pagemap_calls;	/* of PAGEMAP_SCAN */
	__u64 pagemap_ns;
	__u64 pagemap_max_ns;	/* longest call: the VMM's mmap_lock was held that long */
};

#endif /* GMEM_ABI_H */
