/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Scan of files, bindings and holders. Files are found in two ways. A pass over the descriptors of
 * processes also finds files without a binding. The memslots of a VM also lead to files without a
 * descriptor: those that are only mapped, or being passed through a socket.
 */
#ifndef GMEM_SCAN_FILES_BPF_H
#define GMEM_SCAN_FILES_BPF_H

#include "gmem_files.bpf.h"
#include "gmem_scan.bpf.h"
#include "gmem_scan_slots.bpf.h"
#include "gmem_xarray.bpf.h"

/*
 * Key of map emitted: the id of the last pass that emitted the file. A file evicted from the map is
 * emitted again, which is harmless.
 */
struct emitted_key {
	__u64 file;
	__u64 ino;
};

struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 8192);
	__type(key, struct emitted_key);
	__type(value, __u64);
} emitted SEC(".maps");

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
	__u64 begin_ns;
	__u64 done;
};

/* Returns the entry at the index, or 0. */
static __always_inline __u64 binding_at(struct binding_walk *w)
{
	xa_seek(&w->at);
	return w->at.past || xa_is_internal(w->at.entry) ? 0 : w->at.entry;
}

static __always_inline void read_binding(const struct binding_walk *w, __u64 entry, struct gmem_rec *r)
{
	struct kvm_memory_slot *slot = (void *)entry;

	r->ino = w->ino;
	r->start = BPF_CORE_READ(slot, base_gfn);
	r->end = r->start + BPF_CORE_READ(slot, npages);
	r->pgoff = BPF_CORE_READ(slot, gmem.pgoff);
	r->user_addr = user_addr(slot);
	r->slot = (__u32)BPF_CORE_READ(slot, as_id) << 16 | (__u16)BPF_CORE_READ(slot, id);
}

static __always_inline bool covers(const struct gmem_rec *r, __u64 index)
{
	return r->pgoff <= index && r->pgoff + (r->end - r->start) > index;
}

/*
 * Returns @v as a number about which the verifier has no facts, not even that it is a pointer. Otherwise the
 * verifier of 7.3 learns in each iteration of a loop that an index has grown, and checks every iteration.
 */
static volatile __u64 hidden_value;

static __always_inline __u64 hide_from_verifier(__u64 v)
{
	hidden_value = v;
	return hidden_value;
}

/* Emits the binding at the index. Returns false if there is none any more: its unbind comes later. */
static __always_inline bool emit_binding(struct binding_walk *w, struct gmem_rec *r)
{
	__u64 index = w->at.index, entry = binding_at(w);

	__builtin_memset(r, 0, sizeof(*r));
	fill_hdr(&r->h, w->vm, GMEM_SCAN_SLOT, sizeof(*r), bpf_ktime_get_ns());
	if (entry)
		read_binding(w, entry, r);
	if (!entry || !covers(r, index) || binding_at(w) != entry || !file_is_held(w->file)) {
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		return false;
	}
	w->at.index = hide_from_verifier(r->pgoff + (r->end - r->start));
	submit(r);
	return true;
}

/* Emits the binding at the index, or skips a hole, for which no room is reserved. Moves on. */
static long scan_binding(__u32 i, struct binding_walk *w)
{
	struct gmem_rec *r;

	if (w->at.index < w->size && binding_at(w)) {
		r = scan_reserve(sizeof(*r));
		if (!r)
			return 1;
		if (!emit_binding(w, r))
			w->at.index = hide_from_verifier(xa_next_index(&w->at));
	} else {
		w->done = w->at.index >= w->size || w->at.past;
		if (w->done)
			return 1;
		w->at.index = hide_from_verifier(xa_next_index(&w->at));
	}
	return scan_time_is_over(w->begin_ns);
}

#define MAX_BINDINGS	(1 << 16)	/* steps over one file: KVM has at most 32764 memslots */

/* Emits the file. @finder: PID of a process that has it open, or 0. Returns false if there is no room. */
static __always_inline bool emit_file(struct file *file, __u64 vm, __u32 finder)
{
	struct gmem_rec *r = scan_reserve(sizeof(*r));

	if (!r)
		return false;
	__builtin_memset(r, 0, sizeof(*r));
	fill_hdr(&r->h, vm, GMEM_SCAN_FILE, sizeof(*r), bpf_ktime_get_ns());
	r->ino = file_ino(file);
	r->end = file_pages(file);
	r->flags = gmem_flags(file);
	r->nr_pages = BPF_CORE_READ(file, f_inode, i_mapping, nrpages);
	r->start = file_is_mapped(file) ? GMEM_FILE_MAPPED : 0;
	r->holder = finder;
	if (file_is_held(file))
		submit(r);
	else	/* the record of its release may come before this one */
		bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
	return true;
}

