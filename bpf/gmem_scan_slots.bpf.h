/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Walk over the memslots of a VM (include/linux/kvm_host.h). Each address space has two sets. KVM
 * changes the one that is not in use, then swaps them and raises the generation. As long as set and
 * generation stay the same, nothing that was read has changed or was freed.
 */
#ifndef GMEM_SCAN_SLOTS_BPF_H
#define GMEM_SCAN_SLOTS_BPF_H

#include "gmem_find.bpf.h"

struct slot_walk {
	struct kvm *kvm;
	struct kvm_memslots *slots;
	__u64 generation;
	__u64 node;	/* struct hlist_node of the next memslot; 0: go to the next bucket */
	__u64 offset;	/* offset of that node in struct kvm_memory_slot */
	__u32 as;
	__u32 bucket;
};

static __always_inline __u32 nr_address_spaces(void)
{
	return bpf_core_field_size(((struct kvm *)0)->memslots) / sizeof(void *);
}

static __always_inline __u32 nr_buckets(void)
{
	return bpf_core_field_size(((struct kvm_memslots *)0)->id_hash) / sizeof(void *);
}

static __always_inline struct kvm_memslots *slots_of(struct kvm *kvm, __u32 as)
{
	struct kvm_memslots *slots = NULL;

	bpf_probe_read_kernel(&slots, sizeof(slots),
			      (void *)kvm + bpf_core_field_offset(struct kvm, memslots) +
			      as * sizeof(void *));
	return slots;
}

static __always_inline void slots_begin(struct slot_walk *w, __u32 as)
{
	struct kvm_memslots *slots = slots_of(w->kvm, as);

	w->as = as;
	w->slots = slots;
	w->generation = BPF_CORE_READ(slots, generation);
	w->offset = bpf_core_field_offset(struct kvm_memory_slot, id_node) +
		    (BPF_CORE_READ(slots, node_idx) & 1) *
		    (bpf_core_field_size(((struct kvm_memory_slot *)0)->id_node) / 2);
	w->node = 0;
	w->bucket = 0;
}

static __always_inline bool slots_are_same(const struct slot_walk *w)
{
	struct kvm_memslots *slots = slots_of(w->kvm, w->as);

	return slots == w->slots && BPF_CORE_READ(slots, generation) == w->generation;
}

/* Limit of steps: each is one bucket, or one of at most 32764 memslots. */
#define MAX_SLOT_STEPS	(1 << 16)

/* Returns the file of a memslot; NULL if it has none, is not of this VM, or the file is being released. */
static __always_inline struct file *slot_file(const struct slot_walk *w, struct kvm_memory_slot *slot)
{
	struct file *file = BPF_CORE_READ(slot, gmem.file);

	if (!file || gmem_kvm(BPF_CORE_READ(file, private_data)) != w->kvm)
		return NULL;
	return file_is_held(file) ? file : NULL;
}

/* Takes one step. *file: the memslot's file, or NULL. Returns true at the end. */
static __always_inline bool slots_next(struct slot_walk *w, struct file **file)
{
	struct hlist_node *node = (void *)w->node;

	*file = NULL;
	if (node) {
		*file = slot_file(w, (void *)node - w->offset);
		w->node = (__u64)BPF_CORE_READ(node, next);
		return false;
	}
	if (w->bucket >= nr_buckets())
		return true;
	bpf_probe_read_kernel(&w->node, sizeof(w->node),
			      (void *)w->slots + bpf_core_field_offset(struct kvm_memslots, id_hash) +
			      w->bucket++ * sizeof(void *));
	return false;
}

#endif /* GMEM_SCAN_SLOTS_BPF_H */
