/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Interface of BPF programs, sources, the model and recordings: the record of an event, the
 * counters of a VM, and the histogram. Nothing here depends on a kernel version.
 *
 * All fields are in host byte order. Units are in the names: _ns are nanoseconds, _pages and
 * page offsets count 4 KiB pages, _bytes bytes. Times are CLOCK_MONOTONIC unless noted. A range
 * is [start, end): end is the first page after it.
 *
 * Longer than 400 lines because it is all that both sides have to agree on.
 */
#ifndef GMEM_ABI_H
#define GMEM_ABI_H

#ifndef __bpf__
#include <linux/types.h>
#endif

#define GMEM_PAGE_SHIFT		12

/*
 * 2 MiB blocks, in pages. Programs mark a block as changed instead of emitting many records for it. A block
 * with both private and shared pages cannot be mapped by a 2 MiB page.
 */
#define BLOCK_SHIFT		9
#define BLOCK_PAGES		(1 << BLOCK_SHIFT)

/* GUEST_MEMFD_FLAG_MMAP of include/uapi/linux/kvm.h: the file's pages serve as private and as shared memory. */
#define GMEM_FILE_MAPPABLE	1

#define GMEM_COMM_LEN		16
#define GMEM_UNKNOWN		(~0ULL)	/* nr_pages: this kernel does not report it */
#define GMEM_NO_ADDRESS		(~0ULL)	/* user_addr: the memslot has no shared side */

/*
 * Kinds of records. Numbers are never reused: recordings contain them.
 * tools/lib/abi/kinds.c has a table of the fields that each kind uses.
 * "source": made in user space only. Programs emit all others.
 */
enum gmem_kind {
	GMEM_VM			= 1,	/* struct gmem_vm_rec: first record of a VM */
	GMEM_VM_END		= 2,	/* KVM destroys the VM */
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
	GMEM_COUNTERS		= 14,	/* source: struct gmem_counters_rec */
	GMEM_LOST		= 15,	/* source: struct gmem_lost_rec */
	GMEM_ATTRIBUTES_PHASE	= 16,
	GMEM_FAULT_BEGIN	= 17,
	GMEM_FAULT_END		= 18,
	GMEM_FAULT_RETRY	= 19,
	GMEM_MEMORY_ERROR	= 20,
	GMEM_USER_FAULT_BEGIN	= 21,
	GMEM_USER_FAULT_END	= 22,
	GMEM_POPULATE_BEGIN	= 23,	/* older recordings only */
	GMEM_POPULATE_END	= 24,	/* the only record of a populate */
	/* Scan: state read from kernel memory. */
	GMEM_SCAN_BEGIN		= 25,	/* the VM's state follows, and whether its files do */
	GMEM_SCAN_FILE		= 26,	/* an open guest_memfd */
	GMEM_SCAN_SLOT		= 27,	/* a binding that exists */
	GMEM_SCAN_MAP		= 28,	/* struct gmem_map_rec: private gfns */
	GMEM_SCAN_END		= 29,	/* the scan is complete */
	GMEM_PROBES		= 30,	/* source: struct gmem_probes_rec, first, and after each change */
	GMEM_COST		= 31,	/* source: struct gmem_cost_rec */
	/* Stall: from the vCPU's exit that asks for a conversion to its re-entry. */
	GMEM_STALL_BEGIN	= 32,
	GMEM_STALL_END		= 33,	/* struct gmem_stall_rec */
	GMEM_INFLIGHT		= 34,	/* source, all VMs: only the _BEGINs up to GMEM_SYNC are in flight */
	GMEM_NAME		= 35,	/* source: struct gmem_name_rec */
	GMEM_LOST_CPU		= 36,	/* source: struct gmem_lost_cpu_rec */
	/* Populated pages: struct gmem_map_rec. Scanned at intervals, because no event reports them. */
	GMEM_PAGES		= 37,	/* page offsets that are populated in file ino */
	GMEM_SHARED_PAGES	= 38,	/* source: gfns that are populated in the VMM's mapping */
	GMEM_BACKING		= 39,	/* source, all VMs: both sides are scanned; dur_ns: time that took */
	GMEM_SYNC		= 40,	/* source: ends a snapshot; all records before it are one consistent state */
	/* Holders. Scanned at intervals, because no event reports that a descriptor is passed on. */
	GMEM_HOLDER		= 41,	/* struct gmem_holder_rec */
	GMEM_HOLDERS		= 42,	/* source, all VMs: every holder was emitted; dur_ns: time that took */
	GMEM_CLOCK		= 43,	/* source: struct gmem_clock_rec, in recordings */
	GMEM_PHASE		= 44,	/* source: phase of the task's conversion in flight, in a snapshot */
	GMEM_BEHIND		= 45,	/* source: whether changed blocks are not scanned yet */
	GMEM_DOUBLE_BACKED		= 46,	/* source: struct gmem_map_rec: double-backed at the last GMEM_BACKING */
	GMEM_PREFETCH_RETRY	= 47,	/* as GMEM_FAULT_RETRY, but no vCPU stalls: KVM_PRE_FAULT_MEMORY, or an async page fault */
	GMEM_MAPPED		= 48,	/* struct gmem_mapped_rec: what KVM maps into the guest */
	GMEM_KINDS
};

