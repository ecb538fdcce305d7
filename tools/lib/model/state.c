// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "model/state.h"

#include <errno.h>
#include <string.h>

#include "abi/kinds.h"

/* To whom it is told; err is the first that was not 0, and nothing is told after it. */
struct teller {
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

static void tell(struct teller *t, struct gmem_hdr *h, unsigned int kind, uint64_t ts_ns,
		 const struct gmem_vm *vm)
{
	if (t->err)
		return;
	h->kind = (uint16_t)kind;
	h->size = (uint16_t)gmem_kind_bytes(kind);
	h->ts_ns = ts_ns;
	if (vm) {
		h->vm = vm->id;
		h->tgid = h->tgid ? h->tgid : vm->pid;
		h->tid = h->tid ? h->tid : vm->pid;
	}
	t->err = t->fn(t->ctx, h);
}

static void tell_identity(struct teller *t, const struct gmem_vm *vm)
{
	struct gmem_vm_rec r = {
		.start_ns = vm->start_ns, .vcpus = vm->vcpus, .type = vm->type,
		.flags = vm->map_known ? 0 : GMEM_VM_SCANNED,
	};
	struct gmem_name_rec name = { .h = { 0 } };

	memcpy(r.comm, vm->comm, sizeof(r.comm));
	tell(t, &r.h, GMEM_VM, vm->seen_ns, vm);
	memcpy(name.name, vm->name, sizeof(name.name));
	memcpy(name.cgroup, vm->cgroup, sizeof(name.cgroup));
	tell(t, &name.h, GMEM_NAME, vm->seen_ns, vm);
}

/* The part of it in [start, end), in as many records as it takes; each begins where the one before ends. */
static void tell_part(struct teller *t, const struct gmem_vm *vm, const struct gmem_ranges *set,
		      unsigned int kind, uint64_t ts_ns, uint64_t ino, struct gmem_extent part)
{
	struct gmem_map_rec r = { .ino = ino, .start = part.start };
	struct gmem_extent x = { 0, 0 };
	bool more = gmem_ranges_next(set, part.start, &x) && x.start < part.end;

	do {
		for (r.nr = 0; more && r.nr < GMEM_MAP_EXTENTS; r.nr++) {
			r.extents[r.nr].start = x.start > part.start ? x.start : part.start;
			r.extents[r.nr].end = x.end < part.end ? x.end : part.end;
			more = gmem_ranges_next(set, x.end, &x) && x.start < part.end;
		}
		r.end = more ? r.extents[r.nr - 1].end : part.end;
		tell(t, &r.h, kind, ts_ns, vm);
		r.start = r.end;
	} while (more);
}

static void tell_ranges(struct teller *t, const struct gmem_vm *vm, const struct gmem_ranges *set,
			unsigned int kind, uint64_t ts_ns, uint64_t ino)
{
	tell_part(t, vm, set, kind, ts_ns, ino, (struct gmem_extent){ 0, UINT64_MAX });
}

static void tell_files(struct teller *t, const struct gmem_vm *vm)
{
	for (size_t i = 0; i < vm->nr_files; i++) {
		const struct gmem_file *f = &vm->files[i];
		struct gmem_rec r = {
			.ino = f->ino, .end = f->size_pages, .arg = f->flags,
			.nr_pages = f->populated_read ? f->populated : GMEM_UNKNOWN,
			.start = (f->mapped ? GMEM_FILE_MAPPED : 0) |
				 (!f->populated_read && f->populated_ns ? GMEM_FILE_NEW : 0),
		};

		tell(t, &r.h, GMEM_SCAN_FILE, f->populated_ns ? f->populated_ns : f->seen_ns, vm);
	}
	for (size_t i = 0; i < vm->nr_slots; i++) {
		const struct gmem_slot *s = &vm->slots[i];
		struct gmem_rec r = {
			.ino = s->ino, .start = s->gfn, .end = s->gfn + s->npages,
			.arg = s->pgoff, .aux = s->slot,
		};

		tell(t, &r.h, GMEM_SCAN_SLOT, s->seen_ns, vm);
	}
}

static void tell_holders(struct teller *t, const struct gmem_vm *vm,
			 const struct gmem_holders *holders, uint64_t ino)
{
	for (size_t i = 0; i < holders->nr; i++) {
		struct gmem_holder_rec r = { .h.tgid = holders->list[i].pid, .ino = ino };

		memcpy(r.comm, holders->list[i].comm, sizeof(r.comm));
		tell(t, &r.h, GMEM_HOLDER, holders->list[i].seen_ns, vm);
	}
}

/* Pages that the last round has read, and those that this one has up to now. */
static void tell_pages(struct teller *t, const struct gmem_vm *vm, const struct gmem_model *m)
{
	uint64_t shared_ns = m->backing_reads || !m->backing_ns ? m->now_ns : m->backing_ns;
	struct gmem_extent x = { 0, 0 };

	for (size_t i = 0; i < vm->nr_files; i++) {
		const struct gmem_file *f = &vm->files[i];

		if (f->pages_known || f->pages_new)
			tell_ranges(t, vm, &f->pages, GMEM_PAGES, f->pages_ns, f->ino);
	}
	while (gmem_ranges_next(&vm->shared_read, x.end, &x))
		tell_part(t, vm, &vm->shared_pages, GMEM_SHARED_PAGES, shared_ns, 0, x);
}

/* Result of the last round: it cannot be worked out again. */
static void tell_doubled(struct teller *t, const struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		for (unsigned int side = 0; side < GMEM_SIDES; side++)
			tell_ranges(t, vm, &vm->doubled[side], GMEM_DOUBLED, m->backing_ns, side);
	}
}

