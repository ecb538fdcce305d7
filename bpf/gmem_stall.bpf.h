/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Stalls: from the vCPU's exit that asks for a conversion to its re-entry. Work in between is attributed
 * to a stall by the rule of tools/lib/operations/operations.h, which interprets records by it.
 */
#ifndef GMEM_STALL_BPF_H
#define GMEM_STALL_BPF_H

#include "gmem_function.bpf.h"

/* Stalls in flight. One without room is counted as lost, and none is evicted, so open_stalls is exact. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct gmem_vcpu_key);
	__type(value, struct gmem_stall);
} stalls SEC(".maps");

/* Key of map waiters: finds a stalled vCPU by its thread, or by the gfn to be converted next. */
struct waiter_key {
	__u64 vm;
	__u64 gfn;	/* or NO_GFN */
	__u64 tid;	/* or 0 */
};

#define NO_GFN (~0ULL)

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 32768);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, struct waiter_key);
	__type(value, __u64);
} waiters SEC(".maps");

/* Number of stalls in flight: if 0, programs skip all lookups. */
__u64 open_stalls;

static __always_inline void set_waiter(__u64 vm, __u64 gfn, __u64 tid, __u64 vcpu)
{
	struct waiter_key key = { .vm = vm, .gfn = gfn, .tid = tid };

	if (bpf_map_update_elem(&waiters, &key, &vcpu, BPF_ANY))
		count_loss(GMEM_LOST_INFLIGHT);
}

/* Removes the entry, unless another vCPU that waits for the same gfn has taken it over. */
static __always_inline void remove_waiter(__u64 vm, __u64 gfn, __u64 tid, __u64 vcpu)
{
	struct waiter_key key = { .vm = vm, .gfn = gfn, .tid = tid };
	__u64 *p = bpf_map_lookup_elem(&waiters, &key);

	if (p && *p == vcpu)
		bpf_map_delete_elem(&waiters, &key);
}

/* Removes the stall from all maps. *s must not be used afterwards: the map may reuse it. */
static __always_inline void close_stall(const struct gmem_vcpu_key *key, const struct gmem_stall *s)
{
	remove_waiter(key->vm, NO_GFN, s->tid, key->vcpu);
	remove_waiter(key->vm, s->next, 0, key->vcpu);
	if (!bpf_map_delete_elem(&stalls, key))
		__sync_fetch_and_sub(&open_stalls, 1);
}

static long close_stall_of_vm(void *map, struct gmem_vcpu_key *key, struct gmem_stall *s, __u64 *vm)
{
	struct gmem_vcpu_key of = *key;

	if (of.vm == *vm)
		close_stall(&of, s);
	return 0;
}

/* Removes the stalls of a VM that ends: its vCPUs never re-enter. */
static __always_inline void close_stalls(__u64 vm)
{
	if (open_stalls)
		bpf_for_each_map_elem(&stalls, close_stall_of_vm, &vm, 0);
}

static __always_inline struct gmem_stall *find_stall(__u64 vm, __u64 gfn, __u64 tid)
{
	struct waiter_key key = { .vm = vm, .gfn = gfn, .tid = tid };
	__u64 *vcpu = bpf_map_lookup_elem(&waiters, &key);
	struct gmem_vcpu_key of = { .vm = vm };

	if (!vcpu)
		return NULL;
	of.vcpu = *vcpu;
	return bpf_map_lookup_elem(&stalls, &of);
}

/* Moves the stall on to the next piece, after another thread has converted the pages up to @done. */
static __always_inline void await_next(__u64 vm, struct gmem_stall *s, __u64 done)
{
	struct waiter_key key = { .vm = vm, .gfn = s->next };
	__u64 *p = bpf_map_lookup_elem(&waiters, &key), vcpu;

	if (!p)
		return;
	vcpu = *p;
	remove_waiter(vm, s->next, 0, vcpu);
	s->next = done;
	if (done < s->end)
		set_waiter(vm, done, 0, vcpu);
}

/* Attributes a conversion to the stall that it serves. Its attributes may differ from those asked for. */
static __always_inline void stall_converted(__u64 vm, __u64 attributes, __u64 start, __u64 end, __u64 dur_ns)
{
	struct gmem_stall *s;

	if (!open_stalls)
		return;
	s = find_stall(vm, NO_GFN, (__u32)this_id());
	if (!s) {
		s = find_stall(vm, start, 0);
		if (s)
			await_next(vm, s, end);
	}
	if (!s)
		return;
	s->attributes = attributes;
	s->ioctl_ns += dur_ns;
	s->ioctls++;
}

/* Attributes a fallocate() to this thread's stall. Its page offsets cannot be matched with gfns. */
static __always_inline void stall_discarded(__u64 vm, __u64 dur_ns)
{
	struct gmem_stall *s;

	if (!open_stalls)
		return;
	s = find_stall(vm, NO_GFN, (__u32)this_id());
	if (s)
		s->discard_ns += dur_ns;
}

/* Returns true, and the request in *s, if the exit asks for a conversion. Must be cheap for others, as most do not. */
static __always_inline bool asks_for_conversion(bool direct, struct kvm_run *run, int ret,
						struct gmem_stall *s)
{
	__u32 reason = FIELD(direct, run, exit_reason);
	__u64 npages;