/* Reasons why a record or an update was lost. */
enum gmem_loss {
	GMEM_LOST_RINGBUF,	/* no room in the ring buffer: counters are exact, the map is stale */
	GMEM_LOST_VMS,		/* no room for one more VM: its events are not counted */
	GMEM_LOST_INFLIGHT,	/* no room to keep a begin: its end has no duration */
	GMEM_LOST_UNPAIRED,	/* an end whose begin was missed */
	GMEM_LOST_RANGE,	/* the request could not be read from user memory: its range is unknown */
	GMEM_LOST_DAMAGED,	/* in a part of a recording that is damaged or missing */
	GMEM_LOST_SKIPPED,	/* the kernel skipped a program: counters lack the event, maps are scanned again */
	GMEM_LOSSES
};

/* Header of every record. */
struct gmem_hdr {
	__u64 ts_ns;	/* CLOCK_MONOTONIC */
	__u64 vm;	/* kvm->vm_id or, on kernels without it, a number given by the programs, from 1; 0: no VM */
	__u32 tgid;	/* process that caused the event, in the initial pid namespace */
	__u32 tid;	/* its thread, in the same namespace */
	__u16 kind;	/* enum gmem_kind */
	__u16 size;	/* bytes of the record, header included */
	__u16 cpu;
	__u16 flags;	/* enum gmem_rec_flags */
};

enum gmem_rec_flags {
	/*
	 * A begin that a snapshot repeats because the operation is in flight: no event, an earlier record may
	 * have had it. Readers of recordings set it in those of version 1, which lack it.
	 */
	GMEM_REC_REPEATED	= 1 << 0,
};

