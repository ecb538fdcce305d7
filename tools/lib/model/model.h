/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Model of guest memory: VMs, their guest_memfd files, bindings, attributes, counters, and the
 * operations in flight. Pure: it changes only by applying a record, its time is that of the
 * records, and it uses neither BPF nor terminals nor files. Views read the structures below and
 * change nothing.
 */
#ifndef GMEM_MODEL_H
#define GMEM_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#include "bpf/gmem_abi.h"
#include "model/changes.h"
#include "model/history.h"
#include "model/hot.h"
#include "model/ranges.h"
#include "model/recent.h"
#include "operations/operations.h"

/* Process with an open descriptor of a guest_memfd, of the VM or of a vCPU. */
struct gmem_holder {
	uint32_t pid;
	char comm[GMEM_COMM_LEN];	/* "": unknown */
	uint64_t seen_ns;
};

/* Holders that are kept for each VM and file; further ones are ignored. */
#define GMEM_HOLDERS_MAX 64

struct gmem_holders {
	struct gmem_holder *list;	/* in the order in which they were found */
	size_t nr;
};

/* Memslot that is bound to a guest_memfd. */
struct gmem_slot {
	uint32_t slot;		/* as_id << 16 | id, as userspace numbers them */
	uint64_t gfn;
	uint64_t npages;
	uint64_t ino;
	uint64_t pgoff;		/* page offset of gfn in ino */
	uint64_t seen_ns;	/* last record that reported it */
};

/* Open guest_memfd. */
struct gmem_file {
	uint64_t ino;
	uint64_t size_pages;
	uint64_t flags;
	uint64_t populated;	/* populated pages at populated_ns */
	uint64_t populated_ns;	/* last scan, or the creation, when it was empty; 0: never scanned */
	bool populated_read;	/* populated is from a scan, not from the creation */
	bool mapped;		/* mapped by a process at the last scan */
	uint64_t seen_ns;	/* last record that reported it */
	struct gmem_holders holders;	/* a few seconds old; a process that only maps it is not found */
	struct gmem_ranges pages;	/* populated pgoffs at pages_ns; only with GMEM_FEATURE_BACKING */
	uint64_t pages_ns;
	uint64_t huge_pages;	/* populated pages in folios of 2 MiB or more, at the last page scan */
	uint64_t huge_read;	/* those that the running page scan has found so far */
	bool pages_new;		/* read since the last page scan ended */
	bool pages_known;	/* read by the last page scan */
};

/* Completeness of a sum, or of the data on a VM. */
enum gmem_known {
	GMEM_KNOWN_NONE,
	GMEM_KNOWN_PART,	/* the sum lacks a part */
	GMEM_KNOWN_ALL,
};

/*
 * Gfns whose attributes changed recently. Their pages may have been read before or after the
 * change, so they must not be compared with the map.
 */
struct gmem_converted {
	struct gmem_ranges now;		/* since now_ns */
	struct gmem_ranges before;	/* in the period before now_ns */
	uint64_t now_ns;
};

/* Reliability of the files, slots and attributes of a VM. */
enum gmem_map_state {
	GMEM_MAP_CURRENT,	/* equal to the kernel's, up to the last record */
	GMEM_MAP_UNREAD,	/* existed before the tool was attached, and is not scanned yet */
	GMEM_MAP_READING,	/* being scanned */
	GMEM_MAP_STALE,		/* changes were lost or are not scanned yet: to be scanned again */
	GMEM_MAP_STATES
};

extern const char *const gmem_map_state_names[GMEM_MAP_STATES];

struct gmem_vm {
	uint64_t id;
	uint32_t pid;		/* of the VMM */
	uint64_t start_ns;	/* of the VMM, CLOCK_BOOTTIME */
	char comm[GMEM_COMM_LEN];
	char name[GMEM_NAME_LEN];	/* from the VMM's command line; "": none */
	char cgroup[GMEM_CGROUP_LEN];	/* of the VMM; "": unknown */
	uint32_t vcpus;
	uint32_t type;		/* KVM_X86_*_VM */
	uint64_t seen_ns;	/* first record */
	uint64_t ended_ns;	/* 0: alive */