	if (!ret && reason == KVM_EXIT_HYPERCALL &&
	    BPF_CORE_READ(run, hypercall.nr) == KVM_HC_MAP_GPA_RANGE) {
		s->start = BPF_CORE_READ(run, hypercall.args[0]) >> GMEM_PAGE_SHIFT;
		npages = BPF_CORE_READ(run, hypercall.args[1]);
		s->attributes = BPF_CORE_READ(run, hypercall.args[2]) & KVM_MAP_GPA_RANGE_ENCRYPTED ?
			KVM_MEMORY_ATTRIBUTE_PRIVATE : 0;
	} else if ((ret == -EFAULT || ret == -EHWPOISON) && reason == KVM_EXIT_MEMORY_FAULT) {
		s->start = BPF_CORE_READ(run, memory_fault.gpa) >> GMEM_PAGE_SHIFT;
		npages = BPF_CORE_READ(run, memory_fault.size) >> GMEM_PAGE_SHIFT;
		s->attributes = BPF_CORE_READ(run, memory_fault.flags) & KVM_MEMORY_ATTRIBUTE_PRIVATE;
	} else {
		return false;
	}
	s->end = s->start + npages;
	s->next = s->start;
	return true;
}

/* Adds a stall. Replaces one of this vCPU whose end was missed, so that open_stalls stays exact. */
static __always_inline bool open_stall(const struct gmem_vcpu_key *key, const struct gmem_stall *s)
{
	struct gmem_stall *old = bpf_map_lookup_elem(&stalls, key);

	if (old)
		close_stall(key, old);
	if (bpf_map_update_elem(&stalls, key, s, BPF_NOEXIST)) {
		count_loss(GMEM_LOST_INFLIGHT);
		return false;
	}
	__sync_fetch_and_add(&open_stalls, 1);
	return true;
}

/* kvm_arch_vcpu_ioctl_run, called for each KVM_RUN: its exit may begin a stall, its entry ends one. */
ON_EXIT(stall_begin, struct kvm_vcpu *vcpu)
{
	struct gmem_stall s = { .exit_ns = bpf_ktime_get_ns() };
	struct gmem_vcpu_key key = {};
	struct gmem_rec r = {};
	struct kvm *kvm;

	if (!started() || !asks_for_conversion(direct, FIELD(direct, vcpu, run), ret, &s))
		return 0;
	kvm = FIELD(direct, vcpu, kvm);
	key.vm = number_of(direct, kvm);
	key.vcpu = (__u32)FIELD(direct, vcpu, vcpu_id);
	s.tid = bpf_get_current_pid_tgid();
	s.tgid = bpf_get_current_pid_tgid() >> 32;
	if (!open_stall(&key, &s))
		return 0;
	set_waiter(key.vm, NO_GFN, s.tid, key.vcpu);
	set_waiter(key.vm, s.start, 0, key.vcpu);
	get_counters(kvm, key.vm, s.exit_ns);
	r.start = s.start;
	r.end = s.end;
	r.attributes = s.attributes;
	r.vcpu = key.vcpu;
	emit_event(key.vm, GMEM_STALL_BEGIN, s.exit_ns, &r);
	return 0;
}

static __always_inline void count_stall(struct gmem_counters *c, const struct gmem_stall *s, __u64 dur_ns)
{
	__u32 dir = s->attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE ? GMEM_TO_PRIVATE : GMEM_TO_SHARED;
	__u32 slot = gmem_hist_slot(dur_ns);

	if (!s->ioctls) {
		atomic_add(&c->stall[dir].unchanged, 1);
		return;
	}
	count_op(&c->stall[dir], s->end - s->start, dur_ns, 0);
	atomic_add(&c->stall_ioctl_ns[dir], s->ioctl_ns);
	atomic_add(&c->stall_discard_ns[dir], s->discard_ns);
	if (slot < GMEM_HIST_SLOTS)
		atomic_add(&c->stall_hist[dir][slot], 1);
}

static __always_inline void emit_stall(__u64 vm, __u64 vcpu, const struct gmem_stall *s, __u64 ts)
{
	struct gmem_stall_rec *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);

	if (!r) {
		count_lost_record(vm, GMEM_STALL_END);
		return;
	}
	__builtin_memset(r, 0, sizeof(*r));
	fill_hdr(&r->r.h, vm, GMEM_STALL_END, sizeof(*r), ts);
	r->r.start = s->start;
	r->r.end = s->end;
	r->r.attributes = s->attributes;
	r->r.vcpu = vcpu;
	r->r.dur_ns = ts - s->exit_ns;
	r->ioctl_ns = s->ioctl_ns;
	r->discard_ns = s->discard_ns;
	r->ioctls = s->ioctls;
	submit(r);
}

ON_ENTRY(stall_end, struct kvm_vcpu *vcpu)
{
	struct gmem_vcpu_key key = {};
	struct gmem_counters *c;
	struct gmem_stall *s;
	__u64 ts;

	if (!open_stalls)
		return 0;
	ts = bpf_ktime_get_ns();
	key.vm = number_if_known(direct, FIELD(direct, vcpu, kvm));
	key.vcpu = (__u32)FIELD(direct, vcpu, vcpu_id);
	if (!key.vm)
		return 0;
	s = bpf_map_lookup_elem(&stalls, &key);
	if (!s)
		return 0;
	c = counters_if_known(key.vm);
	if (c)
		count_stall(c, s, ts - s->exit_ns);
	if (is_enabled(GMEM_PROBES_EVENTS))
		emit_stall(key.vm, key.vcpu, s, ts);
	close_stall(&key, s);
	return 0;
}

#endif /* GMEM_STALL_BPF_H */