/* Record of an event. Unused fields are 0. */
struct gmem_rec {
	struct gmem_hdr h;
	__u64 ino;	/* guest_memfd inode, as in fdinfo and stat(2) */
	__u64 start;	/* gfn, or page offset into ino: see kinds.c */
	__u64 end;	/* exclusive; same unit as start */
	union {
		__u64 arg;		/* the one of the following that kinds.c has for the kind */
		__u64 pgoff;		/* BIND, UNBIND, SCAN_SLOT, FAULT_BEGIN: page offset into ino of start */
		__u64 mode;		/* FALLOCATE: FALLOC_FL_* of linux/falloc.h */
		__u64 attributes;	/* ATTRIBUTES, STALL, .._RETRY: KVM_MEMORY_ATTRIBUTE_* of linux/kvm.h */
		__u64 cause;		/* INVALIDATE: see gmem_text_arg() */
		__u64 flags;		/* CREATE, SCAN_FILE: GUEST_MEMFD_FLAG_*; MEMORY_FAULT: KVM_MEMORY_EXIT_FLAG_* */
		__u64 phase;		/* ATTRIBUTES_PHASE, PHASE: enum gmem_conversion_phase, less GMEM_PHASE_CHECK */
		__u64 prepare_ns;	/* FAULT_END: time in the architecture's prepare hook */
		__u64 user;		/* USER_FAULT: enum gmem_user */
		__u64 lost_state;	/* SCAN_BEGIN: see struct gmem_counters */
	};
	union {
		__u64 nr_pages;		/* freed, allocated, populated, held at release; or GMEM_UNKNOWN */
		__u64 user_addr;	/* BIND, UNBIND, SCAN_SLOT: the memslot's shared side in the VMM, or
					 * GMEM_NO_ADDRESS */
		__u64 seq;		/* ATTRIBUTES_END: see below */
	};
	__u64 dur_ns;	/* _END: time since its _BEGIN; 0: the begin was missed */
	__s32 ret;	/* 0 or -errno; a CREATE that failed has no ino */
	union {
		__u32 aux;		/* the one of the following that kinds.c has for the kind */
		__u32 slot;		/* BIND, UNBIND, SCAN_SLOT: address space << 16 | memslot */
		__u32 vcpu;		/* MEMORY_FAULT, .._RETRY, STALL */
		__u32 order;		/* FAULT_END: of the page */
		__u32 changed;		/* ATTRIBUTES_END: 1 if attributes changed */
		__u32 has_pages;	/* USER_FAULT_END: 1: nr_pages is valid; 0 also in older recordings */
		__u32 holder;		/* SCAN_FILE: PID of a process that has it, or 0 */
		__u32 with_files;	/* SCAN_BEGIN: 1 if files are included */
		__u32 behind;		/* BEHIND: 1: changed blocks are not scanned yet */
	};
};

/*
 * Sequence numbers of conversions (seq of GMEM_ATTRIBUTES_END). The tracepoint kvm_mem_attributes_end
 * emits the end with slots_lock held: records are in the order in which the changes took effect, and seq
 * is 0. By functions the end is seen after the lock was released: seq numbers the changes of
 * the VM, from 1, in the order of the lock; 0: nothing changed.
 *
 * The record is a struct gmem_conversion_rec if phases were enabled and kept. Otherwise a
 * GMEM_ATTRIBUTES_PHASE record is emitted at each start of a phase.
 */

/* Origin of a fault on a mapped guest_memfd. Older recordings have 0. */
enum gmem_user {
	GMEM_USER_UNKNOWN,
	GMEM_USER_VMM,		/* a thread of a process, outside of KVM_RUN */
	GMEM_USER_GUEST,	/* a vCPU: the thread is in KVM_RUN */
};

/* Flags of GMEM_VM. */
enum {
	GMEM_VM_SCANNED = 1,	/* GMEM_SCAN_* records follow: the VM's state is unknown until then */
};

/*
 * GMEM_STALL_END. The rest of dur_ns, outside of ioctl and discard, is spent in the VMM. It includes
 * the VMM's discarding of shared memory, which no probe sees.
 */
struct gmem_stall_rec {
	struct gmem_rec r;	/* start, end: gfns asked for; attributes: those that the VMM set last in the
				 * stall or, if ioctls is 0, those asked for */
	__u64 ioctl_ns;		/* in KVM_SET_MEMORY_ATTRIBUTES, by any thread */
	__u64 discard_ns;	/* in fallocate() on guest_memfd, by the vCPU's thread */
	__u64 ioctls;		/* successful KVM_SET_MEMORY_ATTRIBUTES; 0: not converted */
};

/* Bits of GMEM_SCAN_FILE (start): facts that no event reports. Older recordings have 0. */
enum gmem_file_state {
	GMEM_FILE_MAPPED = 1,	/* a process has the file mapped */
	GMEM_FILE_NEW = 2,	/* source: was created empty, not scanned since; nr_pages is GMEM_UNKNOWN */
};

/* GMEM_VM: identity of a VM when it was first seen. h.tgid is the VMM. */
struct gmem_vm_rec {
	struct gmem_hdr h;
	__u64 start_ns;	/* start of the VMM's process (CLOCK_BOOTTIME) */
	char comm[GMEM_COMM_LEN];
	__u32 flags;	/* GMEM_VM_* */
	__u32 vcpus;	/* vCPUs online at that time */
	__u32 type;	/* KVM_X86_*_VM; 0 where the architecture has no types */
};

