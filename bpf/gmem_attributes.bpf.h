/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What happens in KVM_SET_MEMORY_ATTRIBUTES: conversions. */
#ifndef GMEM_ATTRIBUTES_BPF_H
#define GMEM_ATTRIBUTES_BPF_H

#include "gmem_stall.bpf.h"

/* kvm_gmem_attributes_phase numbers the phases without the first, which it cannot tell. */
#define PHASE_ARG(phase)	((phase) - GMEM_PHASE_CHECK)

/* Somebody wants records of phases; their times are counted for everybody. */
const volatile bool tell_phases;

static __always_inline void attributes_begin(struct kvm *kvm, __u64 vm, const struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();

	get_vm(kvm, vm, ts);
	op_begin(OP_ATTRIBUTES, vm, GMEM_ATTRIBUTES_BEGIN, ts, r);
}

/* Of an operation that starts the phase. */
static __always_inline void attributes_phase(__u64 vm, struct gmem_op *op, __u32 phase,
					     struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();

	if (op)
		op_phase(op, phase, ts);
	if (!tell_phases)
		return;
	r->arg = PHASE_ARG(phase);
	emit(vm, GMEM_ATTRIBUTES_PHASE, ts, r);
}

static __always_inline void count_phases(__u64 *total, struct gmem_op *op, __u64 ts)
{
	/* Still the first phase: their event is not there, or not attached. */
	if (!op || !op->phase)
		return;
	op_phase(op, GMEM_PHASES, ts);
	for (int i = 0; i < GMEM_PHASES; i++)
		add(&total[i], op->phase_ns[i]);
}

static __always_inline __u32 direction(__u64 attributes)
{
	return attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE ? GMEM_TO_PRIVATE : GMEM_TO_SHARED;
}

static __always_inline void count_conversion(struct gmem_counters *c, const struct gmem_rec *r)
{
	__u32 dir = direction(r->arg), slot = gmem_hist_slot(r->dur_ns);

	if (!r->ret && !r->aux) {
		add(&c->conversion[dir].unchanged, 1);
		return;
	}
	count_op(&c->conversion[dir], r->end - r->start, r->dur_ns, r->ret);
	if (!r->ret && r->dur_ns && slot < GMEM_HIST_SLOTS)
		add(&c->conversion_hist[dir][slot], 1);
}

/* r->aux: something changed. */
static __always_inline void attributes_end(struct kvm *kvm, __u64 vm, struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_counters *c = get_vm(kvm, vm, ts);

	if (c && r->aux)
		count_phases(c->phase_ns[direction(r->arg)], op_peek(OP_ATTRIBUTES, vm), ts);
	r->dur_ns = op_end(OP_ATTRIBUTES, vm, ts);
	if (c)
		count_conversion(c, r);
	if (!r->ret)
		stall_converted(vm, r->start, r->end, r->dur_ns);
	emit(vm, GMEM_ATTRIBUTES_END, ts, r);
}

#endif /* GMEM_ATTRIBUTES_BPF_H */
