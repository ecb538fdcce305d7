/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Inventory: scans kernel memory for state from before the tools were attached, and for state that
 * became stale. Runs bpf/gmem_scan*.bpf.h in bounded steps. Results are records in the ring buffer, in
 * order with events.
 */
#ifndef GMEM_INVENTORY_H
#define GMEM_INVENTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/source.h"
#include "bpf/gmem_abi.h"

struct gmem_bpf;
struct inventory;

/* Returns an inventory, or NULL without memory. @skel: loaded, and owned by the caller. */
struct inventory *inventory_new(struct gmem_bpf *skel);
void inventory_free(struct inventory *inv);

/*
 * Starts the search for all VMs and guest_memfd files in this pid namespace; inventory_step() continues it.
 * Returns 0 or -errno.
 */
int inventory_find(struct inventory *inv);

/* Adds and removes VMs; to be called for each record. Returns 0 or -ENOMEM. */
int inventory_record(struct inventory *inv, const struct gmem_hdr *rec);

/* Schedules a scan of the VM if its lost_state grew since the last one. Returns 0 or -ENOMEM. */
int inventory_counters(struct inventory *inv, uint64_t vm, const struct gmem_counters *c);

/* Schedules a scan of the VM's blocks that are marked as changed. Returns 0 or -ENOMEM. */
int inventory_mark_blocks(struct inventory *inv, uint64_t vm);

/* Schedules a scan of all VMs, after events were missed. */
void inventory_mark_stale(struct inventory *inv);

/* Schedules a scan of one VM, if the inventory has it. */
void inventory_mark_stale_vm(struct inventory *inv, uint64_t vm);

/*
 * Scans marked blocks, as far as there is room. Returns 1 if some are left (the caller reads the ring
 * buffer before the next call), 0 if none is, or -errno.
 */
int inventory_scan_blocks(struct inventory *inv);

/* Emits GMEM_BEHIND for VMs that began or ceased to have marked blocks. Returns 0 or what fn returned. */
int inventory_emit_behind(struct inventory *inv, gmem_record_fn fn, void *ctx);

/*
 * Takes one step of the scheduled work. Returns 1 if there is more to do, 0 if not, -errno. The caller reads
 * the ring buffer between steps: a step without room there makes no progress.
 */
int inventory_step(struct inventory *inv);

/* Returns how many VMs are stale or not scanned yet, plus 1 while VMs are being searched for. */
size_t inventory_pending(const struct inventory *inv);

/*
 * Schedules a scan of the populated pages of a bound guest_memfd (GMEM_PAGES). One at a time, while the
 * inventory has nothing else to do. Returns 0.
 */
int inventory_read_pages(struct inventory *inv, uint64_t vm, uint64_t ino);

/* Returns the PID of the VM's VMM, or 0 if unknown. *start_ns: start of that process (CLOCK_BOOTTIME). */
uint32_t inventory_vmm(const struct inventory *inv, uint64_t vm, uint64_t *start_ns);

/*
 * Takes one step of a pass over all processes that emits holders (GMEM_HOLDER) and page counts of files.
 * *begin_ns: start of the pass. Returns 1 if all were emitted into the ring buffer; 0 if there is more
 * (the caller reads the ring buffer first); -errno.
 */
int inventory_holders(struct inventory *inv, uint64_t *begin_ns);

/*
 * Takes one step of counting the pages of all files again. Returns 1 if there is more (the caller reads
 * the ring buffer first); 0 if not; -errno.
 */
int inventory_refresh(struct inventory *inv);

#endif /* GMEM_INVENTORY_H */