#define GMEM_NAME_LEN	128
#define GMEM_CGROUP_LEN	256

/* GMEM_NAME: name from the VMM's command line, and cgroup of its process. NUL-terminated; "": unknown. */
struct gmem_name_rec {
	struct gmem_hdr h;
	char name[GMEM_NAME_LEN];
	char cgroup[GMEM_CGROUP_LEN];
};

/* GMEM_HOLDER: a process (h.tgid) with a descriptor of a guest_memfd, of the VM, or of a vCPU. */
struct gmem_holder_rec {
	struct gmem_hdr h;
	__u64 ino;	/* the guest_memfd; 0: the VM or a vCPU */
	char comm[GMEM_COMM_LEN];
};

/* Unused side of a double-backed gfn: the one that is populated although the guest uses the other. */
enum gmem_side {
	GMEM_SIDE_PRIVATE,
	GMEM_SIDE_SHARED,
	GMEM_SIDES
};

struct gmem_map_extent {
	__u64 start;	/* gfn or page offset */
	__u64 end;	/* exclusive */
};

/* Keeps the record just over 4000 bytes, below a page. */
#define GMEM_MAP_EXTENTS	250

/*
 * Extents of [start, end) that have a state; all other pages of the range lack it.
 * GMEM_SCAN_MAP: these gfns are private, as of the time the record was begun. Records of changes
 * that were in flight then come after it.
 * GMEM_PAGES, GMEM_SHARED_PAGES: these pages were populated when they were scanned.
 */
struct gmem_map_rec {
	struct gmem_hdr h;
	__u64 start;	/* gfn; GMEM_PAGES: page offset into ino */
	__u64 end;	/* exclusive; GMEM_UNKNOWN: no page above has the state either */
	__u32 nr;	/* extents in use, at most GMEM_MAP_EXTENTS; ascending, not overlapping */
	__u32 huge_pages;	/* GMEM_PAGES: those of its pages that are in folios of 2 MiB or more; else 0 */
	__u64 ino;	/* GMEM_PAGES: inode of the file; GMEM_DOUBLE_BACKED: enum gmem_side; else 0 */
	struct gmem_map_extent extents[GMEM_MAP_EXTENTS];
};

/* Sizes of the pages that map memory into a guest: 4 KiB, 2 MiB, 1 GiB. */
#define GMEM_PAGE_SIZES		3

/* GMEM_MAPPED: mappings of the VM by size, private and shared ones together (x86: kvm_vm_stat.pages). */
struct gmem_mapped_rec {
	struct gmem_hdr h;
	__u64 nr[GMEM_PAGE_SIZES];
};

/*
 * Log-linear histogram of nanoseconds: values below GMEM_HIST_SUB have a slot each, then every power
 * of two is split into GMEM_HIST_SUB equal slots, so a slot is at most 1/8 of its value wide. The last
 * slot counts all longer ones.
 */
#define GMEM_HIST_SUB_BITS	3
#define GMEM_HIST_SUB		(1 << GMEM_HIST_SUB_BITS)
#define GMEM_HIST_MAX_BITS	40	/* 2^40 ns: 18 minutes */
#define GMEM_HIST_SLOTS		((GMEM_HIST_MAX_BITS - GMEM_HIST_SUB_BITS + 1) * GMEM_HIST_SUB)

/* Slots of a phase's histogram: slot k counts [2^k, 2^(k+1)) ns, the first also 0, the last all longer ones. */
#define GMEM_PHASE_SLOTS	40

enum gmem_direction {
	GMEM_TO_SHARED,
	GMEM_TO_PRIVATE,
	GMEM_DIRECTIONS
};

/*
 * Phases of a conversion, in order. kvm_mem_attributes_phase marks the start of each but LOCK, and
 * numbers them from 0: its CHECK is 0.
 */
enum gmem_conversion_phase {
	GMEM_PHASE_LOCK,	/* waits for slots_lock */
	GMEM_PHASE_CHECK,	/* checks whether anything has to change */
	GMEM_PHASE_RESERVE,	/* allocates memory for the new attributes */
	GMEM_PHASE_ZAP,		/* unmaps the range from the guest, flushes TLBs */
	GMEM_PHASE_STORE,	/* stores the new attributes */
	GMEM_PHASE_MIXED,	/* updates which huge pages the range allows */
	GMEM_PHASES
};

