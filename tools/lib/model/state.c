// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "model/state.h"

#include <errno.h>
#include <string.h>

#include "abi/kinds.h"

/* Receiver of records; after @err, the first value other than 0 that it returned, nothing is emitted. */
struct emitter {
	gmem_record_fn fn;
	void *ctx;
	int err;
};

int gmem_state_init(struct gmem_state *s)
{
	memset(s, 0, sizeof(*s));
	s->model = gmem_model_new();
	return s->model ? 0 : -ENOMEM;
}

void gmem_state_free(struct gmem_state *s)
{
	if (s->model)
		gmem_model_free(s->model);
	s->model = NULL;
}

int gmem_state_learn(struct gmem_state *s, const struct gmem_hdr *rec)
{
	int err = gmem_model_apply(s->model, rec);

	if (rec->kind == GMEM_PROBES && !err)
		memcpy(&s->probes, rec, sizeof(s->probes));
	if (rec->kind == GMEM_CLOCK && !err)
		memcpy(&s->clock, rec, sizeof(s->clock));
	if (rec->kind == GMEM_SYNC && !err)
		gmem_model_forget(s->model, rec->ts_ns);
	return err == -ENOMEM ? err : 0;
}

static void emit(struct emitter *e, struct gmem_hdr *h, unsigned int kind, uint64_t ts_ns,
		 const struct gmem_vm *vm)
{
	if (e->err)
		return;
	h->kind = (uint16_t)kind;
	h->size = (uint16_t)gmem_kind_bytes(kind);
	h->ts_ns = ts_ns;
	if (vm) {
		h->vm = vm->id;
		h->tgid = h->tgid ? h->tgid : vm->pid;
		h->tid = h->tid ? h->tid : vm->pid;
	}
	e->err = e->fn(e->ctx, h);
}

static void emit_identity(struct emitter *e, const struct gmem_vm *vm)
{
	struct gmem_vm_rec r = {
		.start_ns = vm->start_ns, .vcpus = vm->vcpus, .type = vm->type,
		.flags = vm->map_known ? 0 : GMEM_VM_SCANNED,
	};
	struct gmem_name_rec name = { .h = { 0 } };

	memcpy(r.comm, vm->comm, sizeof(r.comm));
	emit(e, &r.h, GMEM_VM, vm->seen_ns, vm);
	memcpy(name.name, vm->name, sizeof(name.name));
	memcpy(name.cgroup, vm->cgroup, sizeof(name.cgroup));
	emit(e, &name.h, GMEM_NAME, vm->seen_ns, vm);
}

/*
 * Emits the part of the set within @part, in as many records as needed; each begins where the last ended. The huge
 * pages of all are in the first record.
 */
static void emit_part(struct emitter *e, const struct gmem_vm *vm, const struct gmem_ranges *set,
		      unsigned int kind, uint64_t ts_ns, uint64_t ino, struct gmem_extent part, uint64_t huge_pages)
{
	struct gmem_map_rec r = { .ino = ino, .start = part.start, .huge_pages = (uint32_t)huge_pages };
	struct gmem_extent x = { 0, 0 };
	bool more = gmem_ranges_next(set, part.start, &x) && x.start < part.end;

	do {
		for (r.nr = 0; more && r.nr < GMEM_MAP_EXTENTS; r.nr++) {
			r.extents[r.nr].start = x.start > part.start ? x.start : part.start;
			r.extents[r.nr].end = x.end < part.end ? x.end : part.end;
			more = gmem_ranges_next(set, x.end, &x) && x.start < part.end;
		}
		r.end = more ? r.extents[r.nr - 1].end : part.end;
		emit(e, &r.h, kind, ts_ns, vm);
		r.start = r.end;
		r.huge_pages = 0;
	} while (more);
}

static void emit_ranges(struct emitter *e, const struct gmem_vm *vm, const struct gmem_ranges *set,
			unsigned int kind, uint64_t ts_ns, uint64_t ino)
{
	emit_part(e, vm, set, kind, ts_ns, ino, (struct gmem_extent){ 0, UINT64_MAX }, 0);
}

