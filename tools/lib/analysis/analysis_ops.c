// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Conversions with their phases, fallocates, and stalls of vCPUs. */
#include <errno.h>

#include "abi/kinds.h"
#include "analysis/analysis_parts.h"

/* Returns the operations in flight before the record, or NULL before the first record of the VM. */
static const struct gmem_operations *inflight(const struct gmem_analysis *a, const struct gmem_rec *r)
{
	const struct gmem_vm *vm = gmem_model_vm(a->model, r->h.vm);

	return vm ? &vm->ops : NULL;
}

static enum gmem_origin origin_of(const struct gmem_operations *ops, const struct gmem_rec *r)
{
	const struct gmem_inflight *stall =
		ops ? gmem_operations_served(ops, r->h.kind, r->h.tid, r->ino, r->start) : NULL;

	return stall ? stall->origin : GMEM_BY_VMM;
}

/* Adds values for all phases, 0 for those not reached, so that they sum up to the whole time. */
static int add_phases(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r,
		      const struct gmem_inflight *op)
{
	uint64_t ns[GMEM_PHASES];
	int err = 0;

	if (!gmem_operation_phases(op, r, ns))
		return 0;
	for (unsigned int i = 0; i < GMEM_PHASES && !err; i++)
		err = analysis_value(a, vm, GMEM_S_PHASE + i, gmem_rec_direction(r), r->end - r->start, ns[i]);
	return err;
}

static void add_to_sum(struct gmem_op_sum *s, const struct gmem_rec *r)
{
	s->count++;
	s->bytes += (r->end - r->start) << GMEM_PAGE_SHIFT;
	s->total_ns += r->dur_ns;
}

/* @op: the operation, or NULL if its begin was missed. */
static void add_longest(struct gmem_analysis *a, enum gmem_long_kind kind, const struct gmem_rec *r,
			const struct gmem_inflight *op, enum gmem_origin origin)
{
	bool stall = kind == GMEM_LONG_STALL;
	struct gmem_long_op l;

	if (!gmem_longest_wants(&a->longest[kind], r->dur_ns))
		return;
	l = (struct gmem_long_op){
		.vm = r->h.vm, .begin_ns = r->h.ts_ns - r->dur_ns, .dur_ns = r->dur_ns,
		.start = r->start, .end = r->end, .ino = stall ? 0 : r->ino, .tid = r->h.tid,
		.vcpu = stall ? r->vcpu : 0,
		.direction = gmem_rec_direction(r), .origin = origin,
	};
	gmem_mark_operation(&l.marks, op, r, 0);
	gmem_mark_add(&l.marks, GMEM_MARK_END, r->dur_ns);
	gmem_longest_add(&a->longest[kind], &l);
}

static void add_to_time(struct gmem_analysis *a, const struct gmem_rec *r)
{
	struct gmem_bin *b = gmem_timebins_at(&a->time, r->h.ts_ns);
	enum gmem_direction d = gmem_rec_direction(r);

	b->count[d]++;
	b->bytes[d] += (r->end - r->start) << GMEM_PAGE_SHIFT;
	if (r->dur_ns > b->max_ns)
		b->max_ns = r->dur_ns;
}

/* Adds a conversion that changed something. */
static int add_conversion(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	const struct gmem_operations *ops = inflight(a, r);
	const struct gmem_inflight *op = ops ? gmem_operations_find(ops, r) : NULL;
	enum gmem_origin origin = origin_of(ops, r);
	enum gmem_direction d = gmem_rec_direction(r);
	uint64_t pages = r->end - r->start;
	int err = 0;

	add_to_sum(&vm->seen.size[gmem_size_class(pages)][d], r);
	add_to_sum(&vm->seen.origin[origin][d], r);
	add_to_time(a, r);
	if (r->dur_ns) {
		err = analysis_value(a, vm, GMEM_S_CONVERSION, d, pages, r->dur_ns);
		add_longest(a, GMEM_LONG_CONVERSION, r, op, origin);
	}
	if (!err)
		err = add_phases(a, vm, r, op);
	if (!err && !vm->hot) {
		vm->hot = gmem_hot_new(GMEM_HOT_FOLLOWED);
		err = vm->hot ? 0 : -ENOMEM;
	}
	if (!err && !r->ino)
		gmem_hot_add(vm->hot, r->h.ts_ns, r->start, r->end, d);
	return err ? err : analysis_pages_converted(a, vm, r);
}

int analysis_converted(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	if (r->start >= r->end)
		return 0;
	if (!r->ret && r->changed)
		return add_conversion(a, vm, r);
	if (r->ret)
		vm->seen.failed[gmem_rec_direction(r)]++;
	else
		vm->seen.unchanged[gmem_rec_direction(r)]++;
	return 0;
}

int analysis_fallocated(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	bool punch = gmem_rec_punches(r);
	int err = 0;

	analysis_outcome(vm, punch ? GMEM_O_PUNCH : GMEM_O_ALLOCATE, r);
	if (r->ret || r->start >= r->end)
		return 0;
	if (r->dur_ns)
		err = analysis_value(a, vm, punch ? GMEM_S_PUNCH : GMEM_S_ALLOCATE, 0,
				     r->end - r->start, r->dur_ns);
	if (punch && r->dur_ns)
		add_longest(a, GMEM_LONG_PUNCH, r, NULL, origin_of(inflight(a, r), r));
	return err ? err : analysis_pages_fallocated(a, vm, r);
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
	const struct gmem_operations *ops = inflight(a, r);
	const struct gmem_inflight *op = ops ? gmem_operations_find(ops, r) : NULL;
	enum gmem_origin origin = op ? op->origin : GMEM_BY_HYPERCALL;
	enum gmem_direction d = gmem_rec_direction(r);

	if (!s->ioctls) {
		vm->seen.unchanged_stalls[d]++;
		return 0;
	}
	add_to_sum(&vm->seen.stall_origin[origin][d], r);
	gmem_timebins_at(&a->time, r->h.ts_ns)->stall_ns += r->dur_ns;
	add_longest(a, GMEM_LONG_STALL, r, op, origin);
	return add_values(a, vm, s);
}