/* GMEM_ATTRIBUTES_END with the phases of the conversion. */
struct gmem_conversion_rec {
	struct gmem_rec r;
	__u64 phases;			/* bit n: phase n (enum gmem_conversion_phase) was reached; bit 0 stays clear */
	__u64 phase_ns[GMEM_PHASES];	/* sum: r.dur_ns */
};

/* Counters of one kind of operation. */
struct gmem_op_counters {
	__u64 count;		/* operations that succeeded; bytes and times are of these only */
	__u64 bytes;		/* sum of the ranges asked for */
	__u64 total_ns;
	__u64 max_ns;
	__u64 failed;		/* not in count */
	__u64 unchanged;	/* conversions that found every page as asked for; not in count */
};

/* Per-VM counters, exact even when the ring buffer drops records. Fields are added at the end only. */
struct gmem_counters {
	struct gmem_op_counters conversion[GMEM_DIRECTIONS];
	struct gmem_op_counters punch;
	struct gmem_op_counters allocate;
	struct gmem_op_counters invalidate;	/* guest_memfd: punch, release, memory error */
	struct gmem_op_counters window;		/* invalidations by conversions: faults of vCPUs retry meanwhile */
	struct gmem_op_counters fault;		/* faults of vCPUs on private memory, page found or allocated */
	__u64 punched_pages;	/* freed by punches, failed ones included */
	__u64 allocated_pages;	/* allocated by fallocate(), failed calls included */
	__u64 faulted_pages;	/* allocated by faults of vCPUs: first touches */
	__u64 memory_faults;	/* KVM_EXIT_MEMORY_FAULT exits */
	__u64 fault_retries;	/* faults of vCPUs that met an invalidation */
	__u64 phase_ns[GMEM_DIRECTIONS][GMEM_PHASES];	/* conversions that changed something */
	__u64 ended_ns;		/* time at which KVM destroyed the VM; 0: it is alive */
	__u64 lost_records;	/* dropped: no room in the ring buffer */
	__u64 lost_state;	/* losses after which the VM's files, bindings or attributes are stale */
	__u64 order;		/* last sequence number given to a conversion: see GMEM_ATTRIBUTES_END */
	struct gmem_op_counters stall[GMEM_DIRECTIONS];	/* unchanged: stalls without a conversion */
	__u64 stall_ioctl_ns[GMEM_DIRECTIONS];
	__u64 stall_discard_ns[GMEM_DIRECTIONS];
	__u64 conversion_hist[GMEM_DIRECTIONS][GMEM_HIST_SLOTS];
	__u64 stall_hist[GMEM_DIRECTIONS][GMEM_HIST_SLOTS];
	__u64 phase_hist[GMEM_DIRECTIONS][GMEM_PHASES][GMEM_PHASE_SLOTS];
};

