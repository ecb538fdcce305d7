/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The inventory of files, bindings, and who has them: one pass over the files of processes. */
#ifndef GMEM_SCAN_FILES_BPF_H
#define GMEM_SCAN_FILES_BPF_H

#include "gmem_files.bpf.h"
#include "gmem_scan.bpf.h"
#include "gmem_xarray.bpf.h"

static __always_inline __u64 gmem_flags(struct file *file)
{
	struct inode *inode = BPF_CORE_READ(file, f_inode);
	struct gmem_inode *g;

	if (!bpf_core_type_exists(struct gmem_inode))
		return (__u64)BPF_CORE_READ(inode, i_private);
	g = (void *)inode - bpf_core_field_offset(struct gmem_inode, vfs_inode);
	return BPF_CORE_READ(g, flags);
}

struct binding_walk {
	struct xa_cursor at;
	struct file *file;
	__u64 vm;
	__u64 ino;
	__u64 size;
};

/* false: there is no binding at the index, or it goes as we look: its unbind is told after us. */
static __always_inline bool read_binding(const struct binding_walk *w, struct gmem_rec *r)
{
	struct kvm_memory_slot *slot = (void *)w->at.entry;

	if (!slot || xa_is_internal(w->at.entry))
		return false;
	r->ino = w->ino;
	r->start = BPF_CORE_READ(slot, base_gfn);
	r->end = r->start + BPF_CORE_READ(slot, npages);
	r->arg = BPF_CORE_READ(slot, gmem.pgoff);
	r->nr_pages = BPF_CORE_READ(slot, userspace_addr);
	r->aux = (__u32)BPF_CORE_READ(slot, as_id) << 16 | (__u16)BPF_CORE_READ(slot, id);
	return r->arg <= w->at.index && r->arg + (r->end - r->start) > w->at.index;
}

/*
 * v, of which the verifier knows nothing any more. It would learn from each turn of a
 * loop that an index has grown, and look at every turn: 7.3 does.
 */
static __always_inline __u64 unknown(__u64 v, volatile __u64 *memory)
{
	*memory = v;
	v = *memory;
	*memory = 0;
	return v;
}

/* A binding covers many indices, and is told once: at its first. */
static long scan_binding(__u32 i, struct binding_walk *w)
{
	struct gmem_rec *r;

	if (w->at.index >= w->size)
		return 1;
	r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);
	if (!r) {
		scan.no_room++;
		return 1;
	}
	__builtin_memset(r, 0, sizeof(*r));
	fill_hdr(&r->h, w->vm, GMEM_SCAN_SLOT, sizeof(*r), bpf_ktime_get_ns());
	xa_seek(&w->at);
	if (!w->at.past && read_binding(w, r)) {
		w->at.index = unknown(r->arg + (r->end - r->start), &r->dur_ns);
		submit(r);
	} else {
		w->at.index = unknown(xa_next_index(&w->at), &r->dur_ns);
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
	}
	return w->at.past != 0;
}

#define MAX_BINDINGS	(1 << 16)	/* of a file: KVM has at most 32764 memslots */

static __always_inline void scan_gmem(struct file *file, __u64 vm, __u32 holder)
{
	struct gmem_rec r = {
		.ino = file_ino(file),
		.end = file_pages(file),
		.arg = gmem_flags(file),
		.nr_pages = BPF_CORE_READ(file, f_inode, i_mapping, nrpages),
		.aux = holder,
	};
	struct binding_walk w = { .at.stop = -1, .vm = vm, .ino = r.ino, .size = r.end };

	scan_emit(vm, GMEM_SCAN_FILE, &r);
	if (scan.no_slots)
		return;
	w.at.head = (__u64)gmem_bindings(BPF_CORE_READ(file, private_data));
	bpf_loop(MAX_BINDINGS, scan_binding, &w, 0);
}

/* A process has a descriptor for each vCPU, one after the other: it is told once. */
static __always_inline void scan_holder(struct task_struct *task, __u64 vm, __u64 ino)
{
	struct gmem_holder_rec *r;

	if (!scan.holders || (scan.holder == task->tgid && scan.holder_of_vm == vm &&
			      scan.holder_of_ino == ino))
		return;
	r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);
	if (!r) {
		scan.no_room++;
		return;
	}
	fill_hdr(&r->h, vm, GMEM_HOLDER, sizeof(*r), bpf_ktime_get_ns());
	r->h.tgid = task->tgid;
	r->ino = ino;
	BPF_CORE_READ_STR_INTO(&r->comm, task, group_leader, comm);
	submit(r);
	scan.holder = task->tgid;
	scan.holder_of_vm = vm;
	scan.holder_of_ino = ino;
}

/* GMEM_SCAN_FILES: of one VM or of all, in the files of one process or of all. */
SEC("iter/task_file")
int scan_files(struct bpf_iter__task_file *ctx)
{
	__u64 begin_ns = bpf_ktime_get_ns(), vm;
	struct file *file = ctx->file;
	struct task_struct *task = ctx->task;
	enum file_kind kind;
	struct kvm *kvm;

	if (!file || !task)
		return 0;
	kind = file_kind(file);
	kvm = file_kvm(file, kind);
	if (!kvm)
		return 0;
	vm = vm_if_known_probed(kvm);
	/* VMs without private memory have nothing for us to show. */
	if (kind != FILE_GMEM && !(vm && bpf_map_lookup_elem(&vms, &vm)) &&
	    !attributes_head((__u64)kvm))
		return 0;
	vm = vm_of_probed(kvm);
	if (scan.vm && scan.vm != vm)
		return 0;
	if (!bpf_map_lookup_elem(&vms, &vm))
		add_vm(kvm, vm, begin_ns, (__u64)task);
	scan.found++;
	scan_holder(task, vm, kind == FILE_GMEM ? file_ino(file) : 0);
	if (kind == FILE_GMEM)
		scan_gmem(file, vm, task->tgid);
	scan_run_ends(begin_ns);
	return 0;
}

#endif /* GMEM_SCAN_FILES_BPF_H */
