// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Stalls of vCPUs. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "abi/kinds.h"
#include "analysis/analysis_parts.h"

#define VCPUS_MAX 4096	/* KVM_MAX_VCPUS of x86; a damaged recording may have more */

/* Returns the state of a vCPU, growing the array; NULL if out of memory (*@err), or beyond the limit. */
static struct gmem_vcpu_state *get_vcpu(struct gmem_vm_stats *vm, uint32_t vcpu, int *err)
{
	size_t n = vm->nr_vcpus ? vm->nr_vcpus : 4;
	struct gmem_vcpu_state *p;
	uint32_t *s;

	*err = 0;
	if (vcpu >= VCPUS_MAX)
		return NULL;
	if (vcpu < vm->nr_vcpus)
		return &vm->vcpus[vcpu];
	while (n <= vcpu)
		n *= 2;
	*err = -ENOMEM;
	s = reallocarray(vm->stalled, n, sizeof(*s));
	if (!s)
		return NULL;
	vm->stalled = s;
	p = reallocarray(vm->vcpus, n, sizeof(*p));
	if (!p)
		return NULL;
	memset(p + vm->nr_vcpus, 0, (n - vm->nr_vcpus) * sizeof(*p));
	vm->vcpus = p;
	vm->nr_vcpus = n;
	*err = 0;
	return &p[vcpu];
}

/* Notes a memory fault, which may arrive before or after the begin of its stall: stock probes share a function. */
int analysis_memory_fault(struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	int err;
	struct gmem_vcpu_state *v = get_vcpu(vm, r->vcpu, &err);

	if (!v)
		return err;
	v->faulted = true;
	v->fault_gfn = r->start;
	if (v->stalled && v->start == r->start && v->nr_marks <= 1)
		v->origin = GMEM_BY_ACCESS;
	return 0;
}

static void drop_stall(struct gmem_vm_stats *vm, uint32_t vcpu)
{
	vm->vcpus[vcpu].stalled = false;
	vm->vcpus[vcpu].faulted = false;
	for (size_t i = 0; i < vm->nr_stalled; i++) {
		if (vm->stalled[i] == vcpu) {
			vm->stalled[i] = vm->stalled[--vm->nr_stalled];
			return;
		}
	}
}

void analysis_stall_forget(struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	if (r->vcpu < vm->nr_vcpus && vm->vcpus[r->vcpu].stalled)
		drop_stall(vm, r->vcpu);
}

int analysis_stall_begin(struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	int err;
	struct gmem_vcpu_state *v = get_vcpu(vm, r->vcpu, &err);
	bool fault;

	if (!v)
		return err;
	fault = v->faulted && v->fault_gfn == r->start;
	if (v->stalled)
		drop_stall(vm, r->vcpu);
	*v = (struct gmem_vcpu_state){
		.stalled = true, .origin = fault ? GMEM_BY_ACCESS : GMEM_BY_HYPERCALL,
		.tid = r->h.tid, .begin_ns = r->h.ts_ns, .start = r->start, .end = r->end,
	};
	gmem_mark_add(v->marks, &v->nr_marks, GMEM_MARK_EXIT, 0);
	vm->stalled[vm->nr_stalled++] = r->vcpu;
	return 0;
}

struct gmem_vcpu_state *analysis_stalled_thread(struct gmem_vm_stats *vm, uint32_t tid)
{
	for (size_t i = 0; i < vm->nr_stalled; i++) {
		if (vm->vcpus[vm->stalled[i]].tid == tid)
			return &vm->vcpus[vm->stalled[i]];
	}
	return NULL;
}

struct gmem_vcpu_state *analysis_waiter(struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	struct gmem_vcpu_state *v = analysis_stalled_thread(vm, r->h.tid);

	for (size_t i = 0; i < vm->nr_stalled && !v; i++) {
		struct gmem_vcpu_state *w = &vm->vcpus[vm->stalled[i]];

		if (w->start < r->end && r->start < w->end)
			v = w;
	}
	return v;
}

static void add_longest(struct gmem_analysis *a, const struct gmem_rec *r,
			const struct gmem_vcpu_state *v, enum gmem_origin origin)
{
	struct gmem_long_op l = {
		.vm = r->h.vm, .begin_ns = r->h.ts_ns - r->dur_ns, .dur_ns = r->dur_ns,
		.start = r->start, .end = r->end, .tid = r->h.tid, .vcpu = r->vcpu,
		.direction = gmem_rec_direction(r), .origin = origin,
	};

	if (!gmem_longest_wants(&a->longest[GMEM_LONG_STALL], r->dur_ns))
		return;
	if (v) {
		l.nr_marks = v->nr_marks;
		memcpy(l.marks, v->marks, v->nr_marks * sizeof(*v->marks));
	}
	gmem_mark_add(l.marks, &l.nr_marks, GMEM_MARK_END, r->dur_ns);
	gmem_longest_add(&a->longest[GMEM_LONG_STALL], &l);
}

/* Adds a stall and its parts, which may exceed the whole a little if several threads took part. */
static int add_values(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_stall_rec *s)
{
	uint64_t pages = s->r.end - s->r.start, parts = s->ioctl_ns + s->discard_ns;
	const struct {
		enum gmem_series_id series;
		uint64_t ns;
	} values[] = {
		{ GMEM_S_STALL, s->r.dur_ns },
		{ GMEM_S_STALL_IOCTL, s->ioctl_ns },
		{ GMEM_S_STALL_DISCARD, s->discard_ns },
		{ GMEM_S_STALL_VMM, s->r.dur_ns > parts ? s->r.dur_ns - parts : 0 },
	};
	int err = 0;

	for (size_t i = 0; i < sizeof(values) / sizeof(*values) && !err; i++)
		err = analysis_value(a, vm, values[i].series, gmem_rec_direction(&s->r), pages, values[i].ns);
	return err;
}

int analysis_stall_end(struct gmem_analysis *a, struct gmem_vm_stats *vm,
		       const struct gmem_stall_rec *s)
{
	const struct gmem_rec *r = &s->r;
	enum gmem_direction d = gmem_rec_direction(r);
	int err;
	struct gmem_vcpu_state *v = get_vcpu(vm, r->vcpu, &err);
	enum gmem_origin origin = v && v->stalled ? v->origin : GMEM_BY_HYPERCALL;
	struct gmem_op_sum *sum = &vm->seen.stall_origin[origin][d];

	if (err)
		return err;
	if (!s->ioctls) {
		vm->seen.unchanged_stalls[d]++;
	} else {
		sum->count++;
		sum->bytes += (r->end - r->start) << GMEM_PAGE_SHIFT;
		sum->total_ns += r->dur_ns;
		gmem_timebins_at(&a->time, r->h.ts_ns)->stall_ns += r->dur_ns;
		add_longest(a, r, v && v->stalled ? v : NULL, origin);
		err = add_values(a, vm, s);
	}
	if (v && v->stalled)
		drop_stall(vm, r->vcpu);
	return err;
}