/* Emits bindings of the file from pass.index on. Returns true if all are emitted. */
static __always_inline bool scan_bindings(struct file *file, __u64 vm, __u64 begin_ns)
{
	struct binding_walk w = {
		.at.stop = -1, .at.index = pass.index, .file = file, .vm = vm,
		.ino = file_ino(file), .size = file_pages(file), .begin_ns = begin_ns,
	};

	w.at.head = (__u64)gmem_bindings(BPF_CORE_READ(file, private_data));
	bpf_loop(MAX_BINDINGS, scan_binding, &w, 0);
	pass.index = w.at.index;
	return w.done;
}

/* Emits what KVM maps into the guest, once in a pass. Returns false if there is no room. */
static __always_inline bool emit_mapped(struct kvm *kvm, __u64 vm)
{
	struct emitted_key key = { .file = (__u64)kvm, .ino = 1 };
	__u64 *in = bpf_map_lookup_elem(&emitted, &key), id = pass.id;
	struct gmem_mapped_rec *r;

	if (!bpf_core_field_exists(kvm->stat.pages) || (in && *in == id))
		return true;
	r = scan_reserve(sizeof(*r));
	if (!r)
		return false;
	fill_hdr(&r->h, vm, GMEM_MAPPED, sizeof(*r), bpf_ktime_get_ns());
	bpf_core_read(&r->nr, sizeof(r->nr), &kvm->stat.pages);
	submit(r);
	bpf_map_update_elem(&emitted, &key, &id, BPF_ANY);
	return true;
}

/*
 * Emits the file and its bindings, once in a pass. Returns 0 if some are left. Not static, and with
 * numbers only as arguments, so that the verifier checks it once.
 */
__noinline int scan_gmem(__u64 address, __u64 vm, __u32 finder, __u64 begin_ns)
{
	struct file *file = (void *)address;
	struct emitted_key key = { .file = address, .ino = file_ino(file) };
	__u64 *in = bpf_map_lookup_elem(&emitted, &key), id = pass.id;

	if ((in && *in == id) || !file_is_held(file))
		return true;
	if (pass.file != (__u64)file) {
		if (!emit_mapped(gmem_kvm(BPF_CORE_READ(file, private_data)), vm) || !emit_file(file, vm, finder))
			return false;
		pass.file = (__u64)file;
		pass.index = 0;
	}
	if (!pass.no_slots && !scan_bindings(file, vm, begin_ns))
		return false;
	pass.file = 0;
	bpf_map_update_elem(&emitted, &key, &id, BPF_ANY);
	return true;
}

static __always_inline bool is_last_holder(struct task_struct *task, __u64 vm, __u64 ino)
{
	return pass.holder == task->tgid && pass.holder_of_vm == vm && pass.holder_of_ino == ino;
}

/*
 * Emits a holder, but not again for the next descriptor: a VMM has one for each vCPU, in sequence. Returns
 * false if there is no room.
 */
static __always_inline bool scan_holder(struct task_struct *task, __u64 vm, __u64 ino)
{
	struct gmem_holder_rec *r;

	if (!pass.holders || is_last_holder(task, vm, ino))
		return true;
	r = scan_reserve(sizeof(*r));
	if (!r)
		return false;
	__builtin_memset(r, 0, sizeof(*r));
	fill_hdr(&r->h, vm, GMEM_HOLDER, sizeof(*r), bpf_ktime_get_ns());
	r->h.tgid = task->tgid;
	r->ino = ino;
	BPF_CORE_READ_STR_INTO(&r->comm, task, group_leader, comm);
	submit(r);
	pass.holder = task->tgid;
	pass.holder_of_vm = vm;
	pass.holder_of_ino = ino;
	return true;
}

/* Emits GMEM_VM again if the pass asks for it: it may have been lost. Returns false without room. */
static __always_inline bool scan_identity(struct task_struct *task, struct kvm *kvm, __u64 vm, __u64 ts)
{
	if (!pass.identify)
		return true;
	if (!emit_vm(kvm, vm, ts, (__u64)task)) {
		scan_cost.no_room++;
		return false;
	}
	pass.identify = 0;
	return true;
}

