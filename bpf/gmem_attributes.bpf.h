/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs on the events of KVM_SET_MEMORY_ATTRIBUTES: conversions. */
#ifndef GMEM_ATTRIBUTES_BPF_H
#define GMEM_ATTRIBUTES_BPF_H

#include "gmem_state.bpf.h"

SEC("tp_btf/kvm_gmem_attributes_begin")
int BPF_PROG(on_attributes_begin, struct kvm *kvm, struct inode *inode, u64 start, u64 end,
	     u64 attributes)
{
	struct gmem_rec r = {
		.ino = inode ? inode->i_ino : 0, .start = start, .end = end, .arg = attributes,
	};
	__u64 ts = bpf_ktime_get_ns();

	get_vm(kvm->vm_id, ts);
	op_begin(OP_ATTRIBUTES, kvm->vm_id, ts);
	emit(kvm->vm_id, GMEM_ATTRIBUTES_BEGIN, ts, &r);
	return 0;
}

SEC("tp_btf/kvm_gmem_attributes_phase")
int BPF_PROG(on_attributes_phase, struct kvm *kvm, struct inode *inode, u64 start, u64 end,
	     int phase)
{
	struct gmem_rec r = {
		.ino = inode ? inode->i_ino : 0, .start = start, .end = end, .arg = phase,
	};
	__u64 ts = bpf_ktime_get_ns();
	struct op *op = op_find(OP_ATTRIBUTES, kvm->vm_id);

	if (op)
		op_phase(op, phase + GMEM_PHASE_CHECK, ts);
	emit(kvm->vm_id, GMEM_ATTRIBUTES_PHASE, ts, &r);
	return 0;
}

static __always_inline void count_phases(__u64 *total, __u64 vm, __u64 ts)
{
	struct op_key key = op_key(OP_ATTRIBUTES, vm);
	struct op *op = bpf_map_lookup_elem(&inflight, &key);

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

static __always_inline void count_conversion(struct gmem_counters *c, const struct gmem_rec *r,
					     bool changed)
{
	__u32 dir = direction(r->arg), slot = gmem_hist_slot(r->dur_ns);

	if (!r->ret && !changed) {
		add(&c->conversion[dir].unchanged, 1);
		return;
	}
	count_op(&c->conversion[dir], r->end - r->start, r->dur_ns, r->ret);
	if (!r->ret && r->dur_ns && slot < GMEM_HIST_SLOTS)
		add(&c->conversion_hist[dir][slot], 1);
}

SEC("tp_btf/kvm_gmem_attributes_end")
int BPF_PROG(on_attributes_end, struct kvm *kvm, struct inode *inode, u64 start, u64 end,
	     u64 attributes, bool changed, int ret)
{
	struct gmem_rec r = {
		.ino = inode ? inode->i_ino : 0, .start = start, .end = end, .arg = attributes,
		.ret = ret,
		.aux = changed,
	};
	__u64 ts = bpf_ktime_get_ns();
	struct gmem_counters *c = get_vm(kvm->vm_id, ts);

	if (c && changed)
		count_phases(c->phase_ns[direction(attributes)], kvm->vm_id, ts);
	r.dur_ns = op_end(OP_ATTRIBUTES, kvm->vm_id, ts);
	if (c)
		count_conversion(c, &r, changed);
	emit(kvm->vm_id, GMEM_ATTRIBUTES_END, ts, &r);
	return 0;
}

#endif /* GMEM_ATTRIBUTES_BPF_H */
