// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Attributes and pages, as changed by events and as scanned. */
#include "abi/kinds.h"
#include "model/model_parts.h"

#include <errno.h>

/* Adds a conversion to the hot and the recent ranges, which are allocated with the first one. */
static int record_conversion(struct gmem_vm *vm, const struct gmem_rec *r, bool private)
{
	enum gmem_direction d = private ? GMEM_TO_PRIVATE : GMEM_TO_SHARED;

	if (!vm->hot && !(vm->hot = gmem_hot_new(GMEM_VM_HOT)))
		return -ENOMEM;
	if (!vm->recent && !(vm->recent = calloc(1, sizeof(*vm->recent))))
		return -ENOMEM;
	gmem_hot_add(vm->hot, r->h.ts_ns, r->start, r->end, d);
	gmem_recent_add(vm->recent, r->h.ts_ns, r->start, r->end, d);
	return 0;
}

int model_set_attributes(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_rec *r)
{
	struct gmem_change change = { r->seq, r->start, r->end };
	bool private = gmem_rec_direction(r) == GMEM_TO_PRIVATE;
	int err;

	/* Attributes by page offset (ino is set) belong to future kernels. */
	if (r->ino)
		return 0;
	if (r->ret || !r->changed)
		change.end = change.start;
	err = change.start < change.end ? record_conversion(vm, r, private) : 0;
	if (!err && change.start < change.end)
		err = model_converted(m, vm, &r->h, r->h.ts_ns - r->dur_ns, r->start, r->end);
	if (err)
		return err;
	if (change.order)
		return gmem_changes_apply(&vm->changes, &vm->private, &change, private);
	if (change.start == change.end)
		return 0;
	if (private)
		return gmem_ranges_add(&vm->private, r->start, r->end);
	return gmem_ranges_del(&vm->private, r->start, r->end);
}

void model_scan_begin(struct gmem_vm *vm, const struct gmem_rec *r)
{
	vm->map = GMEM_MAP_READING;
	vm->doubted = false;
	vm->scan_ns = r->h.ts_ns;
	vm->scan_lost = r->lost_state;
}

/*
 * Replaces attributes by those scanned. A single block is scanned because some of it was
 * converted, and perhaps converted back: all of it is marked.
 */
static int replace_map(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r)
{
	int err;

	if (vm->map_known && r->end - r->start <= BLOCK_PAGES)
		err = model_converted(m, vm, &r->h, 0, r->start, r->end);
	else
		err = model_found(m, vm, r);
	return err ? err : model_replace(&vm->private, r);
}

int model_map(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_map_rec *r)
{
	switch (r->h.kind) {
	case GMEM_PAGES:
	case GMEM_SHARED_PAGES:
		return model_pages(m, vm, r);
	case GMEM_DOUBLE_BACKED:
		return model_double_backed(m, vm, r);
	default:
		return replace_map(m, vm, r);
	}
}

static void set_map_state(struct gmem_vm *vm)
{
	bool lost = vm->doubted || vm->now.lost_state > vm->scan_lost;

	vm->only_behind = vm->behind && !lost;
	vm->map = vm->behind || lost ? GMEM_MAP_STALE : GMEM_MAP_CURRENT;
}

int model_scan_end(struct gmem_vm *vm, const struct gmem_rec *r)
{
	int err = r->with_files ? model_forget_unseen(vm) : 0;

	vm->scan_took_ns = r->h.ts_ns - vm->scan_ns;
	vm->map_known = true;
	set_map_state(vm);
	return err;
}

void model_behind(struct gmem_vm *vm, const struct gmem_rec *r)
{
	vm->behind = r->behind;
	if (vm->map == GMEM_MAP_CURRENT || (vm->map == GMEM_MAP_STALE && vm->only_behind))
		set_map_state(vm);
}