	enum gmem_map_state map;
	bool doubted;			/* an event may have been missed since the last scan began */
	bool identified;		/* GMEM_VM was received: process, vCPUs and type are known */
	bool map_known;			/* files, slots, attributes: seen from creation, or scanned */
	uint64_t scan_ns;		/* begin of the running or the last scan */
	uint64_t scan_took_ns;		/* duration of the last completed scan */
	uint64_t scan_lost;		/* lost_state at begin of the scan, which finds what was lost */
	bool behind;			/* changes are marked in the kernel and not scanned yet */
	bool only_behind;		/* behind is the only reason why the map is stale */
	struct gmem_changes changes;	/* orders attribute changes that arrive out of order */

	struct gmem_ranges private;	/* gfns with the private attribute, bound or not */
	struct gmem_ranges shared_pages; /* gfns populated on the shared side: GMEM_FEATURE_BACKING */
	struct gmem_ranges shared_read;	/* gfns whose shared side the page scan has read so far */
	struct gmem_ranges double_backed[GMEM_SIDES];	/* double-backed gfns, as of the model's backing_ns */
	enum gmem_known double_backed_known[GMEM_SIDES];
	struct gmem_converted converted;
	struct gmem_slot *slots;	/* by gfn */
	size_t nr_slots;
	struct gmem_file *files;	/* in order of creation */
	size_t nr_files;
	struct gmem_holders holders;	/* of the VM or of a vCPU */
	bool orphan;		/* it has no holder, so it cannot run: only its files keep it in the kernel */
	struct gmem_operations ops;	/* in flight */

	uint64_t mapped[GMEM_PAGE_SIZES];	/* mappings by size at mapped_ns; 0 there: unknown */
	uint64_t mapped_ns;

	struct gmem_counters now;	/* at counters_ns */
	struct gmem_counters before;	/* at before_ns, one refresh earlier: for rates */
	uint64_t counters_ns;
	uint64_t before_ns;

	struct gmem_hot *hot;		/* most frequently converted ranges; NULL: no conversion yet */
	struct gmem_recent *recent;	/* latest conversions; NULL: no conversion yet */

	UT_hash_handle hh;
};

struct gmem_model {
	struct gmem_vm *vms;		/* uthash by id */
	uint64_t now_ns;		/* latest time of any record */
	uint64_t sync_ns;		/* last refresh; 0: none yet */
	uint64_t sync_before_ns;	/* refresh before it */
	uint64_t nr_events;		/* applied; without GMEM_META and begins repeated in snapshots */
	uint64_t lost[GMEM_LOSSES];	/* since attach */
	uint64_t lost_by_kind[GMEM_KINDS];
	uint64_t *lost_by_cpu;		/* up to the highest CPU that lost a record */
	size_t nr_lost_cpus;
	struct gmem_cost_rec cost;	/* of the tool; 0 until it is reported */
	struct gmem_cost_rec cost_before;	/* one refresh earlier */
	uint64_t features;		/* enum gmem_feature, of the source */
	uint64_t by_tracepoint;		/* GMEM_EVENT_BIT() of events in use, by kind of provider; 0 in both: unknown */
	uint64_t by_function;
	char blind[GMEM_BLIND_LEN];	/* functions whose events are missing; "": none */
	uint64_t backing_ns;		/* end of the last page scan; 0: none yet */
	uint64_t backing_took_ns;	/* duration of the last page scan */
	bool backing_reads;		/* a page scan is running */
	bool backing_settles;		/* a page scan has ended, and records from before its end may still arrive */
	struct gmem_histories *histories;
	uint64_t holders_ns;		/* begin of the last complete search for holders; 0: none yet */
};

/* Ranges that are followed for each VM. */
#define GMEM_VM_HOT 64

struct gmem_model *gmem_model_new(void);
void gmem_model_free(struct gmem_model *m);

