/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Owns: reading now and then which pages VMs have on both sides, in small steps: private
 * ones from the page cache of guest_memfd, shared ones from the page tables of the VMM
 * (PAGEMAP_SCAN, Linux 6.7). Must not know what is private: the model puts it together.
 */
#ifndef GMEM_BACKING_H
#define GMEM_BACKING_H

#include "base/source.h"
#include "live/inventory.h"

struct backing;

/* Every so many ns. NULL if there is no memory. */
struct backing *backing_new(uint64_t every_ns);
void backing_free(struct backing *b);

/* Each record that is read passes through here. 0 or -ENOMEM. */
int backing_record(struct backing *b, const struct gmem_hdr *rec);

/*
 * One step, for when the inventory has nothing to do; the caller reads the ring buffer
 * between steps. 1 if there is more to do, 0 if not, -errno, or what fn returned.
 */
int backing_step(struct backing *b, struct inventory *inv, gmem_record_fn fn, void *ctx);

/* Has all been read once? */
bool backing_known(const struct backing *b);

/* What PAGEMAP_SCAN has cost so far goes into r. */
void backing_cost(const struct backing *b, struct gmem_cost_rec *r);

#endif /* GMEM_BACKING_H */
