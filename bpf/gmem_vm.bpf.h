/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* VMs: their numbers, the record of a VM that is seen for the first time, and their counters. */
#ifndef GMEM_VM_BPF_H
#define GMEM_VM_BPF_H

#include "gmem_ops.bpf.h"

/* Numbers of VMs on kernels without kvm->vm_id: from 1, in the order in which the programs see them. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 8192);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, __u64);	/* struct kvm * */
	__type(value, __u64);
} vm_ids SEC(".maps");

__u64 last_vm_id;

static __noinline __u64 number_vm(__u64 kvm)
{
	__u64 id = __sync_fetch_and_add(&last_vm_id, 1) + 1, *p;

	/* If another CPU was faster, this number stays unused. */
	bpf_map_update_elem(&vm_ids, &kvm, &id, BPF_NOEXIST);
	p = bpf_map_lookup_elem(&vm_ids, &kvm);
	if (!p)
		count_loss(GMEM_LOST_VMS);
	return p ? *p : 0;
}

static __always_inline __u64 vm_by_address(__u64 kvm)
{
	__u64 *id = bpf_map_lookup_elem(&vm_ids, &kvm);

	return id ? *id : number_vm(kvm);
}

/* Returns the number of a VM whose pointer the verifier trusts. */
static __always_inline __u64 vm_of(struct kvm *kvm)
{
	if (bpf_core_field_exists(kvm->vm_id))
		return kvm->vm_id;
	return vm_by_address((__u64)kvm);
}

/* The same for a pointer that was read from memory: it must be probed, not dereferenced. */
static __always_inline __u64 vm_of_probed(struct kvm *kvm)
{
	if (bpf_core_field_exists(kvm->vm_id))
		return BPF_CORE_READ(kvm, vm_id);
	return vm_by_address((__u64)kvm);
}

/* Returns the number of a VM, or 0 if no event or scan has reported it yet: functions are called for any VM. */
static __always_inline __u64 vm_if_known(struct kvm *kvm)
{
	__u64 key = (__u64)kvm, *id;

	if (bpf_core_field_exists(kvm->vm_id))
		return kvm->vm_id;
	id = bpf_map_lookup_elem(&vm_ids, &key);
	return id ? *id : 0;
}

static __always_inline __u64 vm_if_known_probed(struct kvm *kvm)
{
	__u64 key = (__u64)kvm, *id;

	if (bpf_core_field_exists(kvm->vm_id))
		return BPF_CORE_READ(kvm, vm_id);
	id = bpf_map_lookup_elem(&vm_ids, &key);
	return id ? *id : 0;
}

/*
 * Returns the VMM: the process whose memory the VM uses. If it is gone, returns @task, which holds or uses
 * the file; the file may have been passed to it.
 */
static __always_inline struct task_struct *vmm_of(struct kvm *kvm, struct task_struct *task)
{
	struct mm_struct *mm = BPF_CORE_READ(kvm, mm);
	struct task_struct *owner = NULL;

	if (BPF_CORE_READ(task, mm) != mm && bpf_core_field_exists(mm->owner))
		owner = BPF_CORE_READ(mm, owner);
	return BPF_CORE_READ(owner ? owner : task, group_leader);
}

static __always_inline __u32 vm_type(struct kvm *kvm)
{
	if (bpf_core_field_exists(kvm->arch.vm_type))
		return BPF_CORE_READ(kvm, arch.vm_type);
	return 0;
}

/* Emits GMEM_VM. Returns false if there is no room. */
static __always_inline bool emit_vm(struct kvm *kvm, __u64 vm, __u64 ts, __u64 task)
{
	struct gmem_vm_rec *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);
	struct task_struct *leader;

	if (!r)
		return false;
	__builtin_memset(r, 0, sizeof(*r));
	leader = vmm_of(kvm, (void *)task);
	fill_hdr(&r->h, vm, GMEM_VM, sizeof(*r), ts);
	r->h.tgid = BPF_CORE_READ(leader, tgid);
	r->start_ns = BPF_CORE_READ(leader, start_boottime);
	BPF_CORE_READ_STR_INTO(&r->comm, leader, comm);
	r->flags = GMEM_VM_SCANNED;
	r->vcpus = BPF_CORE_READ(kvm, online_vcpus.counter);
	r->type = vm_type(kvm);
	submit(r);
	return true;
}

