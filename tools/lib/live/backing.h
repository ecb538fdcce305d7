/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Scan of populated pages, at intervals and in small steps: private ones from the page cache of
 * guest_memfd, shared ones from the page tables of the VMM (PAGEMAP_SCAN, Linux 6.7). Does not use
 * attributes: the model combines both sides with them.
 */
#ifndef GMEM_BACKING_H
#define GMEM_BACKING_H

#include "base/source.h"
#include "live/inventory.h"

struct backing;

/* Returns a scan that is repeated @every_ns after its end, or NULL without memory. The caller frees it. */
struct backing *backing_new(uint64_t every_ns);
void backing_free(struct backing *b);

/* Collects files and bindings; to be called for each record. Returns 0 or -ENOMEM. */
int backing_record(struct backing *b, const struct gmem_hdr *rec);

/*
 * Takes one step, while the inventory is idle. The caller reads the ring buffer between steps. Returns 1
 * if there is more to do, 0 if not, -errno, or what fn returned.
 */
int backing_step(struct backing *b, struct inventory *inv, gmem_record_fn fn, void *ctx);

/* Returns true if one scan is complete. */
bool backing_known(const struct backing *b);

/* Copies the cost of PAGEMAP_SCAN so far into *r. */
void backing_cost(const struct backing *b, struct gmem_cost_rec *r);

#endif /* GMEM_BACKING_H */
