/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* State of the inventory: inventory.c decides what is scanned, scan.c runs the programs that scan. */
#ifndef GMEM_INVENTORY_PARTS_H
#define GMEM_INVENTORY_PARTS_H

#define HASH_NONFATAL_OOM 1	/* uthash would exit */
#include <bpf/libbpf.h>
#include <uthash.h>

#include "base/clocks.h"
#include "bpf/gmem_maps.h"
#include "gmem.skel.h"
#include "live/inventory.h"

/* Limit of one run of a program, which holds RCU. */
#define BUDGET_NS	1000000

/* Kinds of walks over the memslots of all VMs, for files. */
enum walk { WALK_FIND, WALK_REFRESH, WALKS };

struct inventory_vm {
	uint64_t vm;
	uint32_t pid;		/* process in which a file of the VM was found last; 0: none */
	uint32_t vmm;		/* PID of the VMM; 0: unknown */
	uint64_t vmm_start_ns;
	uint64_t lost;		/* lost_state at the begin of the last scan */
	uint64_t lost_now;	/* lost_state in the last counters */
	uint64_t tried_ns;	/* time at which the last scan began */
	struct gmem_scan scan;	/* progress; phase is GMEM_SCAN_IDLE between scans */
	uint64_t pass;		/* id of the pass that scans its files */
	struct gmem_pass slots;	/* progress in the bindings of its memslots' files */
	bool pending;		/* stale, or not scanned yet */
	bool with_files;	/* the next scan includes files and bindings */
	bool changed;		/* some of its blocks are marked as changed */
	bool emitted_behind;	/* value of changed in the last GMEM_BEHIND */
	uint64_t walked[WALKS];	/* id of the pass that walked its memslots last */
	UT_hash_handle hh;
};

/* Pass over the files of processes: an iterator that is read step by step. */
struct pass {
	struct bpf_link *link;	/* NULL: no pass in progress */
	int fd;
	struct gmem_pass at;
};

/* Limit of processes that are scanned one by one: beyond it, one pass over all is faster. */
#define MANY_PROCESSES	64

struct inventory {
	struct gmem_bpf *skel;
	struct inventory_vm *vms;
	struct inventory_vm *now;	/* VM whose scan is in progress, or NULL */
	struct gmem_scan pages;	/* scan of a file's pages; phase is GMEM_SCAN_IDLE if there is none */
	struct pass find;	/* search for all VMs and files */
	struct pass files;	/* files of VM now */
	struct pass holders;
	struct pass refresh;	/* page counts of files */
	uint64_t holders_begin_ns;
	uint64_t last_pass;	/* id given last */
	uint32_t pids[MANY_PROCESSES];	/* processes to refresh; a single 0: all */
	int nr_pids;
	int next_pid;
	bool walking[WALKS];	/* a walk of this kind is in progress */
	size_t nr_pending;
	size_t nr_changed;
};

/*
 * Begins a pass over the files of a process; @pid 0: of all processes. Returns 0 or -errno. A pass in progress
 * ends.
 */
int scan_pass_begin(struct inventory *inv, struct pass *p, uint32_t pid, uint64_t id);

/*
 * Takes a step of a pass. Returns 1 if there is more (without room in the ring buffer, or after a limit of the
 * kernel), 0 at the end, -errno.
 */
int scan_pass_step(struct inventory *inv, struct pass *p);

void scan_pass_end(struct pass *p);

/* Run a scan program once, without and with the progress of @scan. Return enum gmem_scan_result or -errno. */
int scan_run(struct bpf_program *prog);
int scan_run_on(struct inventory *inv, struct bpf_program *prog, struct gmem_scan *scan);

/* Scans the files in memslots, as part of a pass. A file with many bindings takes several runs. */
int scan_slots(struct inventory *inv, struct inventory_vm *k, struct gmem_scan *scan, uint64_t pass);

/* Scans the memslots of VMs within time and room. Returns 1 if there is more to do, 0 if not, -errno. */
int scan_all_slots(struct inventory *inv, enum walk w, uint64_t pass);

#endif /* GMEM_INVENTORY_PARTS_H */