/* Search for a memslot with a guest_memfd. */
struct file_check {
	struct slot_walk w;
	__u64 found;
};

static long check_memslot(__u32 i, struct file_check *c)
{
	struct file *file;

	if (slots_next(&c->w, &file))
		return 1;
	c->found |= file != NULL;
	return c->found;
}

static long check_address_space(__u32 as, struct file_check *c)
{
	slots_begin(&c->w, as);
	bpf_loop(MAX_SLOT_STEPS, check_memslot, c, 0);
	return c->found;
}

/*
 * Returns true if a VM that was not seen before has attributes or a guest_memfd; the tools ignore other VMs.
 * Walks its memslots once in a pass, not for each descriptor of a vCPU.
 */
static __always_inline bool is_of_interest(struct kvm *kvm)
{
	struct emitted_key key = { .file = (__u64)kvm };
	struct file_check c = { .w.kvm = kvm };
	__u64 *in, id = pass.id;

	if (has_attributes((__u64)kvm))
		return true;
	in = bpf_map_lookup_elem(&emitted, &key);
	if (in && *in == id)
		return false;
	bpf_map_update_elem(&emitted, &key, &id, BPF_ANY);
	bpf_loop(nr_address_spaces(), check_address_space, &c, 0);
	return c.found;
}

/*
 * Scans the open files of one process or of all, for one VM or for all (GMEM_SCAN_FILES). If it returns 1,
 * the kernel calls it again for the same file when user space reads the iterator the next time.
 */
SEC("iter/task_file")
int scan_files(struct bpf_iter__task_file *ctx)
{
	__u64 begin_ns = bpf_ktime_get_ns(), vm;
	struct file *file = ctx->file;
	struct task_struct *task = ctx->task;
	enum file_kind kind;
	struct kvm *kvm;
	int again;
	bool all;

	if (!file || !task)
		return 0;
	kind = file_kind(file);
	kvm = file_kvm(file, kind);
	if (!kvm)
		return 0;
	vm = vm_if_known_probed(kvm);
	if (kind != FILE_GMEM && !(vm && find_state(vm)) && !is_of_interest(kvm))
		return 0;
	vm = vm_of_probed(kvm);
	if (pass.vm && pass.vm != vm)
		return 0;
	if (!find_state(vm))
		add_vm(kvm, vm, begin_ns, (__u64)task);
	all = scan_identity(task, kvm, vm, begin_ns) &&
	      scan_holder(task, vm, kind == FILE_GMEM ? file_ino(file) : 0) &&
	      (kind != FILE_GMEM || scan_gmem(hide_from_verifier((__u64)file), vm, task->tgid, begin_ns));
	scan_run_ends(begin_ns);
	again = !all;
	/* Clang 17 and later drop the mask as redundant, but the verifier needs it. */
	barrier_var(again);
	return again & 1;
}

/* State of a walk over memslots that emits files. */
struct slot_scan {
	struct slot_walk w;
	__u64 vm;
	__u64 begin_ns;
	__u64 left;
};

static long scan_memslot(__u32 i, struct slot_scan *s)
{
	struct file *file;

	if (slots_next(&s->w, &file))
		return 1;
	if (file && !scan_gmem((__u64)file, s->vm, 0, s->begin_ns))
		s->left = 1;
	return s->left;
}

static long scan_address_space(__u32 as, struct slot_scan *s)
{
	slots_begin(&s->w, as);
	bpf_loop(MAX_SLOT_STEPS, scan_memslot, s, 0);
	/* If the memslots changed meanwhile, the walk may have missed some: repeat it. */
	s->left |= !slots_are_same(&s->w);
	return s->left;
}

/* Scans files in memslots. Each run starts over, skipping emitted ones. Returns enum gmem_scan_result. */
SEC("raw_tp")
int scan_slots(void *ctx)
{
	struct slot_scan s = { .begin_ns = bpf_ktime_get_ns(), .vm = scan.vm };
	struct gmem_vm_state *v = find_state(s.vm);

	s.w.kvm = living_kvm(v);
	if (!s.w.kvm)
		return GMEM_RUN_GONE;
	bpf_loop(nr_address_spaces(), scan_address_space, &s, 0);
	scan_run_ends(s.begin_ns);
	if (s.left)
		return GMEM_RUN_MORE;
	scan.phase = GMEM_SCAN_MAPS;
	return GMEM_RUN_DONE;
}

#endif /* GMEM_SCAN_FILES_BPF_H */