static void emit_files(struct emitter *e, const struct gmem_vm *vm)
{
	for (size_t i = 0; i < vm->nr_files; i++) {
		const struct gmem_file *f = &vm->files[i];
		struct gmem_rec r = {
			.ino = f->ino, .end = f->size_pages, .flags = f->flags,
			.nr_pages = f->populated_read ? f->populated : GMEM_UNKNOWN,
			.start = (f->mapped ? GMEM_FILE_MAPPED : 0) |
				 (!f->populated_read && f->populated_ns ? GMEM_FILE_NEW : 0),
		};

		emit(e, &r.h, GMEM_SCAN_FILE, f->populated_ns ? f->populated_ns : f->seen_ns, vm);
	}
	for (size_t i = 0; i < vm->nr_slots; i++) {
		const struct gmem_slot *s = &vm->slots[i];
		struct gmem_rec r = {
			.ino = s->ino, .start = s->gfn, .end = s->gfn + s->npages,
			.pgoff = s->pgoff, .slot = s->slot,
		};

		emit(e, &r.h, GMEM_SCAN_SLOT, s->seen_ns, vm);
	}
}

static void emit_holders(struct emitter *e, const struct gmem_vm *vm,
			 const struct gmem_holders *holders, uint64_t ino)
{
	for (size_t i = 0; i < holders->nr; i++) {
		struct gmem_holder_rec r = { .h.tgid = holders->list[i].pid, .ino = ino };

		memcpy(r.comm, holders->list[i].comm, sizeof(r.comm));
		emit(e, &r.h, GMEM_HOLDER, holders->list[i].seen_ns, vm);
	}
}

/* Emits the pages of the last page scan, and those that the running one has read. */
static void emit_pages(struct emitter *e, const struct gmem_vm *vm, const struct gmem_model *m)
{
	uint64_t shared_ns = m->backing_reads || !m->backing_ns ? m->now_ns : m->backing_ns;
	struct gmem_extent x = { 0, 0 };

	for (size_t i = 0; i < vm->nr_files; i++) {
		const struct gmem_file *f = &vm->files[i];

		if (f->pages_known || f->pages_new)
			emit_part(e, vm, &f->pages, GMEM_PAGES, f->pages_ns, f->ino,
				  (struct gmem_extent){ 0, UINT64_MAX }, f->pages_new ? f->huge_read : f->huge_pages);
	}
	while (gmem_ranges_next(&vm->shared_read, x.end, &x))
		emit_part(e, vm, &vm->shared_pages, GMEM_SHARED_PAGES, shared_ns, 0, x, 0);
}

/* Emits the result of the last page scan: it cannot be derived again. */
static void emit_double_backed(struct emitter *e, const struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		for (unsigned int side = 0; side < GMEM_SIDES; side++)
			emit_ranges(e, vm, &vm->double_backed[side], GMEM_DOUBLE_BACKED, m->backing_ns, side);
	}
}

static void emit_memory(struct emitter *e, const struct gmem_vm *vm, const struct gmem_model *m)
{
	struct gmem_rec begin = { .lost_state = vm->scan_lost }, end = { .with_files = 0 }, behind = { .behind = 1 };

	if (vm->scan_ns)
		emit(e, &begin.h, GMEM_SCAN_BEGIN, vm->scan_ns, vm);
	emit_files(e, vm);
	emit_ranges(e, vm, &vm->private, GMEM_SCAN_MAP, vm->scan_ns, 0);
	if (vm->scan_ns && vm->map != GMEM_MAP_READING)
		emit(e, &end.h, GMEM_SCAN_END, vm->scan_ns + vm->scan_took_ns, vm);
	if (vm->behind)
		emit(e, &behind.h, GMEM_BEHIND, vm->scan_ns + vm->scan_took_ns, vm);
	emit_pages(e, vm, m);
	for (size_t i = 0; i < vm->nr_files; i++)
		emit_holders(e, vm, &vm->files[i].holders, vm->files[i].ino);
	emit_holders(e, vm, &vm->holders, 0);
}

