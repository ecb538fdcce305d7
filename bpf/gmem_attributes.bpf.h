/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conversions: KVM_SET_MEMORY_ATTRIBUTES. */
#ifndef GMEM_ATTRIBUTES_BPF_H
#define GMEM_ATTRIBUTES_BPF_H

#include "gmem_stall.bpf.h"

/* Number of a phase in kvm_mem_attributes_phase, which has no event for the first one. */
#define PHASE_ARG(phase)	((phase) - GMEM_PHASE_CHECK)

/* Keeps the begin, and emits it if every event is emitted: only then is a new VM added here. */
static __always_inline void attributes_begin(struct kvm *kvm, __u64 vm, const struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();

	if (op_keep(OP_ATTRIBUTES, vm, GMEM_ATTRIBUTES_BEGIN, ts, r) && is_enabled(GMEM_PROBES_PHASES))
		phases_begin(ts);
	if (is_enabled(GMEM_PROBES_EVENTS) && get_counters(kvm, vm, ts))
		emit_always(vm, GMEM_ATTRIBUTES_BEGIN, ts, r);
}

/*
 * Starts a phase. @op: enclosing operation, or NULL if its begin was missed. Phases that are kept are
 * emitted with the end: a record for each would cost more than all other work.
 */
static __always_inline void attributes_phase(__u64 vm, struct gmem_op *op, __u32 phase,
					     struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();

	if (op && op_phase(op, phase, ts))
		return;
	if (!is_enabled(GMEM_PROBES_PHASES) || !is_enabled(GMEM_PROBES_EVENTS))
		return;
	r->phase = PHASE_ARG(phase);
	emit(vm, GMEM_ATTRIBUTES_PHASE, ts, r);
}

static __always_inline void count_phase(struct gmem_counters *c, __u32 dir, __u32 phase, __u64 ns)
{
	__u32 slot = ns ? gmem_log2(ns) : 0;

	if (slot >= GMEM_PHASE_SLOTS)
		slot = GMEM_PHASE_SLOTS - 1;
	atomic_add(&c->phase_ns[dir][phase], ns);
	atomic_add(&c->phase_hist[dir][phase][slot], 1);
}

/* Ends the last phase. Returns the phases; NULL if they are not kept, or only the first was seen. */
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
	__u32 dir = direction(r->attributes), slot = gmem_hist_slot(r->dur_ns);

	if (!r->ret && !r->changed) {
		atomic_add(&c->conversion[dir].unchanged, 1);
		return;
	}
	count_op(&c->conversion[dir], r->end - r->start, r->dur_ns, r->ret);
	if (!r->ret && r->dur_ns && slot < GMEM_HIST_SLOTS)
		atomic_add(&c->conversion_hist[dir][slot], 1);
}

/* Set if the inventory scans marked blocks: programs may then mark a block instead of emitting the change. */
const volatile bool marks_blocks;

/* Changes of a VM that are emitted in each window; further ones are marked. */
#define EMIT_AT_MOST	64
#define EMIT_WINDOW_NS	1000000000ULL

static __always_inline bool may_emit(struct gmem_vm_state *v, __u64 ts)
{
	if (ts - v->window_ns > EMIT_WINDOW_NS) {
		v->window_ns = ts;
		v->emitted = 0;
	}
	return v->emitted++ < EMIT_AT_MOST;
}

/*
 * Marks the block as changed. Returns false if the range is in several blocks, or another block has the
 * place. The change is made before the mark is set, so a scan that clears the mark and then reads the
 * block sees the change. Atomic also for the memory order.
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
 * Returns true if the end of this conversion is to be emitted; false if its block is marked instead, or
 * nothing changed. The caller holds slots_lock, so a later change of the block cannot be emitted before the mark.
 */
static __always_inline bool is_emitted(struct gmem_vm_state *v, __u64 ts, const struct gmem_rec *r)
{
	if (is_enabled(GMEM_PROBES_EVENTS))
		return true;
	return r->changed && (!marks_blocks || may_emit(v, ts) || !mark_block(v, r->start, r->end));
}

static __always_inline void emit_conversion(__u64 vm, __u64 ts, const struct gmem_rec *body,
					    const struct gmem_op_phases *p)
{
	struct gmem_conversion_rec *c = bpf_ringbuf_reserve(&records, sizeof(*c), 0);

	if (!c) {
		count_lost_record(vm, GMEM_ATTRIBUTES_END);
		return;
	}
	fill_body(&c->r, body);
	fill_hdr(&c->r.h, vm, GMEM_ATTRIBUTES_END, sizeof(*c), ts);
	c->phases = p->came_to & ((1U << GMEM_PHASES) - 1);
	__builtin_memcpy(c->phase_ns, p->ns, sizeof(c->phase_ns));
	submit(c);
}

/* Counts the end of a conversion, and returns true if it is to be emitted. */
static __always_inline bool conversion_counts(struct gmem_vm_state *v, __u64 vm, __u64 ts, const struct gmem_rec *r,
					      const struct gmem_op_phases *p)
{
	if (v && p && r->changed)
		count_phases(&v->c, direction(r->attributes), p);
	if (v)
		count_conversion(&v->c, r);
	if (!r->ret)
		stall_converted(vm, r->attributes, r->start, r->end, r->dur_ns);
	return v && is_emitted(v, ts, r);
}

/* Counts and emits the end of a conversion. r->changed: 1 if something changed. */
static __always_inline void attributes_end(struct kvm *kvm, __u64 vm, struct gmem_rec *r)
{
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_vm_state *v = get_state(kvm, vm, ts);
	__u32 tid = this_tid();
	struct gmem_op *op = op_place(OP_ATTRIBUTES, tid);
	struct gmem_op_phases *p = NULL;

	if (!op || !op_is(op, OP_ATTRIBUTES, vm, tid)) {
		r->dur_ns = op_end_elsewhere(op, OP_ATTRIBUTES, vm, ts);
		if (conversion_counts(v, vm, ts, r, NULL))
			emit(vm, GMEM_ATTRIBUTES_END, ts, r);
		return;
	}
	if (is_enabled(GMEM_PROBES_PHASES))
		p = phases_end(op, ts);
	r->dur_ns = op_stop(op, ts);
	if (!conversion_counts(v, vm, ts, r, p))
		;
	else if (p && is_enabled(GMEM_PROBES_EVENTS))
		emit_conversion(vm, ts, r, p);
	else
		emit(vm, GMEM_ATTRIBUTES_END, ts, r);
	/* Last: another task may then own the place, and the phases. */
	op_free(op, tid);
}

#endif /* GMEM_ATTRIBUTES_BPF_H */
