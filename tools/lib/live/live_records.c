// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records of the ring buffer: events, and results of scans. */
#include "live/live_parts.h"

#include <errno.h>

#include "abi/kinds.h"
#include "live/block.h"
#include "live/host.h"
#include "live/identity.h"
#include "live/inventory.h"

static int hand_over(struct live *l, struct gmem_hdr *h)
{
	int err;

	if (h->kind == GMEM_RAW_BLOCK)
		return block_tell((struct gmem_raw_block *)h, l->fn, l->ctx);
	err = l->at.inv ? inventory_record(l->at.inv, h) : 0;
	l->nr_records++;
	if (!err && l->backing)
		err = backing_record(l->backing, h);
	if (!err)
		err = l->fn(l->ctx, h);
	if (!err && h->kind == GMEM_VM)
		err = gmem_identity_tell((void *)h, l->fn, l->ctx);
	return err;
}

/* Returned to end a read of the ring buffer early. Nothing is lost by that. */
#define LATER (-ECANCELED)

/* Passes one record on. Returns LATER after a record later than until_ns. */
static int on_record(void *ctx, void *record)
{
	struct live *l = ctx;
	struct gmem_hdr *h = record;
	uint64_t ts_ns = h->ts_ns;
	int err;

	if (gmem_is_operation(h->kind)) {
		/* Nearly all records: the inventory and the others have nothing to do with them. */
		l->nr_records++;
		err = l->fn(l->ctx, h);
	} else {
		err = hand_over(l, h);
	}
	return !err && ts_ns > l->until_ns ? LATER : err;
}

int live_consume(struct live *l)
{
	int err;

	l->until_ns = gmem_now_ns();
	err = ring_read(&l->at.ring, on_record, l);
	return err == LATER ? 0 : err;
}

int live_read_changed(struct live *l, uint64_t budget_ns)
{
	uint64_t end = gmem_now_ns() + budget_ns;
	int more = l->at.inv ? 1 : 0, err = 0;

	while (more > 0 && err >= 0 && gmem_now_ns() < end) {
		more = inventory_read_changed(l->at.inv);
		err = live_consume(l);
	}
	return more < 0 ? more : err < 0 ? err : 0;
}

int live_take_inventory(struct live *l, uint64_t budget_ns)
{
	uint64_t end = gmem_now_ns() + budget_ns;
	int more = l->at.inv ? 1 : 0, err = 0;

	while (more > 0 && err >= 0 && gmem_now_ns() < end) {
		more = inventory_step(l->at.inv);
		if (!more && l->backing)
			more = backing_step(l->backing, l->at.inv, l->fn, l->ctx);
		err = live_consume(l);
	}
	return more < 0 ? more : err < 0 ? err : 0;
}

int live_emit_probes(struct live *l)
{
	struct gmem_probes_rec r;

	if (l->probes_told || !l->at.skel)
		return 0;
	l->probes_told = true;
	r = l->at.probes;
	if (l->backing)
		r.features |= GMEM_FEATURE_BACKING;
	if (!gmem_host_sees_all_pids(""))
		r.features |= GMEM_FEATURE_OTHER_PIDS;
	return l->fn(l->ctx, &r.h);
}
