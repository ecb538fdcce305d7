// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Lifetime of an analysis, and the dispatcher of records to its parts. */
#define HASH_NONFATAL_OOM 1	/* uthash would exit */
#include "analysis/analysis.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/conversion.h"
#include "abi/counters.h"
#include "abi/kinds.h"
#include "analysis/analysis_parts.h"

struct gmem_analysis *gmem_analysis_new(void)
{
	struct gmem_analysis *a = calloc(1, sizeof(*a));

	if (!a)
		return NULL;
	a->vms_end = &a->vms;
	a->model = gmem_model_new();
	if (a->model)
		return a;
	free(a);
	return NULL;
}

void gmem_seen_free(struct gmem_seen *s)
{
	for (int d = 0; d < GMEM_DIRECTIONS; d++) {
		for (int i = 0; i < GMEM_SERIES; i++)
			free(s->dist[i][d]);
		for (int i = 0; i < GMEM_CLASSES; i++)
			free(s->by_class[i][d]);
	}
}

/* Frees the state that only a live VM needs. */
static void free_state(struct gmem_vm_stats *vm)
{
	gmem_ranges_free(&vm->left);
	gmem_ranges_free(&vm->emptied);
	gmem_ranges_free(&vm->untouched);
	free(vm->windows);
	vm->windows = NULL;
	vm->nr_windows = 0;
}

static void free_vm(struct gmem_vm_stats *vm)
{
	free_state(vm);
	gmem_seen_free(&vm->seen);
	gmem_hot_free(vm->hot);
	free(vm);
}

void gmem_analysis_free(struct gmem_analysis *a)
{
	struct gmem_vm_stats *vm, *next;

	if (!a)
		return;
	HASH_CLEAR(hh, a->by_id);
	for (vm = a->vms; vm; vm = next) {
		next = vm->next;
		free_vm(vm);
	}
	gmem_model_free(a->model);
	free(a);
}

static void copy_text(char *to, const char *from, size_t size)
{
	memcpy(to, from, size);
	to[size - 1] = '\0';
}

/* Copies the identity from the model, as a filter may have left out the records that carry it. */
static void copy_identity(struct gmem_vm_stats *vm, const struct gmem_vm *m)
{
	if (!m || m->ended_ns)
		return;
	vm->pid = m->pid;
	copy_text(vm->comm, m->comm, sizeof(vm->comm));
	copy_text(vm->name, m->name, sizeof(vm->name));
	vm->slot_bytes = gmem_vm_slot_bytes(m);
	vm->map_known |= m->map_known;
}

static struct gmem_vm_stats *new_vm(struct gmem_analysis *a, const struct gmem_hdr *h)
{
	struct gmem_vm_stats *vm = calloc(1, sizeof(*vm));

	if (!vm)
		return NULL;
	vm->id = h->vm;
	vm->pid = h->tgid;
	vm->begin_ns = h->ts_ns;
	copy_identity(vm, gmem_model_vm(a->model, h->vm));
	HASH_ADD(hh, a->by_id, id, sizeof(vm->id), vm);
	if (!vm->hh.tbl) {
		free(vm);
		return NULL;
	}
	*a->vms_end = vm;
	a->vms_end = &vm->next;
	a->nr_vms++;
	return vm;
}

/* Returns the VM of a record, usually that of the record before; adds a new one. NULL: out of memory. */
static struct gmem_vm_stats *get_vm(struct gmem_analysis *a, const struct gmem_hdr *h)
{
	struct gmem_vm_stats *vm = a->last;

	if (vm && vm->id == h->vm)
		return vm;
	HASH_FIND(hh, a->by_id, &h->vm, sizeof(h->vm), vm);
	if (!vm)
		vm = new_vm(a, h);
	a->last = vm;
	return vm;
}

/* Retires an ended VM whose number is used again, as KVM does after it was reloaded. */
static void retire_namesake(struct gmem_analysis *a, const struct gmem_hdr *h)
{
	struct gmem_vm_stats *vm;

	HASH_FIND(hh, a->by_id, &h->vm, sizeof(h->vm), vm);
	if (!vm || !vm->end_ns || vm->end_ns >= h->ts_ns)
		return;
	HASH_DEL(a->by_id, vm);
	free_state(vm);
	a->last = NULL;
}

