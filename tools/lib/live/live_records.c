// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Records of the ring buffer: events, and results of scans. */
#include "live/live_parts.h"

#include <stdio.h>

#include "abi/kinds.h"
#include "live/block.h"
#include "live/inventory.h"
#include "live/vmname.h"

/* Emits GMEM_NAME of the VM, unless the VMM's process is gone. */
static int emit_name(struct live *l, const struct gmem_vm_rec *vm)
{
	struct gmem_name_rec r = { .h = vm->h };
	struct gmem_vm_process p;

	if (!gmem_vm_process_find((pid_t)vm->h.tgid, vm->start_ns, &p))
		return 0;
	r.h.kind = GMEM_NAME;
	r.h.size = sizeof(r);
	snprintf(r.name, sizeof(r.name), "%s", p.name);
	snprintf(r.cgroup, sizeof(r.cgroup), "%s", p.cgroup);
	return l->fn(l->ctx, &r.h);
}

int live_pass_on(void *live, const struct gmem_hdr *h)
{
	struct live *l = live;

	if (l->stopped_ns && h->ts_ns > l->stopped_ns && gmem_kind(h->kind) && gmem_kind(h->kind)->phase != GMEM_META)
		return 0;
	return l->fn(l->ctx, h);
}

static int hand_over(struct live *l, struct gmem_hdr *h)
{
	int err;

	if (h->kind == GMEM_RAW_BLOCK)
		return block_emit((struct gmem_raw_block *)h, l->fn, l->ctx);
	err = l->at.inv ? inventory_record(l->at.inv, h) : 0;
	l->nr_records++;
	if (!err && l->backing)
		err = backing_record(l->backing, h);
	if (!err)
		err = live_pass_on(l, h);
	if (!err && h->kind == GMEM_VM)
		err = emit_name(l, (void *)h);
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
		/* Nearly all records: the inventory and the page scans have nothing to do with them. */
		l->nr_records++;
		err = live_pass_on(l, h);
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
