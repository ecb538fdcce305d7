// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Application of records to the model: a dispatcher, and the kinds that need no part of their own. */
#include "model/model_parts.h"

#include <errno.h>

#include "abi/conversion.h"
#include "abi/kinds.h"
#include "model/metrics.h"

static void end_vm(struct gmem_vm *vm, uint64_t ts_ns)
{
	vm->ended_ns = ts_ns;
	vm->ops.nr = 0;
	vm->orphan = false;
	vm->map = GMEM_MAP_CURRENT;	/* nothing is left to scan */
}

static void apply_identity(struct gmem_vm *vm, const struct gmem_vm_rec *r)
{
	vm->vcpus = r->vcpus;
	vm->type = r->type;
	if (!(r->flags & GMEM_VM_SCANNED))
		vm->map_known = true;
	else if (!vm->scan_ns)
		vm->map = GMEM_MAP_UNREAD;
	vm->identified = true;
	vm->pid = r->h.tgid;
	vm->start_ns = r->start_ns;
	model_copy_text(vm->comm, r->comm, sizeof(vm->comm));
}

static void apply_name(struct gmem_vm *vm, const struct gmem_name_rec *r)
{
	model_copy_text(vm->name, r->name, sizeof(vm->name));
	model_copy_text(vm->cgroup, r->cgroup, sizeof(vm->cgroup));
}

static void apply_mapped(struct gmem_vm *vm, const struct gmem_mapped_rec *r)
{
	memcpy(vm->mapped, r->nr, sizeof(vm->mapped));
	vm->mapped_ns = r->h.ts_ns;
}

static int apply_counters(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_counters_rec *r)
{
	vm->before = vm->now;
	vm->before_ns = vm->counters_ns;
	/* A VM missing from the last refresh was idle or did not exist yet. */
	if (vm->before_ns ? vm->before_ns < m->sync_before_ns : !m->lost[GMEM_LOST_DAMAGED])
		vm->before_ns = m->sync_ns;
	if (vm->before_ns)
		m->features |= GMEM_FEATURE_RATES;
	vm->now = r->c;
	vm->counters_ns = r->h.ts_ns;
	if (r->c.lost_state > vm->scan_lost && vm->map == GMEM_MAP_CURRENT)
		vm->map = GMEM_MAP_STALE;
	/* GMEM_VM_END may have been lost. */
	if (r->c.ended_ns)
		end_vm(vm, r->c.ended_ns);
	return gmem_histories_add(m->histories, vm->id, &vm->before, &vm->now);
}

/* Marks the maps of all VMs stale, after events that cannot be assigned to a VM. */
static void mark_maps_stale(struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		vm->only_behind = false;
		if (vm->map == GMEM_MAP_CURRENT && !vm->ended_ns)
			vm->map = GMEM_MAP_STALE;
		vm->doubted = true;
	}
}

/* Changes that a blind probe misses are found by scans only: no map is current then. */
static void apply_probes(struct gmem_model *m, const struct gmem_probes_rec *r)
{
	/* Keep the features that the model derives itself. */
	uint64_t kept = GMEM_FEATURE_RATES | (m->backing_ns ? GMEM_FEATURE_BACKING : 0);

	m->features = gmem_features_complete(r->features) | (m->features & kept);
	model_copy_text(m->blind, r->blind, sizeof(m->blind));
	m->by_tracepoint = r->by_tracepoint;
	m->by_function = r->by_function;
	if (*m->blind)
		mark_maps_stale(m);
}

static void apply_losses(struct gmem_model *m, const struct gmem_lost_rec *r)
{
	if (r->lost[GMEM_LOST_DAMAGED] > m->lost[GMEM_LOST_DAMAGED] ||
	    r->lost[GMEM_LOST_SKIPPED] > m->lost[GMEM_LOST_SKIPPED])
		mark_maps_stale(m);
	memcpy(m->lost, r->lost, sizeof(m->lost));
	memcpy(m->lost_by_kind, r->by_kind, sizeof(m->lost_by_kind));
}

#define CPUS_MAX	8192	/* CONFIG_NR_CPUS of x86 is no more; a damaged recording may have more */

static int apply_lost_cpu(struct gmem_model *m, const struct gmem_lost_cpu_rec *r)
{
	size_t n = (size_t)r->h.cpu + 1;
	uint64_t *p;

	if (n > CPUS_MAX)
		return 0;
	if (n > m->nr_lost_cpus) {
		p = reallocarray(m->lost_by_cpu, n, sizeof(*p));
		if (!p)
			return -ENOMEM;
		memset(p + m->nr_lost_cpus, 0, (n - m->nr_lost_cpus) * sizeof(*p));
		m->lost_by_cpu = p;
		m->nr_lost_cpus = n;
	}
	m->lost_by_cpu[r->h.cpu] = r->lost;
	return 0;
}

static void apply_sync(struct gmem_model *m, uint64_t ts_ns)
{
	gmem_histories_sync(m->histories, ts_ns);
	m->sync_before_ns = m->sync_ns;
	m->sync_ns = ts_ns;
	if (m->sync_before_ns)
		m->features |= GMEM_FEATURE_RATES;
}

static void for_each_operations(struct gmem_model *m, void (*fn)(struct gmem_operations *ops))
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp)
		fn(&vm->ops);
}

