/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What is known of guest memory: VMs, their guest_memfd files, bindings,
 * attributes, counters, and what is in flight. Pure: it changes only by
 * applying a record, its time is that of the records, and it knows neither BPF
 * nor terminals nor files. Views read the structures below and change nothing.
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

/* A process that has a file open. */
struct gmem_holder {
	uint32_t pid;
	char comm[GMEM_COMM_LEN];	/* "": not known */
	uint64_t seen_ns;
};

/* More than that many processes are not told apart. */
#define GMEM_HOLDERS_MAX 64

struct gmem_holders {
	struct gmem_holder *list;	/* in the order in which they were met */
	size_t nr;
};

/* A memslot that is bound to a guest_memfd. */
struct gmem_slot {
	uint32_t slot;		/* as_id << 16 | id, as userspace numbers them */
	uint64_t gfn;
	uint64_t npages;
	uint64_t ino;
	uint64_t pgoff;		/* where gfn is in ino */
	uint64_t seen_ns;	/* last record that told of it */
};

/* A guest_memfd that is open. */
struct gmem_file {
	uint64_t ino;
	uint64_t size_pages;
	uint64_t flags;
	uint64_t populated;	/* pages that it had at populated_ns */
	uint64_t populated_ns;	/* last reading, or its creation, when it was empty; 0: never read */
	bool populated_read;	/* by a reading, not by its creation alone */
	bool mapped;		/* somebody had it mapped then */
	uint64_t seen_ns;	/* last record that told of it */
	struct gmem_holders holders;	/* within a few seconds; who mapped it and closed it is not seen */
	struct gmem_ranges pages;	/* pgoffs that it had at pages_ns, if that is read: GMEM_FEATURE_BACKING */
	uint64_t pages_ns;
	bool pages_new;		/* read since the last round ended */
	bool pages_known;	/* the last round of reading pages has read it */
};

/* How much of a sum, or of a VM, is known. */
enum gmem_known {
	GMEM_KNOWN_NONE,
	GMEM_KNOWN_PART,	/* the sum lacks a part */
	GMEM_KNOWN_ALL,
};

/*
 * Gfns whose attributes changed lately. The pages under them were read before or after the
 * change: no comparison with the map is sound.
 */
struct gmem_converted {
	struct gmem_ranges now;		/* since now_ns */
	struct gmem_ranges before;	/* in the time before */
	uint64_t now_ns;
};

/* How far what is known of a VM can be relied on: files, slots and attributes. */
enum gmem_map_state {
	GMEM_MAP_CURRENT,	/* as in the kernel, up to the last record */
	GMEM_MAP_UNREAD,	/* it was there before us, and has not been read yet */
	GMEM_MAP_READING,
	GMEM_MAP_STALE,		/* changes were lost, or are not read yet: it will be read again */
	GMEM_MAP_STATES
};

extern const char *const gmem_map_state_names[GMEM_MAP_STATES];

/* An operation whose begin was seen and whose end was not. */
struct gmem_inflight {
	uint64_t begin_ns;
	uint32_t tid;
	uint16_t kind;		/* the _BEGIN */
	uint32_t aux;
	uint64_t ino;
	uint64_t start;
	uint64_t end;
	uint64_t arg;
	uint32_t phase;		/* of a conversion: enum gmem_conversion_phase, + 1; 0: not told */
};

struct gmem_vm {
	uint64_t id;
	uint32_t pid;		/* of the VMM */
	uint64_t start_ns;	/* of the VMM, CLOCK_BOOTTIME */
	char comm[GMEM_COMM_LEN];
	char name[GMEM_NAME_LEN];	/* by the VMM's command line; "": it has none */
	char cgroup[GMEM_CGROUP_LEN];	/* of the VMM; "": not known */
	uint32_t vcpus;
	uint32_t type;		/* KVM_X86_*_VM */
	uint64_t seen_ns;	/* first record */
	uint64_t ended_ns;	/* 0: alive */

	enum gmem_map_state map;
	bool doubted;			/* an event may have been missed since the last scan began */
	bool identified;		/* by GMEM_VM: process, vCPUs, type */
	bool map_known;			/* seen from its beginning, or read once: files, slots, attributes */
	uint64_t scan_ns;		/* when the scan under way, or the last one, began */
	uint64_t scan_took_ns;		/* the last that was completed */
	uint64_t scan_lost;		/* lost_state when it began: lost before, found by it */
	bool behind;			/* changes are marked in the kernel, and not read yet */
	bool only_behind;		/* and nothing else makes the map stale */
	struct gmem_changes changes;	/* for attributes that are told out of order */

	struct gmem_ranges private;	/* gfns with the private attribute, bound or not */
	struct gmem_ranges shared_pages; /* gfns whose shared side had pages, if that is read */
	struct gmem_ranges shared_read;	/* gfns whose shared side the round of reading has read so far */
	struct gmem_ranges doubled[GMEM_SIDES];	/* gfns, as of the model's backing_ns */
	enum gmem_known doubled_known[GMEM_SIDES];
	struct gmem_converted converted;
	struct gmem_slot *slots;	/* by gfn */
	size_t nr_slots;
	struct gmem_file *files;	/* in order of creation */
	size_t nr_files;
	struct gmem_holders holders;	/* of the VM itself, or of a vCPU */
	bool orphan;		/* nobody has it, so nobody can run it: its files alone keep it */
	struct gmem_inflight *inflight;	/* in order of begin */
	size_t nr_inflight;