/* All zero; too large for the stack of a BPF program. */
static const struct gmem_vm_state new_vm;

/*
 * Decides once where the state of a VM is, and returns true on the CPU that does. Only the CPU that claims
 * the place can propose it, and withdraws the claim if another CPU has decided otherwise.
 */
static __always_inline bool choose_home(__u64 vm)
{
	struct gmem_vm_state *place = &vms[vm & (VM_PLACES - 1)];
	bool claims = !__sync_val_compare_and_swap(&place->claim, 0, vm);
	__u32 home = claims ? VM_HOME_PLACE : VM_HOME_OVERFLOW;

	if (!bpf_map_update_elem(&vm_homes, &vm, &home, BPF_NOEXIST)) {
		if (!claims)
			atomic_add(&overflowed_vms, 1);
		return true;
	}
	if (claims)
		__sync_lock_test_and_set(&place->claim, 0);
	return false;
}

/* Makes the state visible to find_state(). Any CPU that finds the decision may do this. */
static __always_inline void settle_vm(__u64 vm)
{
	__u32 *home = bpf_map_lookup_elem(&vm_homes, &vm);

	if (!home)
		return;
	if (*home == VM_HOME_PLACE)
		*(volatile __u64 *)&vms[vm & (VM_PLACES - 1)].vm = vm;
	else
		bpf_map_update_elem(&vms_overflow, &vm, &new_vm, BPF_NOEXIST);
}

static __noinline struct gmem_vm_state *add_vm(struct kvm *kvm, __u64 vm, __u64 ts, __u64 task)
{
	struct gmem_vm_state *v;
	bool is_new;

	if (!started() || !vm)
		return NULL;
	is_new = choose_home(vm);
	settle_vm(vm);
	v = mark_active(vm);
	if (v)
		v->kvm = (__u64)kvm;
	if (is_new && !emit_vm(kvm, vm, ts, task))
		count_lost_record(vm, GMEM_VM);
	if (!v)
		count_loss(GMEM_LOST_VMS);
	return v;
}

/*
 * Returns the state of the VM, which is added if it is new. NULL: this event must be neither counted nor
 * emitted. Each event calls this once, so that both or none happen.
 */
static __always_inline struct gmem_vm_state *get_state(struct kvm *kvm, __u64 vm, __u64 ts)
{
	struct gmem_vm_state *v;

	if (*(volatile __u32 *)&stopped)
		return NULL;
	v = mark_active(vm);
	return v ? v : add_vm(kvm, vm, ts, bpf_get_current_task());
}

static __always_inline struct gmem_counters *get_counters(struct kvm *kvm, __u64 vm, __u64 ts)
{
	struct gmem_vm_state *v = get_state(kvm, vm, ts);

	return v ? &v->c : NULL;
}

/* Returns the counters; NULL if no event or scan has reported the VM yet, or once stopped. Marks it as active. */
static __always_inline struct gmem_counters *counters_if_known(__u64 vm)
{
	struct gmem_vm_state *v = *(volatile __u32 *)&stopped ? NULL : mark_active(vm);

	return v ? &v->c : NULL;
}

/* Returns struct kvm of a VM, to be probed; NULL if the VM has ended. */
static __always_inline struct kvm *living_kvm(const struct gmem_vm_state *v)
{
	if (!v || *(const volatile __u64 *)&v->c.ended_ns)
		return NULL;
	return (struct kvm *)*(const volatile __u64 *)&v->kvm;
}

#endif /* GMEM_VM_BPF_H */