static void apply_cost(struct gmem_model *m, const struct gmem_cost_rec *r)
{
	m->cost_before = m->cost;
	memcpy(&m->cost, r, sizeof(m->cost));
}

/* Applies records that are not of one VM. */
static int apply_global(struct gmem_model *m, const struct gmem_hdr *rec)
{
	switch (rec->kind) {
	case GMEM_LOST:
		apply_losses(m, (const struct gmem_lost_rec *)rec);
		return 0;
	case GMEM_LOST_CPU:
		return apply_lost_cpu(m, (const struct gmem_lost_cpu_rec *)rec);
	case GMEM_BACKING:
		return model_backing(m, (const struct gmem_rec *)rec);
	case GMEM_INFLIGHT:
		for_each_operations(m, gmem_operations_doubt);
		return 0;
	case GMEM_SYNC:
		for_each_operations(m, gmem_operations_settle);
		apply_sync(m, rec->ts_ns);
		m->backing_settles = false;
		return 0;
	case GMEM_COST:
		apply_cost(m, (const struct gmem_cost_rec *)rec);
		return 0;
	case GMEM_PROBES:
		apply_probes(m, (const struct gmem_probes_rec *)rec);
		return 0;
	case GMEM_HOLDERS:
		model_holders(m, (const struct gmem_rec *)rec);
		return 0;
	default:
		return 0;
	}
}

static int apply_event(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_rec *r)
{
	int err = gmem_operations_apply(&vm->ops, r);

	if (err)
		return err;
	switch (r->h.kind) {
	case GMEM_CREATE:
		if (r->ret)
			return 0;
		err = model_add_file(vm, r);
		return err ? err : model_add_creator(vm, r);
	case GMEM_SCAN_FILE:
		return model_add_file(vm, r);
	case GMEM_RELEASE:
		return model_del_file(vm, r);
	case GMEM_BIND:
	case GMEM_SCAN_SLOT:
		return model_add_slot(vm, r);
	case GMEM_SCAN_BEGIN:
		model_scan_begin(vm, r);
		return 0;
	case GMEM_SCAN_END:
		return model_scan_end(vm, r);
	case GMEM_BEHIND:
		model_behind(vm, r);
		return 0;
	case GMEM_UNBIND:
		return model_del_slot(vm, r);
	case GMEM_ATTRIBUTES_END:
		return model_set_attributes(m, vm, r);
	case GMEM_VM_END:
		end_vm(vm, r->h.ts_ns);
		return 0;
	default:
		return 0;
	}
}

static int apply_to_vm(struct gmem_model *m, struct gmem_vm *vm, const struct gmem_hdr *rec)
{
	switch (rec->kind) {
	case GMEM_VM:
		apply_identity(vm, (const struct gmem_vm_rec *)rec);
		return 0;
	case GMEM_NAME:
		apply_name(vm, (const struct gmem_name_rec *)rec);
		return 0;
	case GMEM_COUNTERS:
		return apply_counters(m, vm, (const struct gmem_counters_rec *)rec);
	case GMEM_MAPPED:
		apply_mapped(vm, (const struct gmem_mapped_rec *)rec);
		return 0;
	case GMEM_SCAN_MAP:
	case GMEM_PAGES:
	case GMEM_SHARED_PAGES:
	case GMEM_DOUBLE_BACKED:
		return model_map(m, vm, (const struct gmem_map_rec *)rec);
	default:
		return apply_event(m, vm, (const struct gmem_rec *)rec);
	}
}

/* Ignores holders of unknown VMs: those have no private memory. */
static int apply_holder(struct gmem_model *m, const struct gmem_hdr *rec)
{
	struct gmem_vm *vm = gmem_model_vm(m, rec->vm);

	return vm ? model_holder(vm, (const struct gmem_holder_rec *)rec) : 0;
}

/* Removes an ended VM with the same number: KVM counts from 1 again after it was reloaded. */
static void drop_namesake(struct gmem_model *m, const struct gmem_hdr *rec)
{
	struct gmem_vm *vm = rec->kind == GMEM_VM ? gmem_model_vm(m, rec->vm) : NULL;

	if (vm && vm->ended_ns && vm->ended_ns < rec->ts_ns)
		model_free_vm(m, vm);
}

int gmem_model_apply(struct gmem_model *m, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);
	struct gmem_vm *vm;
	int err;

	if (!k)
		return 0;
	if (rec->size < gmem_kind_bytes(rec->kind))
		return -EINVAL;
	if (rec->ts_ns > m->now_ns)
		m->now_ns = rec->ts_ns;
	err = apply_global(m, rec);
	if (err || !rec->vm)
		return err;
	if (rec->kind == GMEM_HOLDER)
		return apply_holder(m, rec);
	drop_namesake(m, rec);
	vm = model_get_vm(m, rec);
	if (!vm)
		return -ENOMEM;
	err = apply_to_vm(m, vm, rec);
	if (*m->blind && vm->map == GMEM_MAP_CURRENT && !vm->ended_ns)
		vm->map = GMEM_MAP_STALE;
	if (!err && gmem_is_event(rec))
		m->nr_events += 1 + gmem_conversion_events(rec);
	return err;
}
