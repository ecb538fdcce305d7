// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Conversions with their phases, and fallocates. */
#include <errno.h>
#include <stdlib.h>

#include "abi/conversion.h"
#include "abi/kinds.h"
#include "analysis/analysis_parts.h"

#define OPS_MAX 4096	/* in flight in a VM; of more, the ends were lost */

struct gmem_open_op *analysis_open_op(struct gmem_vm_stats *vm, uint32_t tid, uint16_t kind)
{
	for (size_t i = vm->nr_ops; i-- > 0; ) {
		if (vm->ops[i].tid == tid && vm->ops[i].kind == kind)
			return &vm->ops[i];
	}
	return NULL;
}

void analysis_forget_op(struct gmem_vm_stats *vm, struct gmem_open_op *op)
{
	if (op)
		*op = vm->ops[--vm->nr_ops];
}

/* Returns a new entry, or NULL if out of memory. The array grows by doubling and never shrinks. */
static struct gmem_open_op *alloc_op(struct gmem_vm_stats *vm)
{
	size_t n = vm->nr_ops;
	struct gmem_open_op *p;

	if (n == OPS_MAX)
		analysis_forget_op(vm, &vm->ops[0]);
	else if (!(n & (n - 1))) {
		p = reallocarray(vm->ops, n ? 2 * n : 1, sizeof(*p));
		if (!p)
			return NULL;
		vm->ops = p;
	}
	return &vm->ops[vm->nr_ops++];
}

int analysis_op_begin(struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	struct gmem_open_op *op = analysis_open_op(vm, r->h.tid, r->h.kind);

	if (!op)
		op = alloc_op(vm);
	if (!op)
		return -ENOMEM;
	*op = (struct gmem_open_op){
		.tid = r->h.tid, .kind = r->h.kind, .begin_ns = r->h.ts_ns, .mark_ns = r->h.ts_ns,
	};
	return 0;
}

static void close_phase(struct gmem_open_op *op, uint64_t ts_ns)
{
	if (ts_ns > op->mark_ns) {
		op->ns[op->phase] += ts_ns - op->mark_ns;
		op->mark_ns = ts_ns;
	}
}

static void enter_phase(struct gmem_open_op *op, unsigned int phase, uint64_t ts_ns)
{
	close_phase(op, ts_ns);
	op->phased = true;
	op->phase = phase;
	if (op->nr_marks < GMEM_PHASES)
		op->marks[op->nr_marks++] = (struct gmem_mark){
			GMEM_MARK_PHASE + phase, ts_ns - op->begin_ns,
		};
}

void analysis_phase(struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	struct gmem_open_op *op = analysis_open_op(vm, r->h.tid, GMEM_ATTRIBUTES_BEGIN);

	if (!op || r->phase >= GMEM_PHASES - GMEM_PHASE_CHECK)
		return;
	enter_phase(op, (uint32_t)r->phase + GMEM_PHASE_CHECK, r->h.ts_ns);
}

/* Fills @op from the end of a conversion, whose record has the phases. Returns NULL if it has not. */
static struct gmem_open_op *op_from_end(const struct gmem_rec *r, struct gmem_open_op *op)
{
	const struct gmem_conversion_rec *c = gmem_conversion(&r->h);
	unsigned int phase = GMEM_PHASE_LOCK;
	uint64_t begin = r->h.ts_ns - r->dur_ns, ts;

	if (!c)
		return NULL;
	*op = (struct gmem_open_op){ .begin_ns = begin, .mark_ns = begin };
	while (gmem_conversion_next(c, &phase, &ts))
		enter_phase(op, phase, ts);
	return op;
}

/* Adds values for all phases, 0 for those not reached, so that they sum up to the whole time. */
static int add_phases(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r,
		      struct gmem_open_op *op)
{
	int err = 0;

	if (!op || !op->phased)
		return 0;
	close_phase(op, r->h.ts_ns);
	for (unsigned int i = 0; i < GMEM_PHASES && !err; i++)
		err = analysis_value(a, vm, GMEM_S_PHASE + i, gmem_rec_direction(r), r->end - r->start,
				     op->ns[i]);
	return err;
}

