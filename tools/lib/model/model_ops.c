// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Operations in flight. */
#include "model/model_parts.h"

#include <errno.h>

/* Matches by task, which is in one operation of a kind; a stall by vCPU, as another task may run it next. */
static bool same_op(const struct gmem_inflight *op, const struct gmem_rec *r, uint16_t begin)
{
	if (op->kind != begin)
		return false;
	return begin == GMEM_STALL_BEGIN ? op->aux == r->aux : op->tid == r->h.tid;
}

/* Removes the operation, and earlier ones of the same kind and task whose end was lost. */
void model_drop_op(struct gmem_vm *vm, const struct gmem_rec *r, uint16_t begin)
{
	for (size_t i = vm->nr_inflight; i-- > 0; ) {
		const struct gmem_inflight *op = &vm->inflight[i];

		if (same_op(op, r, begin))
			gap_close(vm->inflight, vm->nr_inflight--, i, sizeof(*op));
	}
}

/* Matches by task; a GMEM_PHASE of a snapshot by begin, too, as it may be of another operation of the task. */
static bool is_phase_of(const struct gmem_inflight *op, const struct gmem_rec *r)
{
	return op->kind == GMEM_ATTRIBUTES_BEGIN && op->tid == r->h.tid &&
	       (r->h.kind != GMEM_PHASE || op->begin_ns == r->h.ts_ns - r->dur_ns);
}

/* Sets the phase of a conversion. The first phase has no record: it begins with the conversion. */
void model_enter_phase(struct gmem_vm *vm, const struct gmem_rec *r)
{
	for (size_t i = 0; i < vm->nr_inflight; i++) {
		struct gmem_inflight *op = &vm->inflight[i];

		if (is_phase_of(op, r))
			op->phase = r->phase < GMEM_PHASES - GMEM_PHASE_CHECK ?
				    (uint32_t)r->phase + GMEM_PHASE_CHECK + 1 : 0;
	}
}

int model_begin_op(struct gmem_vm *vm, const struct gmem_rec *r)
{
	struct gmem_inflight *p;
	size_t i;

	/* A snapshot may repeat it. */
	model_drop_op(vm, r, r->h.kind);
	i = vm->nr_inflight;
	/* Records of several CPUs may arrive out of order. */
	while (i && vm->inflight[i - 1].begin_ns > r->h.ts_ns)
		i--;
	p = gap_open(vm->inflight, vm->nr_inflight, i, sizeof(*p));
	if (!p)
		return -ENOMEM;
	vm->inflight = p;
	vm->nr_inflight++;
	p[i] = (struct gmem_inflight){
		.begin_ns = r->h.ts_ns, .tid = r->h.tid, .kind = r->h.kind, .aux = r->aux,
		.ino = r->ino, .start = r->start, .end = r->end, .arg = r->arg,
	};
	return 0;
}

/* Removes all operations at the begin of a snapshot, which repeats those still in flight. */
void model_forget_ops(struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp)
		vm->nr_inflight = 0;
}