/*
 * Applies a record. Returns 0, -ENOMEM, or -EINVAL for a record that is too short for its kind.
 * Ignores unknown kinds and unknown bytes at the end, which recordings of later versions have.
 */
int gmem_model_apply(struct gmem_model *m, const struct gmem_hdr *rec);

/* Removes VMs that ended at or before @ts_ns; the view decides how long they stay. */
void gmem_model_forget(struct gmem_model *m, uint64_t ts_ns);

struct gmem_vm *gmem_model_vm(const struct gmem_model *m, uint64_t id);

/* Return the bytes of all gmem slots, and the private bytes among them. */
uint64_t gmem_vm_slot_bytes(const struct gmem_vm *vm);
uint64_t gmem_vm_private_bytes(const struct gmem_vm *vm);

/* Sum over files: known in full, in part, or not at all; stale if a part of it is old. */
struct gmem_sum {
	uint64_t bytes;		/* of the known parts */
	enum gmem_known known;
	bool stale;
};

/*
 * Time for which the populated pages of a file are current. Files are scanned at every refresh,
 * at most once a second. A file that is older has no descriptor any more: its last figure is
 * stale, or unknown if it was never scanned.
 */
#define GMEM_FILE_FRESH_NS	2000000000ULL	/* since a scan */
#define GMEM_FILE_NEW_NS	1000000000ULL	/* since its creation, when it was empty */

struct gmem_sum gmem_file_populated(const struct gmem_model *m, const struct gmem_file *f);

/* Returns the sum over all guest_memfd files of the VM. */
struct gmem_sum gmem_vm_populated(const struct gmem_model *m, const struct gmem_vm *vm);

/* Returns the bytes of huge pages in these files, as of the last page scan, which skips mappable files. */
struct gmem_sum gmem_vm_populated_huge(const struct gmem_vm *vm);

/* Returns the bytes that KVM maps into the guest, all or those mapped by huge pages. */
struct gmem_sum gmem_vm_mapped(const struct gmem_model *m, const struct gmem_vm *vm, bool huge);

/* Returns the number of memslots that are bound to the file. */
size_t gmem_file_bindings(const struct gmem_vm *vm, const struct gmem_file *f);

/* Returns true if the file is not mapped, and the VM is an orphan or no memslot is bound to the file. */
bool gmem_file_unused(const struct gmem_vm *vm, const struct gmem_file *f);

/* Returns the populated bytes of unused files. */
struct gmem_sum gmem_vm_unused(const struct gmem_model *m, const struct gmem_vm *vm);

/*
 * Double-backed memory: private pages under gfns that are shared, and shared pages under gfns
 * that are private (also where the other side has no page). As of backing_ns: pages and map of
 * that time, without gfns that were converted during the page scan or shortly before. It stays
 * until the next page scan, except where memslots are deleted.
 */
struct gmem_double_backed {
	uint64_t private_bytes;
	uint64_t shared_bytes;
};

struct gmem_double_backed gmem_vm_double_backed(const struct gmem_vm *vm);

/* Returns the double-backed bytes of gfns [start, end) of a slot. */
struct gmem_double_backed gmem_slot_double_backed(const struct gmem_vm *vm, const struct gmem_slot *s,
				      uint64_t start, uint64_t end);

/* Returns the bytes of its slots that are populated on the shared side. */
uint64_t gmem_vm_shared_populated_bytes(const struct gmem_vm *vm);

/* Number of 2 MiB blocks of gmem slots: those with private and shared pages, and all. */
struct gmem_blocks {
	uint64_t mixed;
	uint64_t total;
};

struct gmem_blocks gmem_vm_blocks(const struct gmem_vm *vm);

/* Returns false until two snapshots of the counters exist. */
bool gmem_vm_has_rates(const struct gmem_vm *vm);

/* Return the rates between the last two snapshots of the counters, both directions together; 0 before the second. */
double gmem_vm_conversions_per_s(const struct gmem_vm *vm);
double gmem_vm_converted_bytes_per_s(const struct gmem_vm *vm);

#endif /* GMEM_MODEL_H */