/* Data that a source provides, which depends on the kernel, the attached groups, and the options. */
enum gmem_feature {
	GMEM_FEATURE_PHASES	= 1 << 0,	/* times of the phases of conversions */
	GMEM_FEATURE_FAULTS	= 1 << 1,	/* faults of vCPUs on private memory */
	GMEM_FEATURE_TOUCHES	= 1 << 2,	/* pages that these faults allocate */
	GMEM_FEATURE_FREED	= 1 << 3,	/* pages that fallocate() frees and allocates */
	GMEM_FEATURE_RETRIES	= 1 << 4,	/* faults of vCPUs that meet an invalidation */
	GMEM_FEATURE_INVALIDATIONS = 1 << 5,	/* invalidations of guest_memfd */
	GMEM_FEATURE_WINDOWS	= 1 << 6,	/* invalidations by conversions */
	GMEM_FEATURE_STALLS	= 1 << 7,	/* stalls */
	GMEM_FEATURE_BACKING	= 1 << 8,	/* populated pages, scanned at intervals */
	GMEM_FEATURE_EVENTS	= 1 << 9,	/* a record of every operation; else only of those that change maps */
	GMEM_FEATURE_RATES	= 1 << 10,	/* set by the model: two snapshots or more, so rates can be computed */
	GMEM_FEATURE_NO_ATTRIBUTES = 1 << 11,	/* no conversions: no attributes, or a blind probe; older recordings never set it */
	GMEM_FEATURE_CONVERSIONS = 1 << 12,	/* set by the model if the bit above is clear */
	GMEM_FEATURE_NO_FALLOCATES = 1 << 14,	/* no fallocate(): a probe is blind */
	GMEM_FEATURE_FALLOCATES	= 1 << 15,	/* set by the model if the bit above is clear */
	GMEM_FEATURE_NO_MEMORY_FAULTS = 1 << 16,	/* no memory fault exits: their probe is blind */
	GMEM_FEATURE_MEMORY_FAULTS = 1 << 17,	/* set by the model if the bit above is clear */
	GMEM_FEATURE_OTHER_PIDS	= 1 << 13,	/* VMs of other pid namespaces are found only by their events */
};

/* Probe groups, enabled one by one because each has its cost. */
enum gmem_probe_group {
	GMEM_PROBES_BASE	= 1,	/* files, bindings, conversions, fallocate(), stalls: counters and maps */
	GMEM_PROBES_PHASES	= 2,	/* phases of conversions */
	GMEM_PROBES_FAULTS	= 4,	/* faults of vCPUs and of user space, populate */
	GMEM_PROBES_INVALIDATIONS = 8,	/* invalidations of guest_memfd and by conversions */
	GMEM_PROBES_EVENTS	= 16,	/* a record for each event of these, not only for changes of maps */
	GMEM_PROBES_ALL		= 31,
};

/*
 * Events, each of which has its own providers: tools/lib/live/providers.c. Those with a begin and an end in their name
 * may have one from a tracepoint and the other from a function. Recordings contain the numbers, which are never reused.
 */
enum gmem_event {
	GMEM_EVENT_VM_END,
	GMEM_EVENT_STALL,
	GMEM_EVENT_CREATE,
	GMEM_EVENT_RELEASE,
	GMEM_EVENT_BIND,
	GMEM_EVENT_UNBIND,
	GMEM_EVENT_FALLOCATE_BEGIN,
	GMEM_EVENT_FALLOCATE_END,
	GMEM_EVENT_ATTRIBUTES_BEGIN,
	GMEM_EVENT_ATTRIBUTES_END,
	GMEM_EVENT_ATTRIBUTES_PHASE,
	GMEM_EVENT_WINDOW,		/* invalidation by a conversion */
	GMEM_EVENT_INVALIDATE,		/* of a guest_memfd */
	GMEM_EVENT_MEMORY_FAULT,
	GMEM_EVENT_MEMORY_ERROR,
	GMEM_EVENT_FAULT_RETRY,
	GMEM_EVENT_FAULT_BEGIN,
	GMEM_EVENT_FAULT_END,
	GMEM_EVENT_USER_FAULT_BEGIN,
	GMEM_EVENT_USER_FAULT_END,
	GMEM_EVENT_POPULATE,
	GMEM_EVENTS			/* at most 64 */
};

#define GMEM_EVENT_BIT(e) (1ULL << (e))

#define GMEM_BLIND_LEN 128

struct gmem_probes_rec {
	struct gmem_hdr h;
	__u64 features;		/* enum gmem_feature */
	char set[16];		/* "tracepoints", "stock", "mixed" */
	/*
	 * Functions, separated by ", ", whose programs are attached and do not run: their events
	 * are missing, and every map is stale. "": none was found.
	 */
	char blind[GMEM_BLIND_LEN];
	/* GMEM_EVENT_BIT() of the events in use, by kind of provider. Older recordings have 0 in both. */
	__u64 by_tracepoint;
	__u64 by_function;
};

struct gmem_counters_rec {
	struct gmem_hdr h;
	struct gmem_counters c;
};

/* Sizes with room for future kinds and reasons, as recordings contain struct gmem_lost_rec. */
#define GMEM_KINDS_MAX	64
#define GMEM_LOSSES_MAX	8