static void tell_memory(struct teller *t, const struct gmem_vm *vm, const struct gmem_model *m)
{
	struct gmem_rec begin = { .arg = vm->scan_lost }, end = { .aux = 0 }, behind = { .aux = 1 };

	if (vm->scan_ns)
		tell(t, &begin.h, GMEM_SCAN_BEGIN, vm->scan_ns, vm);
	tell_files(t, vm);
	tell_ranges(t, vm, &vm->private, GMEM_SCAN_MAP, vm->scan_ns, 0);
	if (vm->scan_ns && vm->map != GMEM_MAP_READING)
		tell(t, &end.h, GMEM_SCAN_END, vm->scan_ns + vm->scan_took_ns, vm);
	if (vm->behind)
		tell(t, &behind.h, GMEM_BEHIND, vm->scan_ns + vm->scan_took_ns, vm);
	tell_pages(t, vm, m);
	for (size_t i = 0; i < vm->nr_files; i++)
		tell_holders(t, vm, &vm->files[i].holders, vm->files[i].ino);
	tell_holders(t, vm, &vm->holders, 0);
}

static void tell_inflight(struct teller *t, const struct gmem_vm *vm)
{
	for (size_t i = 0; i < vm->nr_inflight; i++) {
		const struct gmem_inflight *op = &vm->inflight[i];
		struct gmem_rec r = {
			.h.tid = op->tid, .ino = op->ino, .start = op->start, .end = op->end,
			.arg = op->arg, .aux = op->aux,
		};

		tell(t, &r.h, op->kind, op->begin_ns, vm);
		r.arg = (uint64_t)op->phase - 1 - GMEM_PHASE_CHECK;
		if (op->phase)
			tell(t, &r.h, GMEM_PHASE, op->begin_ns, vm);
	}
}

static void tell_counters(struct teller *t, const struct gmem_vm *vm)
{
	struct gmem_counters_rec r = { .c = vm->before };

	if (vm->before_ns)
		tell(t, &r.h, GMEM_COUNTERS, vm->before_ns, vm);
	r.c = vm->now;
	if (vm->ended_ns)
		r.c.ended_ns = vm->ended_ns;
	if (vm->counters_ns || vm->ended_ns)
		tell(t, &r.h, GMEM_COUNTERS, vm->counters_ns ? vm->counters_ns : vm->ended_ns, vm);
}

static void tell_losses(struct teller *t, const struct gmem_model *m)
{
	struct gmem_lost_rec r = { .h = { 0 } };
	struct gmem_lost_cpu_rec cpu = { .h = { 0 } };

	memcpy(r.lost, m->lost, sizeof(m->lost));
	memcpy(r.by_kind, m->lost_by_kind, sizeof(m->lost_by_kind));
	tell(t, &r.h, GMEM_LOST, m->now_ns, NULL);
	for (size_t i = 0; i < m->nr_lost_cpus; i++) {
		cpu.h.cpu = (uint32_t)i;
		cpu.lost = m->lost_by_cpu[i];
		if (cpu.lost)
			tell(t, &cpu.h, GMEM_LOST_CPU, m->now_ns, NULL);
	}
}

/* What is of all VMs, and was made of what is told of each. */
static void tell_ends(struct teller *t, const struct gmem_model *m)
{
	struct gmem_rec backing = { .dur_ns = m->backing_took_ns }, holders = { .dur_ns = 0 };
	struct gmem_cost_rec cost = m->cost;

	if (m->backing_ns)
		tell(t, &backing.h, GMEM_BACKING, m->backing_ns, NULL);
	if (m->backing_ns)
		tell_doubled(t, m);
	if (m->holders_ns)
		tell(t, &holders.h, GMEM_HOLDERS, m->holders_ns, NULL);
	if (cost.h.size)
		tell(t, &cost.h, GMEM_COST, cost.h.ts_ns, NULL);
}

static void tell_vm(struct teller *t, const struct gmem_vm *vm, const struct gmem_model *m)
{
	tell_identity(t, vm);
	tell_memory(t, vm, m);
	tell_inflight(t, vm);
	tell_counters(t, vm);
}

/* Losses make the maps stale that come before them: those that have been stale since. */
static void tell_vms(struct teller *t, const struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		if (vm->doubted)
			tell_vm(t, vm, m);
	}
	tell_losses(t, m);
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (!vm->doubted)
			tell_vm(t, vm, m);
	}
}

int gmem_state_tell(const struct gmem_state *s, gmem_record_fn fn, void *ctx)
{
	struct teller t = { .fn = fn, .ctx = ctx };
	struct gmem_probes_rec probes = s->probes;
	struct gmem_clock_rec clock = s->clock;

	if (probes.h.size)
		tell(&t, &probes.h, GMEM_PROBES, probes.h.ts_ns, NULL);
	if (clock.h.size)
		tell(&t, &clock.h, GMEM_CLOCK, clock.h.ts_ns, NULL);
	tell_vms(&t, s->model);
	tell_ends(&t, s->model);
	return t.err;
}