	struct gmem_counters now;	/* at counters_ns */
	struct gmem_counters before;	/* at before_ns: a refresh earlier, for rates */
	uint64_t counters_ns;
	uint64_t before_ns;

	struct gmem_hot *hot;		/* ranges that were converted most; NULL: none was */
	struct gmem_recent *recent;	/* the last conversions; NULL: there was none */

	UT_hash_handle hh;
};

struct gmem_model {
	struct gmem_vm *vms;		/* uthash by id */
	uint64_t now_ns;		/* latest time of any record */
	uint64_t sync_ns;		/* of the last refresh; 0: none yet */
	uint64_t sync_before_ns;	/* and the one before */
	uint64_t nr_events;		/* applied, without GMEM_META and what is told again */
	bool telling;			/* of gmem_told_again() */
	uint64_t lost[GMEM_LOSSES];	/* since attach */
	uint64_t lost_by_kind[GMEM_KINDS];
	uint64_t *lost_by_cpu;		/* of those that lost any, and those below them */
	size_t nr_lost_cpus;
	struct gmem_cost_rec cost;	/* of the tool; 0 as long as nobody told */
	struct gmem_cost_rec cost_before;	/* a refresh earlier */
	uint64_t features;		/* enum gmem_feature: what the source can tell */
	char blind[GMEM_BLIND_LEN];	/* functions whose events are missing; "": none */
	uint64_t backing_ns;		/* when pages were last read completely; 0: never */
	uint64_t backing_took_ns;
	bool backing_reads;		/* a round of reading pages is under way */
	bool backing_settles;		/* one has ended, and changes before its end may still arrive */
	struct gmem_histories *histories;
	uint64_t holders_ns;		/* when it was last begun to look for all of them; 0: never */
};

/* Ranges of a VM that are followed for the hottest of them. */
#define GMEM_VM_HOT 64

struct gmem_model *gmem_model_new(void);
void gmem_model_free(struct gmem_model *m);

/*
 * 0, -ENOMEM, or -EINVAL for a record that is too short for its kind. Unknown
 * kinds and bytes beyond what is known are ignored, as recordings of later
 * versions have them.
 */
int gmem_model_apply(struct gmem_model *m, const struct gmem_hdr *rec);

/* Forgets VMs that ended at or before ts_ns; the view decides how long they stay. */
void gmem_model_forget(struct gmem_model *m, uint64_t ts_ns);

struct gmem_vm *gmem_model_vm(const struct gmem_model *m, uint64_t id);

/* Bytes of all gmem slots, and how much of them is private. */
uint64_t gmem_vm_slot_bytes(const struct gmem_vm *vm);
uint64_t gmem_vm_private_bytes(const struct gmem_vm *vm);

/* A sum over files: known in full, in part, or not at all; stale if a part of it is old. */
struct gmem_sum {
	uint64_t bytes;		/* of the known parts */
	enum gmem_known known;
	bool stale;
};

/*
 * Files are read at every refresh, once a second at most. One that was not read since then has
 * no descriptor any more: what it had is stale, or unknown if it never was read.
 */
#define GMEM_FILE_FRESH_NS	2000000000ULL	/* of a reading */
#define GMEM_FILE_NEW_NS	1000000000ULL	/* of its creation, when it was empty */

struct gmem_sum gmem_file_populated(const struct gmem_model *m, const struct gmem_file *f);

/* Sum over all guest_memfd files of the VM. */
struct gmem_sum gmem_vm_populated(const struct gmem_model *m, const struct gmem_vm *vm);

/* Memslots that are bound to the file. */
size_t gmem_file_bindings(const struct gmem_vm *vm, const struct gmem_file *f);

/* Nobody can use it: the VM is an orphan, or no memslot is bound to it, and nobody has it mapped. */
bool gmem_file_unused(const struct gmem_vm *vm, const struct gmem_file *f);

/* Bytes that such files have. */
struct gmem_sum gmem_vm_unused(const struct gmem_model *m, const struct gmem_vm *vm);

/*
 * Double-backed memory, or memory on the wrong side only: private pages under gfns that are
 * shared, and shared pages under gfns that are private. As of backing_ns: pages and map of
 * that time, without gfns that were converted while pages were read, or shortly before. It
 * does not change until the next round of reading, but where memslots go.
 */
struct gmem_doubled {
	uint64_t private_bytes;
	uint64_t shared_bytes;
};

struct gmem_doubled gmem_vm_doubled(const struct gmem_vm *vm);

/* The same for gfns [start, end) of one of its slots. */
struct gmem_doubled gmem_slot_doubled(const struct gmem_vm *vm, const struct gmem_slot *s,
				      uint64_t start, uint64_t end);

/* Bytes of its slots whose shared side has pages. */
uint64_t gmem_vm_shared_populated_bytes(const struct gmem_vm *vm);

/* 2 MiB blocks of gmem slots that hold both, of all that these slots touch. */
struct gmem_blocks {
	uint64_t mixed;
	uint64_t total;
};

struct gmem_blocks gmem_vm_blocks(const struct gmem_vm *vm);

/* False before there are two snapshots to compare. */
bool gmem_vm_has_rates(const struct gmem_vm *vm);

/* Events per second between the last two counter snapshots; 0 before the second. */
double gmem_vm_rate(const struct gmem_vm *vm, uint64_t now, uint64_t before);

/* Of conversions in both directions. */
double gmem_vm_conversions_per_s(const struct gmem_vm *vm);
double gmem_vm_converted_bytes_per_s(const struct gmem_vm *vm);

#endif /* GMEM_MODEL_H */