struct gmem_lost_rec {
	struct gmem_hdr h;
	__u64 lost[GMEM_LOSSES_MAX];	/* since attach, by enum gmem_loss */
	__u64 by_kind[GMEM_KINDS_MAX];	/* GMEM_LOST_RINGBUF by enum gmem_kind of the record */
};

/* Records that h.cpu lost (GMEM_LOST_RINGBUF), since attach. */
struct gmem_lost_cpu_rec {
	struct gmem_hdr h;
	__u64 lost;
};

/*
 * Other clocks at h.ts_ns. Emitted at the start of a recording, and when the offset of one of them to
 * CLOCK_MONOTONIC changes: the clock was set, or the machine was suspended.
 */
struct gmem_clock_rec {
	struct gmem_hdr h;
	__u64 realtime_ns;
	__u64 boottime_ns;
};

/* Steps of the scan of a VM, in order. */
enum gmem_scan_phase {
	GMEM_SCAN_IDLE,
	GMEM_SCAN_BEGINS,	/* GMEM_SCAN_BEGIN is still to be emitted */
	GMEM_SCAN_FILES,	/* user space passes over the open files of all processes */
	GMEM_SCAN_SLOTS,	/* files in memslots, which may have no descriptor */
	GMEM_SCAN_MAPS,		/* attributes, from next on */
	GMEM_SCAN_CACHE,	/* a scan of its own: pages of ino, from next on; then done */
	GMEM_SCAN_ENDS,		/* GMEM_SCAN_END is still to be emitted */
	GMEM_SCAN_DONE,
};

/*
 * Progress of a scan. User space owns one for each VM, copies it to the programs before a run, and back
 * after it. A run is bounded in time, and resumes where the last one ended.
 */
struct gmem_scan {
	__u64 vm;
	__u64 ino;		/* GMEM_SCAN_CACHE: the file */
	__u64 next;		/* gfn or page offset to resume from */
	__u64 phase;		/* enum gmem_scan_phase */
	__u64 with_files;	/* 1: files and bindings that this scan does not find no longer exist */
};

/* Progress of a pass over files, owned as struct gmem_scan. It can stop between any two bindings. */
struct gmem_pass {
	__u64 id;		/* a file is emitted once in all passes of the same id */
	__u64 vm;		/* 0: all VMs */
	__u64 no_slots;		/* 1: skip bindings */
	__u64 holders;		/* 1: emit holders, too */
	__u64 identify;		/* 1: emit GMEM_VM for vm once; then set to 0 */
	__u64 holder_of_vm;	/* VM of the holder that was emitted last */
	__u64 holder_of_ino;	/* inode of the same */
	__u64 holder;		/* PID of the same */
	__u64 file;		/* address of the struct file in progress; 0: none */
	__u64 index;		/* page offset in it to resume from */
};

/* Limit and cost of all runs since attach. Programs write it, except for budget_ns. */
struct gmem_scan_cost {
	__u64 budget_ns;	/* limit of one run, set by user space */
	__u64 no_room;		/* records without room in the ring buffer: emitted by a later run */
	__u64 runs;
	__u64 run_ns;		/* sum */
	__u64 max_run_ns;	/* longest run */
};

/* Result of a run. */
enum gmem_scan_result {
	GMEM_RUN_DONE,
	GMEM_RUN_MORE,		/* out of time or room: run again */
	GMEM_RUN_GONE,		/* the VM has ended */
};

/* Cost of the tool itself, since attach. */
struct gmem_cost_rec {
	struct gmem_hdr h;
	__u64 cpu_ns;		/* CPU time of the process since its start */
	__u64 scan_runs;	/* runs of the programs that scan kernel memory */
	__u64 scan_ns;
	__u64 scan_max_ns;	/* longest run: RCU was held that long */
	__u64 pagemap_calls;	/* calls of PAGEMAP_SCAN */
	__u64 pagemap_ns;
	__u64 pagemap_max_ns;	/* longest call: the VMM's mmap_lock was held that long */
};

#endif /* GMEM_ABI_H */
