/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Reads from kernel memory what was there before the tools were, and again what
 * became doubtful: bpf/gmem_scan*.bpf.h, run in bounded steps. Results come through
 * the ring buffer, as records, like the events that they are ordered with.
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

/* NULL if there is no memory. The skeleton is loaded, and stays the caller's. */
struct inventory *inventory_new(struct gmem_bpf *skel);
void inventory_free(struct inventory *inv);

/*
 * Starts to find every VM and every guest_memfd file of this pid namespace; inventory_step() goes on.
 * 0 or -errno.
 */
int inventory_find(struct inventory *inv);

/* Each record that is read passes through here: VMs come and go. 0 or -ENOMEM. */
int inventory_record(struct inventory *inv, const struct gmem_hdr *rec);

/* The counters of a VM: if more was lost since it was read, it is read again. 0 or -ENOMEM. */
int inventory_counters(struct inventory *inv, uint64_t vm, const struct gmem_counters *c);

/* Blocks of the VM were marked as changed. 0 or -ENOMEM. */
int inventory_changed(struct inventory *inv, uint64_t vm);

/* Some events are not seen: all VMs are read again. */
void inventory_distrust(struct inventory *inv);

/* The same for one VM, if it is known. */
void inventory_distrust_vm(struct inventory *inv, uint64_t vm);

/*
 * Reads the blocks that were marked, as far as there is room. 1 if some are left, for which the
 * caller reads the ring buffer, 0 if not, -errno.
 */
int inventory_read_changed(struct inventory *inv);

/* Emits GMEM_BEHIND for VMs of which some are left, and for those of which none is any more. */
int inventory_emit_behind(struct inventory *inv, gmem_record_fn fn, void *ctx);

/*
 * One step of what is to be done. 1 if there is more to do, 0 if not, -errno. The
 * caller reads the ring buffer between steps: a step that finds no room waits for that.
 */
int inventory_step(struct inventory *inv);

/* VMs whose state is not known yet, and 1 while VMs are still being looked for. */
size_t inventory_pending(const struct inventory *inv);

/*
 * Reads which pages a bound guest_memfd has (GMEM_PAGES), in steps, when nothing else is being
 * read. 0 or -errno.
 */
int inventory_read_pages(struct inventory *inv, uint64_t vm, uint64_t ino);

/* The VMM of a VM, and its start (CLOCK_BOOTTIME); 0: not known. */
uint32_t inventory_vmm(const struct inventory *inv, uint64_t vm, uint64_t *start_ns);

/*
 * Takes one step of a pass over all processes for who has VMs and files open, and how many pages these
 * have. *begin_ns: before the first was looked at. 1: all was emitted (GMEM_HOLDER, in the ring
 * buffer); 0: there is more, for which the caller reads the ring buffer first; -errno.
 */
int inventory_holders(struct inventory *inv, uint64_t *begin_ns);

/*
 * Takes one step of counting again how many pages the files have. 1: there is more, for which the caller
 * reads the ring buffer first; 0: that is all; -errno.
 */
int inventory_refresh(struct inventory *inv);

#endif /* GMEM_INVENTORY_H */