static int user_faulted(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	enum gmem_series_id series = r->user == GMEM_USER_GUEST ? GMEM_S_GUEST_FAULT : GMEM_S_USER_FAULT;

	analysis_outcome(vm, r->user == GMEM_USER_GUEST ? GMEM_O_GUEST_FAULT : GMEM_O_USER_FAULT, r);
	return r->ret || !r->dur_ns ? 0 :
		analysis_value(a, vm, series, 0, r->end - r->start, r->dur_ns);
}

static int apply_event(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	switch (r->h.kind) {
	case GMEM_ATTRIBUTES_END:
		return analysis_converted(a, vm, r);
	case GMEM_FALLOCATE_END:
		return analysis_fallocated(a, vm, r);
	case GMEM_INVALIDATE_BEGIN:
		return analysis_window_begin(vm, r);
	case GMEM_INVALIDATE_END:
		return analysis_window_end(a, vm, r);
	case GMEM_FAULT_RETRY:
		analysis_retry(a, vm, r);
		return 0;
	case GMEM_FAULT_END:
		return analysis_faulted(a, vm, r);
	case GMEM_POPULATE_END:
		return analysis_populated(a, vm, r);
	case GMEM_USER_FAULT_END:
		return user_faulted(a, vm, r);
	case GMEM_STALL_END:
		return analysis_stall_end(a, vm, (const struct gmem_stall_rec *)r);
	case GMEM_CREATE:
		analysis_outcome(vm, GMEM_O_CREATE, r);
		return 0;
	case GMEM_BIND:
		analysis_outcome(vm, GMEM_O_BIND, r);
		return 0;
	case GMEM_UNBIND:
		return analysis_unbound(vm, r->start, r->end);
	case GMEM_RELEASE:
		return analysis_released(a, vm, r);
	case GMEM_VM_END:
		vm->end_ns = r->h.ts_ns;
		return 0;
	default:
		return 0;
	}
}

static bool is_known_vm(const struct gmem_analysis *a, uint64_t id)
{
	struct gmem_vm_stats *vm;

	HASH_FIND(hh, a->by_id, &id, sizeof(id), vm);
	return vm;
}

/* Applies an event that does not count: the end of its window, or a retry in it, may count. */
static int uncounted_event(struct gmem_analysis *a, const struct gmem_rec *r,
			   const struct gmem_kind_info *k)
{
	struct gmem_vm_stats *vm;

	HASH_FIND(hh, a->by_id, &r->h.vm, sizeof(r->h.vm), vm);
	if (!vm)
		return 0;
	if (r->h.kind == GMEM_INVALIDATE_BEGIN)
		return analysis_window_begin(vm, r);
	if (r->h.kind == GMEM_INVALIDATE_END)
		analysis_window_close(vm, r);
	if (k->phase != GMEM_BEGIN && r->h.kind != GMEM_ATTRIBUTES_PHASE && r->h.kind != GMEM_MEMORY_FAULT)
		a->filtered = true;
	return 0;
}

static int count_event(struct gmem_analysis *a, const struct gmem_rec *r)
{
	unsigned int phases = gmem_conversion_events(&r->h);
	struct gmem_vm_stats *vm;

	if (!a->begin_ns || r->h.ts_ns < a->begin_ns)
		a->begin_ns = r->h.ts_ns;
	if (r->h.ts_ns > a->end_ns)
		a->end_ns = r->h.ts_ns;
	a->nr_events += 1 + phases;
	if (!r->h.vm)
		return 0;
	vm = get_vm(a, &r->h);
	if (!vm)
		return -ENOMEM;
	vm->any_event = true;
	vm->seen.by_kind[r->h.kind]++;
	vm->seen.by_kind[GMEM_ATTRIBUTES_PHASE] += phases;
	return apply_event(a, vm, r);
}

static void apply_counters(struct gmem_vm_stats *vm, const struct gmem_counters_rec *r,
			   const struct gmem_model *m)
{
	/*
	 * Counters before the first event are the base, as in a recording without its begin. This
	 * needs a record of every operation, else events may have been counted without records.
	 */
	if (!vm->has_counters && !vm->any_event && !m->nr_events && m->features & GMEM_FEATURE_EVENTS)
		vm->base = r->c;
	vm->has_counters = true;
	vm->now = r->c;
	if (r->c.ended_ns && !vm->end_ns)
		vm->end_ns = r->c.ended_ns;
}