/* Repeats the begins of operations in flight: they are no events of a recording that starts here. */
static void emit_inflight(struct emitter *e, const struct gmem_vm *vm)
{
	for (size_t i = 0; i < vm->ops.nr; i++) {
		const struct gmem_inflight *op = vm->ops.list[i];
		struct gmem_rec r = {
			.h.tid = op->tid, .h.flags = GMEM_REC_REPEATED, .ino = op->ino,
			.start = op->start, .end = op->end, .arg = op->arg, .aux = op->aux,
		};

		emit(e, &r.h, op->kind, op->begin_ns, vm);
		r.h.flags = 0;
		r.phase = (uint64_t)op->phase - 1 - GMEM_PHASE_CHECK;
		if (op->phase)
			emit(e, &r.h, GMEM_PHASE, op->begin_ns, vm);
	}
}

static void emit_counters(struct emitter *e, const struct gmem_vm *vm)
{
	struct gmem_counters_rec r = { .c = vm->before };

	if (vm->before_ns)
		emit(e, &r.h, GMEM_COUNTERS, vm->before_ns, vm);
	r.c = vm->now;
	if (vm->ended_ns)
		r.c.ended_ns = vm->ended_ns;
	if (vm->counters_ns || vm->ended_ns)
		emit(e, &r.h, GMEM_COUNTERS, vm->counters_ns ? vm->counters_ns : vm->ended_ns, vm);
}

static void emit_losses(struct emitter *e, const struct gmem_model *m)
{
	struct gmem_lost_rec r = { .h = { 0 } };
	struct gmem_lost_cpu_rec cpu = { .h = { 0 } };

	memcpy(r.lost, m->lost, sizeof(m->lost));
	memcpy(r.by_kind, m->lost_by_kind, sizeof(m->lost_by_kind));
	emit(e, &r.h, GMEM_LOST, m->now_ns, NULL);
	for (size_t i = 0; i < m->nr_lost_cpus; i++) {
		cpu.h.cpu = (uint32_t)i;
		cpu.lost = m->lost_by_cpu[i];
		if (cpu.lost)
			emit(e, &cpu.h, GMEM_LOST_CPU, m->now_ns, NULL);
	}
}

/* Emits the records that concern all VMs and end what was emitted for each. */
static void emit_ends(struct emitter *e, const struct gmem_model *m)
{
	struct gmem_rec backing = { .dur_ns = m->backing_took_ns }, holders = { .dur_ns = 0 };
	struct gmem_cost_rec cost = m->cost;

	if (m->backing_ns)
		emit(e, &backing.h, GMEM_BACKING, m->backing_ns, NULL);
	if (m->backing_ns)
		emit_double_backed(e, m);
	if (m->holders_ns)
		emit(e, &holders.h, GMEM_HOLDERS, m->holders_ns, NULL);
	if (cost.h.size)
		emit(e, &cost.h, GMEM_COST, cost.h.ts_ns, NULL);
}

static void emit_mapped(struct emitter *e, const struct gmem_vm *vm)
{
	struct gmem_mapped_rec r = { .h = { 0 } };

	memcpy(r.nr, vm->mapped, sizeof(r.nr));
	if (vm->mapped_ns)
		emit(e, &r.h, GMEM_MAPPED, vm->mapped_ns, vm);
}

static void emit_vm(struct emitter *e, const struct gmem_vm *vm, const struct gmem_model *m)
{
	emit_identity(e, vm);
	emit_memory(e, vm, m);
	emit_mapped(e, vm);
	emit_inflight(e, vm);
	emit_counters(e, vm);
}

/* Emits VMs with doubted maps before the losses, which mark the maps before them stale, and others after. */
static void emit_vms(struct emitter *e, const struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		if (vm->doubted)
			emit_vm(e, vm, m);
	}
	emit_losses(e, m);
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (!vm->doubted)
			emit_vm(e, vm, m);
	}
}

int gmem_state_emit(const struct gmem_state *s, gmem_record_fn fn, void *ctx)
{
	struct emitter e = { .fn = fn, .ctx = ctx };
	struct gmem_probes_rec probes = s->probes;
	struct gmem_clock_rec clock = s->clock;

	if (probes.h.size)
		emit(&e, &probes.h, GMEM_PROBES, probes.h.ts_ns, NULL);
	if (clock.h.size)
		emit(&e, &clock.h, GMEM_CLOCK, clock.h.ts_ns, NULL);
	emit_vms(&e, s->model);
	emit_ends(&e, s->model);
	return e.err;
}
