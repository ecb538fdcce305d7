/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The conversion as the guest feels it: from the exit that asks for it to the re-entry
 * of its vCPU. What is done meanwhile is put down to it by the thread that does it, or,
 * where that is another one, by the range: a request that is split is followed from
 * piece to piece, in their order.
 */
#ifndef GMEM_STALL_BPF_H
#define GMEM_STALL_BPF_H

#include "gmem_function.bpf.h"

/* The oldest go when a map is full: of vCPUs that never came back, or of VMs that ended. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct gmem_vcpu_key);
	__type(value, struct gmem_stall);
} stalls SEC(".maps");

/* Which vCPU waits, by its thread, and by the gfn that it waits for. */
struct waiter_key {
	__u64 vm;
	__u64 gfn;	/* or NO_GFN */
	__u64 tid;	/* or 0 */
};

#define NO_GFN (~0ULL)

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 32768);
	__type(key, struct waiter_key);
	__type(value, __u64);
} waiters SEC(".maps");

/* Stalls that began and did not end: where there is none, nobody need look for one. */
__u64 open_stalls;

static __always_inline void set_waiter(__u64 vm, __u64 gfn, __u64 tid, __u64 vcpu)
{
	struct waiter_key key = { .vm = vm, .gfn = gfn, .tid = tid };

	bpf_map_update_elem(&waiters, &key, &vcpu, BPF_ANY);
}

static __always_inline void forget_waiter(__u64 vm, __u64 gfn, __u64 tid)
{
	struct waiter_key key = { .vm = vm, .gfn = gfn, .tid = tid };

	bpf_map_delete_elem(&waiters, &key);
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

/* A piece of what the vCPU waits for was done by another thread: which one comes next? */
static __always_inline void await_next(__u64 vm, struct gmem_stall *s, __u64 done)
{
	struct waiter_key key = { .vm = vm, .gfn = s->next };
	__u64 *p = bpf_map_lookup_elem(&waiters, &key), vcpu;

	if (!p)
		return;
	vcpu = *p;
	forget_waiter(vm, s->next, 0);
	s->next = done;
	if (done < s->end)
		set_waiter(vm, done, 0, vcpu);
}

/* [start, end) was converted, which took so long. */
static __always_inline void stall_converted(__u64 vm, __u64 start, __u64 end, __u64 dur_ns)
{
	struct gmem_stall *s;

	if (!open_stalls)
		return;
	s = find_stall(vm, NO_GFN, (__u32)bpf_get_current_pid_tgid());
	if (!s) {
		s = find_stall(vm, start, 0);
		if (s)
			await_next(vm, s, end);
	}
	if (!s)
		return;
	s->ioctl_ns += dur_ns;
	s->ioctls++;
}

/* A guest_memfd was punched: its offsets are no gfns, so only the thread tells for whom. */
static __always_inline void stall_discarded(__u64 vm, __u64 dur_ns)
{
	struct gmem_stall *s;

	if (!open_stalls)
		return;
	s = find_stall(vm, NO_GFN, (__u32)bpf_get_current_pid_tgid());
	if (s)
		s->discard_ns += dur_ns;
}

/* Most exits ask for nothing: what more is read of @run is read of few of them. */
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

/* kvm_arch_vcpu_ioctl_run, which is called for each KVM_RUN. */
ON_EXIT(stall_begin, struct kvm_vcpu *vcpu)
{
	struct gmem_stall s = { .exit_ns = bpf_ktime_get_ns() };
	struct gmem_vcpu_key key = {};
	struct gmem_rec r = {};
	struct kvm *kvm;

	if (!asks_for_conversion(direct, FIELD(direct, vcpu, run), ret, &s))
		return 0;
	kvm = FIELD(direct, vcpu, kvm);
	key.vm = number_of(direct, kvm);
	key.vcpu = (__u32)FIELD(direct, vcpu, vcpu_id);
	__sync_fetch_and_add(&open_stalls, 1);
	s.tid = bpf_get_current_pid_tgid();
	s.tgid = bpf_get_current_pid_tgid() >> 32;
	bpf_map_update_elem(&stalls, &key, &s, BPF_ANY);
	set_waiter(key.vm, NO_GFN, s.tid, key.vcpu);
	set_waiter(key.vm, s.start, 0, key.vcpu);
	get_vm(kvm, key.vm, s.exit_ns);
	r.start = s.start;
	r.end = s.end;
	r.arg = s.attributes;
	r.aux = key.vcpu;
	emit_event(key.vm, GMEM_STALL_BEGIN, s.exit_ns, &r);
	return 0;
}

static __always_inline void count_stall(struct gmem_counters *c, const struct gmem_stall *s, __u64 dur_ns)
{
	__u32 dir = s->attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE ? GMEM_TO_PRIVATE : GMEM_TO_SHARED;
	__u32 slot = gmem_hist_slot(dur_ns);

	if (!s->ioctls) {
		add(&c->stall[dir].unchanged, 1);
		return;
	}
	count_op(&c->stall[dir], s->end - s->start, dur_ns, 0);
	add(&c->stall_ioctl_ns[dir], s->ioctl_ns);
	add(&c->stall_discard_ns[dir], s->discard_ns);
	if (slot < GMEM_HIST_SLOTS)
		add(&c->stall_hist[dir][slot], 1);
}

static __always_inline void tell_stall(__u64 vm, __u64 vcpu, const struct gmem_stall *s, __u64 ts)
{
	struct gmem_stall_rec *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);

	if (!r) {
		lose(vm, GMEM_STALL_END);
		return;
	}
	__builtin_memset(r, 0, sizeof(*r));
	fill_hdr(&r->r.h, vm, GMEM_STALL_END, sizeof(*r), ts);
	r->r.start = s->start;
	r->r.end = s->end;
	r->r.arg = s->attributes;
	r->r.aux = vcpu;
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
	__sync_fetch_and_sub(&open_stalls, 1);
	c = counters_of(key.vm);
	if (c)
		count_stall(c, s, ts - s->exit_ns);
	if (wants(GMEM_PROBES_EVENTS))
		tell_stall(key.vm, key.vcpu, s, ts);
	forget_waiter(key.vm, NO_GFN, s->tid);
	forget_waiter(key.vm, s->next, 0);
	bpf_map_delete_elem(&stalls, &key);
	return 0;
}

#endif /* GMEM_STALL_BPF_H */
