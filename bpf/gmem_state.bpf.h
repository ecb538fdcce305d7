/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * State that the programs keep in the kernel: counters per VM, operations in
 * flight, losses, and the ring buffer to user space.
 */
#ifndef GMEM_STATE_BPF_H
#define GMEM_STATE_BPF_H

#include "gmem_kernel.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>
#include "gmem_abi.h"
#include "gmem_hist.h"
#include "gmem_maps.h"

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);
	__type(value, struct gmem_counters);	/* user space deletes those that ended */
} vms SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, struct gmem_op_key);
	__type(value, struct gmem_op);
} inflight SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, GMEM_LOSSES);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, GMEM_KINDS);
	__type(key, __u32);
	__type(value, __u64);
} lost_kinds SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);	/* user space sets the real size */
} records SEC(".maps");

/* Wake the reader when this much waits; it looks by itself ten times a second. */
const volatile __u64 wakeup_bytes = 256 << 10;

static __always_inline void count_loss(__u32 reason)
{
	__u64 *n = bpf_map_lookup_elem(&lost, &reason);

	if (n)
		*n += 1;	/* per CPU, and no other program runs on top of this one */
}

/* Several CPUs may serve one VM at once. */
static __always_inline void add(__u64 *counter, __u64 n)
{
	__sync_fetch_and_add(counter, n);
}

static __always_inline bool changes_state(__u32 kind)
{
	switch (kind) {
	case GMEM_VM:
	case GMEM_CREATE:
	case GMEM_RELEASE:
	case GMEM_BIND:
	case GMEM_UNBIND:
	case GMEM_ATTRIBUTES_END:
		return true;
	default:
		return false;
	}
}

/* There was no room for a record: what is known of the VM has to be read again. */
static __noinline int lose(__u64 vm, __u32 kind)
{
	struct gmem_counters *c = bpf_map_lookup_elem(&vms, &vm);
	__u64 *n = bpf_map_lookup_elem(&lost_kinds, &kind);

	count_loss(GMEM_LOST_RINGBUF);
	if (n)
		*n += 1;
	if (!c)
		return 0;
	add(&c->lost_records, 1);
	if (changes_state(kind))
		add(&c->lost_state, 1);
	return 0;
}

static __always_inline void fill_hdr(struct gmem_hdr *h, __u64 vm, __u16 kind, __u16 size, __u64 ts)
{
	__u64 id = bpf_get_current_pid_tgid();

	h->ts_ns = ts;
	h->vm = vm;
	h->tgid = id >> 32;
	h->tid = id;
	h->kind = kind;
	h->size = size;
	h->cpu = bpf_get_smp_processor_id();
}

static __always_inline __u64 wakeup_flags(void)
{
	return bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) >= wakeup_bytes ?
		BPF_RB_FORCE_WAKEUP : BPF_RB_NO_WAKEUP;
}

static __always_inline void submit(void *rec)
{
	bpf_ringbuf_submit(rec, wakeup_flags());
}

static __always_inline void emit(__u64 vm, __u16 kind, __u64 ts, const struct gmem_rec *body)
{
	struct gmem_rec *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);

	if (!r) {
		lose(vm, kind);
		return;
	}
	*r = *body;
	fill_hdr(&r->h, vm, kind, sizeof(*r), ts);
	submit(r);
}

static __always_inline struct gmem_op_key op_key(__u32 class, __u64 vm)
{
	return (struct gmem_op_key){
		.vm = vm, .tid = bpf_get_current_pid_tgid(), .class = class,
	};
}

static __always_inline void op_begin_as(__u32 class, __u64 vm, struct gmem_op *op)
{
	struct gmem_op_key key = op_key(class, vm);

	op->mark_ns = op->begin_ns;
	if (bpf_map_update_elem(&inflight, &key, op, BPF_ANY))
		count_loss(GMEM_LOST_INFLIGHT);
}

/* It begins, and is told. */
static __always_inline void op_begin(__u32 class, __u64 vm, __u16 kind, __u64 ts,
				     const struct gmem_rec *r)
{
	struct gmem_op op = {
		.begin_ns = ts,
		.ino = r->ino, .start = r->start, .end = r->end, .arg = r->arg,
		.kind = kind,
		.tgid = bpf_get_current_pid_tgid() >> 32,
	};

	op_begin_as(class, vm, &op);
	emit(vm, kind, ts, r);
}

/* Is this task in such an operation? NULL if not. */
static __always_inline struct gmem_op *op_peek(__u32 class, __u64 vm)
{
	struct gmem_op_key key = op_key(class, vm);

	return bpf_map_lookup_elem(&inflight, &key);
}

static __always_inline void op_forget(__u32 class, __u64 vm)
{
	struct gmem_op_key key = op_key(class, vm);

	bpf_map_delete_elem(&inflight, &key);
}

/* The phase that was is over; next is the one that starts. */
static __always_inline void op_phase(struct gmem_op *op, __u64 next, __u64 ts)
{
	if (op->phase < GMEM_PHASES)
		op->phase_ns[op->phase] += ts - op->mark_ns;
	op->phase = next;
	op->mark_ns = ts;
}

/* NULL, and a loss, if the begin was not seen. op_end() forgets it. */
static __always_inline struct gmem_op *op_find(__u32 class, __u64 vm)
{
	struct gmem_op *op = op_peek(class, vm);

	if (!op)
		count_loss(GMEM_LOST_UNPAIRED);
	return op;
}

/* Duration of the operation that ends at ts; 0 if its begin was not seen. */
static __always_inline __u64 op_end(__u32 class, __u64 vm, __u64 ts)
{
	struct gmem_op *op = op_find(class, vm);
	__u64 dur;

	if (!op)
		return 0;
	dur = ts - op->begin_ns;
	op_forget(class, vm);
	return dur ? dur : 1;
}

static __always_inline void count_op(struct gmem_op_counters *c, __u64 pages, __u64 dur_ns, int ret)
{
	if (ret) {
		add(&c->failed, 1);
		return;
	}
	add(&c->count, 1);
	add(&c->bytes, pages << GMEM_PAGE_SHIFT);
	add(&c->total_ns, dur_ns);
	/* Not atomic: of two that race here, the lesser may win. Conversions of a
	 * VM hold its slots_lock and do not race. */
	if (dur_ns > c->max_ns)
		c->max_ns = dur_ns;
}

#endif /* GMEM_STATE_BPF_H */
