/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What happens in KVM_SET_MEMORY_ATTRIBUTES: conversions. */
#ifndef GMEM_ATTRIBUTES_BPF_H
#define GMEM_ATTRIBUTES_BPF_H

#include "gmem_stall.bpf.h"

/* kvm_gmem_attributes_phase numbers the phases without the first, which it cannot tell. */
#define PHASE_ARG(phase)	((phase) - GMEM_PHASE_CHECK)

/* The VM is counted when it ends: by then it is known, or told where somebody wants all events. */
static __always_inline void attributes_begin(struct kvm *kvm, __u64 vm, const struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();

	if (op_keep(OP_ATTRIBUTES, vm, GMEM_ATTRIBUTES_BEGIN, ts, r) && wants(GMEM_PROBES_PHASES))
		phases_begin(ts);
	if (wants(GMEM_PROBES_EVENTS) && get_vm(kvm, vm, ts))
		emit(vm, GMEM_ATTRIBUTES_BEGIN, ts, r);
}

/*
 * Of the operation that starts the phase; NULL: it is not known. Its end tells of phases that are
 * kept: a record of each would cost more than all else.
 */
static __always_inline void attributes_phase(__u64 vm, struct gmem_op *op, __u32 phase,
					     struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();

	if (op && op_phase(op, phase, ts))
		return;
	if (!wants(GMEM_PROBES_PHASES) || !wants(GMEM_PROBES_EVENTS))
		return;
	r->arg = PHASE_ARG(phase);
	emit(vm, GMEM_ATTRIBUTES_PHASE, ts, r);
}

static __always_inline void count_phase(struct gmem_counters *c, __u32 dir, __u32 phase, __u64 ns)
{
	__u32 slot = ns ? gmem_log2(ns) : 0;

	if (slot >= GMEM_PHASE_SLOTS)
		slot = GMEM_PHASE_SLOTS - 1;
	add(&c->phase_ns[dir][phase], ns);
	add(&c->phase_hist[dir][phase][slot], 1);
}

/* Of the operation that ends. NULL: still the first, as their event is not there, or not kept. */
static __always_inline struct gmem_op_phases *phases_end(struct gmem_op *op, __u64 ts)
{
	return op && op->phase ? op_phase(op, GMEM_PHASES, ts) : NULL;
}

static __always_inline void count_phases(struct gmem_counters *c, __u32 dir,
					 const struct gmem_op_phases *p)
{
	for (__u32 i = 0; i < GMEM_PHASES; i++)
		count_phase(c, dir, i, p->ns[i]);
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

/* The inventory will read blocks that are marked, so marking will do where nobody wants events. */
const volatile bool marks_blocks;

/* Changes of a VM that are told in a second. */
#define TELL_AT_MOST	64
#define TELL_IN_NS	1000000000ULL

static __always_inline bool may_tell(struct gmem_vm_state *v, __u64 ts)
{
	if (ts - v->window_ns > TELL_IN_NS) {
		v->window_ns = ts;
		v->told = 0;
	}
	return v->told++ < TELL_AT_MOST;
}

/*
 * False if it is of several blocks, or another one has its place. The change was made before:
 * who takes the mark away, and then reads, sees it. Atomic for the order, too.
 */
static __always_inline bool mark_block(struct gmem_vm_state *v, __u64 start, __u64 end)
{
	__u32 block = start >> BLOCK_SHIFT, was;

	if (block != (end - 1) >> BLOCK_SHIFT)
		return false;
	was = __sync_val_compare_and_swap(&v->blocks[block & (CHANGED_BLOCKS - 1)], 0, block + 1);
	if (was && was != block + 1)
		return false;
	*(volatile __u32 *)&v->changed = 1;
	return true;
}

/*
 * Slots_lock is held: what is marked is not told, so a later change must not be told before.
 * What changed nothing changes no map.
 */
static __always_inline bool is_told(struct gmem_vm_state *v, __u64 ts, const struct gmem_rec *r)
{
	if (wants(GMEM_PROBES_EVENTS))
		return true;
	return r->aux && (!marks_blocks || may_tell(v, ts) || !mark_block(v, r->start, r->end));
}

static __always_inline void emit_conversion(__u64 vm, __u64 ts, const struct gmem_rec *body,
					    const struct gmem_op_phases *p)
{
	struct gmem_conversion_rec *c = bpf_ringbuf_reserve(&records, sizeof(*c), 0);

	if (!c) {
		lose(vm, GMEM_ATTRIBUTES_END);
		return;
	}
	c->r = *body;
	fill_hdr(&c->r.h, vm, GMEM_ATTRIBUTES_END, sizeof(*c), ts);
	c->phases = p->came_to & ((1U << GMEM_PHASES) - 1);
	__builtin_memcpy(c->phase_ns, p->ns, sizeof(c->phase_ns));
	submit(c);
}

/* r->aux: something changed. */
static __always_inline void attributes_end(struct kvm *kvm, __u64 vm, struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_vm_state *v = get_state(kvm, vm, ts);
	struct gmem_counters *c = v ? &v->c : NULL;
	/* Clang 15 to 19 spill what has no value on one path, which the verifier refuses. */
	struct gmem_op_phases *p = NULL, kept = {};

	if (wants(GMEM_PROBES_PHASES))
		p = phases_end(op_peek(OP_ATTRIBUTES, vm), ts);
	if (p && c && r->aux)
		count_phases(c, direction(r->arg), p);
	/* Its place may be another task's when the operation has ended. */
	if (p)
		kept = *p;
	r->dur_ns = op_end(OP_ATTRIBUTES, vm, ts);
	if (c)
		count_conversion(c, r);
	if (!r->ret)
		stall_converted(vm, r->arg, r->start, r->end, r->dur_ns);
	if (!v || !is_told(v, ts, r))
		return;
	if (p && wants(GMEM_PROBES_EVENTS))
		emit_conversion(vm, ts, r, &kept);
	else
		emit(vm, GMEM_ATTRIBUTES_END, ts, r);
}

#endif /* GMEM_ATTRIBUTES_BPF_H */