/* Updates a side if the last page scan has a result for it; else keeps the earlier one. */
static void update_side(struct gmem_vm_stats *vm, const struct gmem_vm *m, enum gmem_side side, uint64_t *now,
		      uint64_t *max, uint64_t bytes)
{
	enum gmem_known known = m->map_known ? m->double_backed_known[side] : GMEM_KNOWN_NONE;

	if (known == GMEM_KNOWN_NONE)
		return;
	vm->double_backed_known[side] = known;
	*now = bytes;
	if (bytes > *max)
		*max = bytes;
}

static void update_backing(struct gmem_analysis *a)
{
	for (struct gmem_vm_stats *vm = a->vms; vm; vm = vm->next) {
		const struct gmem_vm *m = vm->end_ns ? NULL : gmem_model_vm(a->model, vm->id);
		struct gmem_double_backed d;

		if (!m)
			continue;
		d = gmem_vm_double_backed(m);
		update_side(vm, m, GMEM_SIDE_PRIVATE, &vm->double_backed.private_bytes,
			  &vm->double_backed_max.private_bytes, d.private_bytes);
		update_side(vm, m, GMEM_SIDE_SHARED, &vm->double_backed.shared_bytes,
			  &vm->double_backed_max.shared_bytes, d.shared_bytes);
	}
	a->backing_new = false;
}

/* Applies records that describe VMs or the source. The model has already applied the record. */
static int after_model(struct gmem_analysis *a, const struct gmem_hdr *rec, bool selected)
{
	struct gmem_vm_stats *vm;
	uint64_t bytes;

	switch (rec->kind) {
	case GMEM_PROBES:
		copy_text(a->probes, ((const struct gmem_probes_rec *)rec)->set, sizeof(a->probes));
		return 0;
	case GMEM_BACKING:
		a->backing_new = true;
		return 0;
	case GMEM_SYNC:	/* all conversions of the page scan are applied by now */
		if (a->backing_new)
			update_backing(a);
		return 0;
	}
	if (!rec->vm || !selected || (rec->kind != GMEM_VM && rec->kind != GMEM_NAME && rec->kind != GMEM_BIND &&
			 rec->kind != GMEM_SCAN_SLOT && rec->kind != GMEM_SCAN_END && rec->kind != GMEM_COUNTERS))
		return 0;
	vm = get_vm(a, rec);
	if (!vm)
		return -ENOMEM;
	vm->map_known |= gmem_model_vm(a->model, rec->vm)->map_known;
	switch (rec->kind) {
	case GMEM_VM:
		vm->pid = rec->tgid;
		copy_text(vm->comm, ((const struct gmem_vm_rec *)rec)->comm, sizeof(vm->comm));
		break;
	case GMEM_NAME:
		copy_text(vm->name, ((const struct gmem_name_rec *)rec)->name, sizeof(vm->name));
		break;
	case GMEM_COUNTERS:
		apply_counters(vm, (const struct gmem_counters_rec *)rec, a->model);
		break;
	default:
		bytes = gmem_vm_slot_bytes(gmem_model_vm(a->model, rec->vm));
		if (bytes > vm->slot_bytes)
			vm->slot_bytes = bytes;
	}
	return 0;
}

void gmem_analysis_finish(struct gmem_analysis *a)
{
	if (a->backing_new)
		update_backing(a);
}

int gmem_analysis_apply(struct gmem_analysis *a, const struct gmem_hdr *rec, bool selected)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	int err = 0;

	gmem_first_ns(&a->first_ns, rec);
	if (!k || rec->size < gmem_kind_bytes(rec->kind))
		return 0;
	if (rec->kind == GMEM_VM)
		retire_namesake(a, rec);
	if (selected && gmem_is_event(rec))
		err = count_event(a, (const struct gmem_rec *)rec);
	else if (k->phase != GMEM_META)
		err = uncounted_event(a, (const struct gmem_rec *)rec, k);
	if (!err)
		err = gmem_model_apply(a->model, rec);
	/* Bindings are events and also describe the VM. */
	return err ? err : after_model(a, rec, selected || (rec->vm && is_known_vm(a, rec->vm)));
}
