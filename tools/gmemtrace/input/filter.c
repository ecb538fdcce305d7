// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "input/filter.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "abi/conversion.h"
#include "abi/kinds.h"
#include "views/text.h"


static bool needs_model(const struct filter_options *o)
{
	return o->vm || o->pid || o->end_gfn;
}

static bool wants_all(const struct filter_options *o)
{
	return !needs_model(o) && !o->kinds && !o->fallocate && !o->direction && !o->min_bytes &&
	       !o->max_bytes && !o->longer_ns && !o->phase;
}

int filter_init(struct filter *f, const struct filter_options *o)
{
	f->o = *o;
	f->all = wants_all(o);
	f->model = needs_model(o) ? gmem_model_new() : NULL;
	return needs_model(o) && !f->model ? -ENOMEM : 0;
}

void filter_free(struct filter *f)
{
	if (f->model)
		gmem_model_free(f->model);
	f->model = NULL;
}

int filter_learn(struct filter *f, const struct gmem_hdr *rec)
{
	int err = 0;

	if (f->all)
		return 0;
	if (rec->kind == GMEM_INFLIGHT)
		f->snapshot_ns = rec->ts_ns;
	switch (f->model ? rec->kind : 0) {
	case GMEM_VM:
	case GMEM_NAME:
	case GMEM_CREATE:
	case GMEM_RELEASE:
	case GMEM_BIND:
	case GMEM_UNBIND:
	case GMEM_SCAN_FILE:
	case GMEM_SCAN_SLOT:
		err = gmem_model_apply(f->model, rec);
	}
	return err == -ENOMEM ? err : 0;
}

static bool is_vm(const struct filter *f, uint64_t id, const struct gmem_vm *vm)
{
	char *end;
	uint64_t n = strtoull(f->o.vm, &end, 10);

	if (end != f->o.vm && !*end && n == id)
		return true;
	return vm && (!strcmp(vm->name, f->o.vm) ||
		      (!*vm->name && !strncmp(vm->comm, f->o.vm, sizeof(vm->comm))));
}

/* With a PID, passes events of the VMs of that process, and events that the process causes. */
bool filter_wants_vm(const struct filter *f, const struct gmem_hdr *rec)
{
	const struct gmem_vm *vm;

	if (!f->model || !rec->vm)
		return true;
	vm = gmem_model_vm(f->model, rec->vm);
	if (f->o.pid && rec->tgid != f->o.pid && (!vm || vm->pid != f->o.pid))
		return false;
	return !f->o.vm || is_vm(f, rec->vm, vm);
}

void filter_warn_unmet(const struct filter *f)
{
	struct gmem_vm *vm, *tmp;
	char name[4 * GMEM_NAME_LEN];

	if (!f->o.vm && !f->o.pid)
		return;
	HASH_ITER(hh, f->model->vms, vm, tmp) {
		const struct gmem_hdr h = { .vm = vm->id, .tgid = vm->pid };

		if (filter_wants_vm(f, &h))
			return;
	}
	if (f->o.vm)
		fprintf(stderr, "gmemtrace: no VM was seen that is '%s'", gmem_text_name(name, sizeof(name), f->o.vm));
	else
		fprintf(stderr, "gmemtrace: no VM was seen");
	if (f->o.pid)
		fprintf(stderr, " of process %u", f->o.pid);
	fputc('\n', stderr);
}

static bool overlaps(const struct filter *f, uint64_t start, uint64_t end)
{
	return start < f->o.end_gfn && end > f->o.start_gfn;
}

/* Translates a range of a file to gfns by its bindings, and checks these. */
static bool wants_pgoffs(const struct filter *f, const struct gmem_rec *r)
{
	const struct gmem_vm *vm = gmem_model_vm(f->model, r->h.vm);

	for (size_t i = 0; vm && i < vm->nr_slots; i++) {
		const struct gmem_slot *s = &vm->slots[i];
		uint64_t lo = r->start > s->pgoff ? r->start : s->pgoff;
		uint64_t hi = r->end < s->pgoff + s->npages ? r->end : s->pgoff + s->npages;

		if (s->ino == r->ino && lo < hi &&
		    overlaps(f, lo - s->pgoff + s->gfn, hi - s->pgoff + s->gfn))
			return true;
	}
	return false;
}