static void add_to_sum(struct gmem_op_sum *s, const struct gmem_rec *r)
{
	s->count++;
	s->bytes += (r->end - r->start) << GMEM_PAGE_SHIFT;
	s->total_ns += r->dur_ns;
}

static void add_op_marks(struct gmem_mark *marks, uint32_t *nr, const struct gmem_rec *r,
		     const struct gmem_open_op *op, uint64_t origin_ns)
{
	uint64_t begin = r->h.ts_ns - r->dur_ns;
	uint64_t at = begin > origin_ns ? begin - origin_ns : 0;
	bool convert = r->h.kind == GMEM_ATTRIBUTES_END;

	gmem_mark_add(marks, nr, convert ? GMEM_MARK_IOCTL : GMEM_MARK_PUNCH, at);
	for (uint32_t i = 0; op && i < op->nr_marks; i++)
		gmem_mark_add(marks, nr, op->marks[i].what, at + op->marks[i].at_ns);
	gmem_mark_add(marks, nr, convert ? GMEM_MARK_IOCTL_END : GMEM_MARK_PUNCH_END,
		      at + r->dur_ns);
}

static void add_longest(struct gmem_analysis *a, enum gmem_long_kind kind, const struct gmem_rec *r,
			const struct gmem_open_op *op, enum gmem_origin origin)
{
	struct gmem_long_op l = {
		.vm = r->h.vm, .begin_ns = r->h.ts_ns - r->dur_ns, .dur_ns = r->dur_ns,
		.start = r->start, .end = r->end, .ino = r->ino, .tid = r->h.tid,
		.direction = gmem_rec_direction(r), .origin = origin,
	};

	if (!gmem_longest_wants(&a->longest[kind], r->dur_ns))
		return;
	for (uint32_t i = 0; op && i < op->nr_marks; i++)
		gmem_mark_add(l.marks, &l.nr_marks, op->marks[i].what, op->marks[i].at_ns);
	gmem_mark_add(l.marks, &l.nr_marks, GMEM_MARK_END, r->dur_ns);
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
static int add_conversion(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r,
			  struct gmem_open_op *op, enum gmem_origin origin)
{
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
	struct gmem_open_op *open = analysis_open_op(vm, r->h.tid, GMEM_ATTRIBUTES_BEGIN);
	struct gmem_vcpu_state *w = vm->nr_stalled ? analysis_waiter(vm, r) : NULL;
	struct gmem_open_op own, *op = op_from_end(r, &own);
	int err = 0;

	if (r->start >= r->end)
		return 0;
	if (!op)
		op = open;
	if (w)
		add_op_marks(w->marks, &w->nr_marks, r, op, w->begin_ns);
	if (r->ret)
		vm->seen.failed[gmem_rec_direction(r)]++;
	else if (!r->changed)
		vm->seen.unchanged[gmem_rec_direction(r)]++;
	else
		err = add_conversion(a, vm, r, op, w ? w->origin : GMEM_BY_VMM);
	analysis_forget_op(vm, open);
	return err;
}

int analysis_fallocated(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r)
{
	bool punch = gmem_rec_punches(r);
	struct gmem_vcpu_state *w = vm->nr_stalled ? analysis_stalled_thread(vm, r->h.tid) : NULL;
	int err = 0;

	analysis_forget_op(vm, analysis_open_op(vm, r->h.tid, GMEM_FALLOCATE_BEGIN));
	analysis_outcome(vm, punch ? GMEM_O_PUNCH : GMEM_O_ALLOCATE, r);
	if (r->ret || r->start >= r->end)
		return 0;
	if (punch && w)
		add_op_marks(w->marks, &w->nr_marks, r, NULL, w->begin_ns);
	if (r->dur_ns)
		err = analysis_value(a, vm, punch ? GMEM_S_PUNCH : GMEM_S_ALLOCATE, 0,
				     r->end - r->start, r->dur_ns);
	if (punch && r->dur_ns)
		add_longest(a, GMEM_LONG_PUNCH, r, NULL, w ? w->origin : GMEM_BY_VMM);
	return err ? err : analysis_pages_fallocated(a, vm, r);
}
