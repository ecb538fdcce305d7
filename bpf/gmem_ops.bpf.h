/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Operations in flight: pairs the begins and ends of each task, and yields durations. A begin takes no
 * helper call for its place and allocates nothing, unless another task owns the place.
 */
#ifndef GMEM_OPS_BPF_H
#define GMEM_OPS_BPF_H

#include "gmem_state.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, OPS);
	__uint(map_flags, BPF_F_MMAPABLE);
	__type(key, __u32);
	__type(value, struct gmem_op);
} ops SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, OPS / OP_CLASSES_MAX);
	__type(key, __u32);
	__type(value, struct gmem_op_phases);
} phases SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct gmem_op_key);
	__type(value, struct gmem_op);
} ops_overflow SEC(".maps");

/*
 * Epochs: user space increments them when it attaches or detaches the probes of a class, or of phases. An
 * operation of an earlier epoch is ignored, and its unpaired end is no loss.
 */
__u32 epochs[OP_CLASSES];
__u32 phase_epoch;

static __always_inline __u32 epoch_of(__u32 class)
{
	return *(volatile __u32 *)&epochs[class] + 1;
}

static __always_inline __u32 epoch_of_phases(void)
{
	return *(volatile __u32 *)&phase_epoch + 1;
}

static __always_inline __u32 group_of(__u32 class)
{
	switch (class) {
	case OP_INVALIDATE:
	case OP_AROUND:
		return GMEM_PROBES_INVALIDATIONS;
	case OP_FAULT:
	case OP_USER_FAULT:
		return GMEM_PROBES_FAULTS;
	default:
		return GMEM_PROBES_BASE;
	}
}

static __always_inline __u32 this_tid(void)
{
	return this_id();
}

static __always_inline struct gmem_op *op_place(__u32 class, __u32 tid)
{
	__u32 place = gmem_op_place(tid, class);

	return bpf_map_lookup_elem(&ops, &place);
}

static __always_inline struct gmem_op_phases *phases_of(__u32 tid)
{
	__u32 place = tid & (OPS / OP_CLASSES_MAX - 1);

	return bpf_map_lookup_elem(&phases, &place);
}

static __always_inline bool is_in_flight(const struct gmem_op *op, __u32 class)
{
	return op->begin_ns && op->since == epoch_of(class);
}

/*
 * Number of operations whose end no program saw, found when their task begins the next one. User space
 * counts them as skipped and has all maps scanned. The kernel skips the exit programs of calls in progress whenever anybody
 * attaches to the function or detaches from it (bpf_tramp_image_put() in kernel/bpf/trampoline.c).
 */
__u64 skipped_ends;

/* Takes the place for a begin. Returns false if another task owns it, or this one for another VM. */
static __always_inline bool op_claim(struct gmem_op *op, __u32 class, __u64 vm, __u32 tid)
{
	__u32 owner = *(volatile __u32 *)&op->tid;

	if (owner == tid) {
		if (!is_in_flight(op, class))
			return true;
		if (class == OP_INVALIDATE)
			return op->vm == vm;	/* a task may invalidate for several VMs at once */
		if (started())
			atomic_add(&skipped_ends, 1);
		return true;
	}
	if (owner && op->since == epoch_of(class))
		return false;
	return __sync_val_compare_and_swap(&op->tid, owner, tid) == owner;
}

static __always_inline void op_set(struct gmem_op *op, __u32 class, __u64 vm, __u16 kind, __u64 ts,
				   const struct gmem_rec *r)
{
	op->vm = vm;
	op->ino = r->ino;
	op->start = r->start;
	op->end = r->end;
	op->arg = r->arg;
	op->order = 0;
	op->phase = 0;
	op->kind = kind;
	op->since = epoch_of(class);
	*(volatile __u64 *)&op->begin_ns = ts;
}

/* Keeps the begin of an operation whose place is taken. */
static __noinline int overflow_begin(__u32 class, struct gmem_op *op)
{
	struct gmem_op_key key;

	if (!op)
		return 0;
	key = (struct gmem_op_key){ .vm = op->vm, .tid = op->tid, .class = class };
	if (bpf_map_update_elem(&ops_overflow, &key, op, BPF_ANY))
		count_loss(GMEM_LOST_INFLIGHT);
	return 0;
}

static __always_inline struct gmem_op *overflow_peek(__u32 class, __u64 vm, __u32 tid)
{
	struct gmem_op_key key = { .vm = vm, .tid = tid, .class = class };

	return bpf_map_lookup_elem(&ops_overflow, &key);
}

static __noinline __u64 overflow_end(__u32 class, __u64 vm, __u64 ts)
{
	struct gmem_op_key key = { .vm = vm, .tid = this_tid(), .class = class };
	struct gmem_op *op = bpf_map_lookup_elem(&ops_overflow, &key);
	__u64 dur;

	if (!op)
		return 0;
	dur = ts - op->begin_ns;
	bpf_map_delete_elem(&ops_overflow, &key);
	return dur ? dur : 1;
}