static bool wants_range(const struct filter *f, const struct gmem_rec *r)
{
	uint64_t pages = r->end - r->start, most = UINT64_MAX >> GMEM_PAGE_SHIFT;
	uint64_t bytes = pages > most ? UINT64_MAX : pages << GMEM_PAGE_SHIFT;
	enum gmem_unit unit = gmem_unit_of(r);

	if (!f->o.min_bytes && !f->o.max_bytes && !f->o.end_gfn)
		return true;
	if (unit == GMEM_NONE || bytes < f->o.min_bytes || (f->o.max_bytes && bytes > f->o.max_bytes))
		return false;
	if (!f->o.end_gfn)
		return true;
	return unit == GMEM_GFN ? overlaps(f, r->start, r->end) : wants_pgoffs(f, r);
}

static bool wants_direction(const struct filter *f, const struct gmem_rec *r,
			    const struct gmem_kind_info *k)
{
	if (!f->o.direction)
		return true;
	return (k->arg == GMEM_ARG_ATTRIBUTES || r->h.kind == GMEM_MEMORY_FAULT) &&
	       f->o.direction == 1 + (int)gmem_rec_direction(r);
}

static bool wants_mode(const struct filter *f, const struct gmem_rec *r)
{
	if (r->h.kind != GMEM_FALLOCATE_BEGIN && r->h.kind != GMEM_FALLOCATE_END)
		return true;
	return !f->o.fallocate || f->o.fallocate & (gmem_rec_punches(r) ? 1 : 2);
}

/* Also passes the repeated begin of an operation that is in flight for that long, as its end will pass. */
static bool wants_duration(const struct filter *f, const struct gmem_rec *r,
			   const struct gmem_kind_info *k)
{
	if (!f->o.longer_ns)
		return true;
	if (r->h.flags & GMEM_REC_REPEATED && f->snapshot_ns > r->h.ts_ns)
		return f->snapshot_ns - r->h.ts_ns >= f->o.longer_ns;
	return k->phase == GMEM_END && r->dur_ns >= f->o.longer_ns;
}

static bool wants_kind(const struct filter *f, const struct gmem_rec *r)
{
	uint64_t kinds = 1ULL << r->h.kind;

	if (gmem_conversion(&r->h))
		kinds |= 1ULL << GMEM_ATTRIBUTES_PHASE;
	return f->o.kinds & kinds;
}

/* Passes the begin of the phase, or the record of a conversion that has this phase. */
static bool wants_phase(const struct filter *f, const struct gmem_rec *r)
{
	const struct gmem_conversion_rec *c = gmem_conversion(&r->h);

	if (c)
		return c->phases >> (f->o.phase - 1 + GMEM_PHASE_CHECK) & 1;
	return r->h.kind == GMEM_ATTRIBUTES_PHASE && r->phase + 1 == (uint64_t)f->o.phase;
}

static bool wants_event(const struct filter *f, const struct gmem_rec *r,
			const struct gmem_kind_info *k)
{
	if (f->o.kinds && !(wants_kind(f, r) && wants_mode(f, r)))
		return false;
	if (!wants_duration(f, r, k))
		return false;
	if (f->o.phase && !wants_phase(f, r))
		return false;
	return wants_direction(f, r, k) && wants_range(f, r);
}

bool filter_selects(const struct filter *f, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);

	if (!k || rec->size < gmem_kind_bytes(rec->kind) || !filter_wants_vm(f, rec))
		return false;
	if (k->phase == GMEM_META)
		return !f->o.kinds || f->o.kinds >> rec->kind & 1;
	return wants_event(f, (const struct gmem_rec *)rec, k);
}

/* Returns true for records that change files, bindings or attributes. */
static bool changes_memory(const struct gmem_hdr *rec)
{
	switch (rec->kind) {
	case GMEM_ATTRIBUTES_END:
		return ((const struct gmem_rec *)rec)->changed || ((const struct gmem_rec *)rec)->seq;
	case GMEM_VM_END:
	case GMEM_CREATE:
	case GMEM_RELEASE:
	case GMEM_BIND:
	case GMEM_UNBIND:
		return true;
	default:
		return false;
	}
}

bool filter_keeps(const struct filter *f, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k;

	if (f->all)
		return true;
	if (!filter_wants_vm(f, rec))
		return false;
	k = gmem_kind(rec->kind);
	if (!k || k->phase == GMEM_META || changes_memory(rec))
		return true;
	return rec->size >= sizeof(struct gmem_rec) && wants_event(f, (const struct gmem_rec *)rec, k);
}