/* Keeps the begin of an operation. @kind: of its record, or 0. Returns true if it got its place in map ops. */
static __always_inline bool op_keep(__u32 class, __u64 vm, __u16 kind, __u64 ts,
				    const struct gmem_rec *r)
{
	__u64 id = this_id();
	struct gmem_op *op = op_place(class, id);

	if (op && op_claim(op, class, vm, id)) {
		op->tgid = id >> 32;
		op_set(op, class, vm, kind, ts, r);
		return true;
	}

	struct gmem_op other = { .tid = id, .tgid = id >> 32 };

	op_set(&other, class, vm, kind, ts, r);
	overflow_begin(class, &other);
	return false;
}

/* Keeps the begin of an operation, and emits it if every event is emitted. */
static __always_inline void op_begin(__u32 class, __u64 vm, __u16 kind, __u64 ts,
				     const struct gmem_rec *r)
{
	op_keep(class, vm, kind, ts, r);
	emit_event(vm, kind, ts, r);
}

static __always_inline bool op_is(const struct gmem_op *op, __u32 class, __u64 vm, __u32 tid)
{
	return op->tid == tid && op->vm == vm && is_in_flight(op, class);
}

/* Returns the operation of this class that the task is in for the VM, or NULL. */
static __always_inline struct gmem_op *op_peek(__u32 class, __u64 vm)
{
	__u32 tid = this_tid();
	struct gmem_op *op = op_place(class, tid);

	if (op && op_is(op, class, vm, tid))
		return op;
	return overflow_peek(class, vm, tid);
}

/* Ends the operation, but keeps its place until op_free(). Returns the duration, at least 1. */
static __always_inline __u64 op_stop(struct gmem_op *op, __u64 ts)
{
	__u64 dur = ts - op->begin_ns;

	*(volatile __u64 *)&op->begin_ns = 0;
	return dur ? dur : 1;
}

static __always_inline void op_free(struct gmem_op *op, __u32 tid)
{
	op->last = tid;
	*(volatile __u32 *)&op->tid = 0;
}

/*
 * The same for an operation that does not own its place. Returns 0 if its begin was missed, which is a loss only if
 * this task was the place's last owner in this epoch: else it may be from before attach.
 */
static __noinline __u64 op_end_elsewhere(struct gmem_op *op, __u32 class, __u64 vm, __u64 ts)
{
	__u32 tid = this_tid();
	__u64 dur = overflow_end(class, vm, ts);

	if (dur || !op)
		return dur;
	if (op->last == tid && op->since == epoch_of(class)) {
		/* While the group is still being attached, a missed begin is no loss. */
		if (is_enabled(group_of(class)))
			count_loss(GMEM_LOST_UNPAIRED);
	} else if (!op->tid) {
		op->last = tid;
		op->since = epoch_of(class);
	}
	return 0;
}

/* Returns the duration, at least 1, of the operation that ends at @ts; 0 if its begin was missed. */
static __always_inline __u64 op_end(__u32 class, __u64 vm, __u64 ts)
{
	__u32 tid = this_tid();
	struct gmem_op *op = op_place(class, tid);
	__u64 dur;

	if (!op || !op_is(op, class, vm, tid))
		return op_end_elsewhere(op, class, vm, ts);
	dur = op_stop(op, ts);
	op_free(op, tid);
	return dur;
}

/* Ends the operation without a duration. */
static __always_inline void op_discard(__u32 class, __u64 vm)
{
	__u32 tid = this_tid();
	struct gmem_op *op = op_place(class, tid);

	if (!op || !op_is(op, class, vm, tid)) {
		overflow_end(class, vm, 0);
		return;
	}
	op_stop(op, 0);
	op_free(op, tid);
}

/* Returns the phases; NULL if @op has no place in map ops, or began before phases were attached. */
static __always_inline struct gmem_op_phases *kept_phases(const struct gmem_op *op)
{
	struct gmem_op_phases *p = phases_of(op->tid);

	return p && p->tid == op->tid && p->since == epoch_of_phases() ? p : NULL;
}

/* Ends the current phase and starts phase @next. Returns the phases, or NULL if their times are not kept. */
static __always_inline struct gmem_op_phases *op_phase(struct gmem_op *op, __u32 next, __u64 ts)
{
	struct gmem_op_phases *p = kept_phases(op);
	__u32 phase = op->phase;

	op->phase = next;
	if (!p)
		return NULL;
	if (phase < GMEM_PHASES)
		p->ns[phase] += ts - p->mark_ns;
	p->mark_ns = ts;
	p->came_to |= 1U << next;
	return p;
}

/* Starts the first phase of the conversion that begins. */
static __always_inline void phases_begin(__u64 ts)
{
	__u32 tid = this_tid();
	struct gmem_op_phases *p = phases_of(tid);

	if (!p)
		return;
	p->mark_ns = ts;
	__builtin_memset(p->ns, 0, sizeof(p->ns));
	p->came_to = 0;
	p->since = epoch_of_phases();
	p->tid = tid;
}

static __always_inline void count_op(struct gmem_op_counters *c, __u64 pages, __u64 dur_ns, int ret)
{
	if (ret) {
		atomic_add(&c->failed, 1);
		return;
	}
	atomic_add(&c->count, 1);
	atomic_add(&c->bytes, pages << GMEM_PAGE_SHIFT);
	atomic_add(&c->total_ns, dur_ns);
	/* Not atomic: if two operations race, the shorter may win. Conversions of a
	 * VM hold its slots_lock and do not race. */
	if (dur_ns > c->max_ns)
		c->max_ns = dur_ns;
}

#endif /* GMEM_OPS_BPF_H */
