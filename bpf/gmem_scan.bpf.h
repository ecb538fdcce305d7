/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The inventory: what there was before anybody looked, and again what became doubtful.
 *
 * Its records go through the ring buffer that the events go through, and room for each
 * is reserved before anything is read. A change that was told before the record has been
 * made by then, so it is read; one that comes later is told after the record, and is
 * applied on top of it. Whoever applies all records in their order is right at the end.
 */
#ifndef GMEM_SCAN_BPF_H
#define GMEM_SCAN_BPF_H

#include "gmem_files.bpf.h"
#include "gmem_find.bpf.h"
#include "gmem_xarray.bpf.h"

struct gmem_scan scan;

static __always_inline bool scan_time_is_over(__u64 begin_ns)
{
	return bpf_ktime_get_ns() - begin_ns > scan.budget_ns;
}

static __always_inline void scan_run_ends(__u64 begin_ns)
{
	__u64 ns = bpf_ktime_get_ns() - begin_ns;

	scan.runs++;
	scan.run_ns += ns;
	if (ns > scan.max_run_ns)
		scan.max_run_ns = ns;
}

/* false: no room. What is told of a scan is not lost, but told later. */
static __always_inline bool scan_emit(__u64 vm, __u16 kind, const struct gmem_rec *body)
{
	struct gmem_rec *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);

	if (!r) {
		scan.no_room++;
		return false;
	}
	*r = *body;
	fill_hdr(&r->h, vm, kind, sizeof(*r), bpf_ktime_get_ns());
	submit(r);
	return true;
}

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
	    !BPF_CORE_READ(kvm, mem_attr_array.xa_head))
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

/* What a walk over attributes, or over the pages of a file, keeps while it goes from node to node. */
struct map_walk {
	__u64 begin_ns;
	__u64 head;
	__u64 pos;		/* index: all below was looked at */
	__u64 pages;		/* it is the pages of a file */
	__u64 open_start;	/* of the extent that pos is in, if open */
	__u32 open;
	__u32 full;		/* no room for one more extent */
	__u32 past;		/* there is nothing any more */
	__u32 nr;
	__u64 children[XA_MAX_SLOTS];
	__u64 slots[XA_MAX_SLOTS];
	struct gmem_map_extent extents[GMEM_MAP_EXTENTS];
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct map_walk);
} walks SEC(".maps");

static __always_inline struct map_walk *the_walk(void)
{
	__u32 zero = 0;

	return bpf_map_lookup_elem(&walks, &zero);
}

/* The indices from pos to end are alike: to be told, or not. */
static __always_inline void walk_run(struct map_walk *w, __u64 end, bool tell)
{
	if (tell && !w->open) {
		if (w->nr >= GMEM_MAP_EXTENTS) {
			w->full = true;
			return;
		}
		w->open_start = w->pos;
		w->open = true;
	} else if (!tell && w->open) {
		if (w->nr < GMEM_MAP_EXTENTS) {
			w->extents[w->nr].start = w->open_start;
			w->extents[w->nr].end = w->pos;
		}
		w->nr++;
		w->open = false;
	}
	w->pos = end;
}

/* xa_mk_value(attributes): the attributes are above a lowest bit of 1. */
#define ENTRY_PRIVATE	(KVM_MEMORY_ATTRIBUTE_PRIVATE << 1)

static __always_inline bool entry_is_private(__u64 entry)
{
	return entry & 1 && entry & ENTRY_PRIVATE;
}

/* A folio, or another part of a large one. */
static __always_inline bool entry_is_page(__u64 entry)
{
	return entry && (!(entry & 3) || xa_is_sibling(entry));
}

static __always_inline bool entry_counts(const struct map_walk *w, __u64 entry)
{
	return w->pages ? entry_is_page(entry) : entry_is_private(entry);
}

static long walk_slot(__u32 i, void *unused)
{
	struct map_walk *w = the_walk();
	__u32 n;

	if (!w || w->full)
		return 1;
	n = w->pos & ((1 << xa_chunk_shift()) - 1) & (XA_MAX_SLOTS - 1);
	walk_run(w, w->pos + 1, entry_counts(w, w->slots[n]));
	return w->full != 0;
}

/* Of all slots of a leaf. */
struct leaf_sum {
	__u64 all;
	__u64 any;
	__u64 filled;	/* highest bit: none is empty */
};

static __always_inline bool all_count(const struct map_walk *w, const struct leaf_sum *s)
{
	if (w->pages)
		return s->filled >> 63 && !(s->any & 3);
	return entry_is_private(s->all);
}

static __always_inline bool none_counts(const struct map_walk *w, const struct leaf_sum *s)
{
	if (w->pages)
		return !s->any;
	return !(s->any & ENTRY_PRIVATE);	/* bit 4: no marker of an xarray has it */
}

/* From pos to the end of its leaf: mostly all pages of one are alike. */
static __always_inline void walk_leaf(struct map_walk *w, struct xa_node *node)
{
	struct leaf_sum s = { .all = ~0ULL, .filled = ~0ULL };
	__u64 n = 1 << xa_chunk_shift(), left;

	xa_all_slots(node, w->slots);
	for (__u32 i = 0; i < XA_MAX_SLOTS && i < n; i++) {
		s.all &= w->slots[i];
		s.any |= w->slots[i];
		s.filled &= w->slots[i] | -w->slots[i];
	}
	left = n - (w->pos & (n - 1));
	if (all_count(w, &s))
		walk_run(w, w->pos + left, true);
	else if (none_counts(w, &s))
		walk_run(w, w->pos + left, false);
	else
		bpf_loop(left, walk_slot, NULL, 0);
}

/* The children of a node of leaves. */
static long walk_child(__u32 i, void *unused)
{
	struct map_walk *w = the_walk();
	__u32 chunk = xa_chunk_shift(), n;
	__u64 entry, span = 1 << chunk;

	if (!w || w->full)
		return 1;
	n = w->pos >> chunk & (span - 1) & (XA_MAX_SLOTS - 1);
	entry = w->children[n];
	if (xa_is_node(entry))
		walk_leaf(w, xa_to_node(entry));
	else
		walk_run(w, (w->pos & ~(span - 1)) + span, entry_counts(w, entry));
	return w->full != 0;
}

static __always_inline void walk_node(struct map_walk *w, const struct xa_cursor *at)
{
	__u32 chunk = xa_chunk_shift();
	__u64 n = 1 << chunk;

	if (!at->shift) {
		walk_leaf(w, (void *)at->node);
		return;
	}
	xa_all_slots((void *)at->node, w->children);
	bpf_loop(n - (w->pos >> chunk & (n - 1)), walk_child, NULL, 0);
}

/* One node of leaves, 4096 pages, or one hole. */
static long walk_step(__u32 i, void *unused)
{
	struct map_walk *w = the_walk();
	struct xa_cursor at = {};

	if (!w)
		return 1;
	at.head = w->head;
	at.index = w->pos;
	at.stop = xa_chunk_shift();
	xa_seek(&at);
	w->past = at.past;
	if (at.past)
		return 1;
	if (at.node)
		walk_node(w, &at);
	else
		walk_run(w, xa_next_index(&at), entry_counts(w, at.entry));
	return w->full != 0 || scan_time_is_over(w->begin_ns);
}

#define MAX_STEPS	(1 << 20)

static __always_inline void walk_from(struct map_walk *w, __u64 pos)
{
	w->pos = pos;
	w->open = w->full = w->past = w->nr = 0;
	bpf_loop(MAX_STEPS, walk_step, NULL, 0);
	/* The extent that is open is closed here, and goes on in the next record. */
	walk_run(w, w->pos, false);
}

/* Where the attributes are, or the pages of the file. */
static __always_inline __u64 walk_head(struct kvm *kvm, struct file *file, bool pages)
{
	if (pages)
		return (__u64)BPF_CORE_READ(file, f_inode, i_mapping, i_pages.xa_head);
	return (__u64)BPF_CORE_READ(kvm, mem_attr_array.xa_head);
}

/* One record of a map. The room is reserved first: see above. */
static __always_inline bool scan_chunk(struct kvm *kvm, struct file *file, struct map_walk *w)
{
	bool pages = scan.phase == GMEM_SCAN_CACHE;
	struct gmem_map_rec *r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);

	if (!r) {
		scan.no_room++;
		return false;
	}
	fill_hdr(&r->h, scan.vm, pages ? GMEM_PAGES : GMEM_SCAN_MAP, sizeof(*r), bpf_ktime_get_ns());
	w->pages = pages;
	w->head = walk_head(kvm, file, pages);
	r->ino = pages ? scan.ino : 0;
	r->start = scan.next;
	walk_from(w, scan.next);
	r->end = w->past ? GMEM_UNKNOWN : w->pos;
	r->nr = w->nr;
	bpf_probe_read_kernel(r->extents, sizeof(r->extents), w->extents);
	scan.next = w->pos;
	if (w->past)
		scan.phase = pages ? GMEM_SCAN_DONE : GMEM_SCAN_ENDS;
	submit(r);
	return true;
}

static __always_inline void scan_mark(__u16 kind, __u64 next_phase)
{
	struct gmem_counters *c = counters_of(scan.vm);
	struct gmem_rec r = { .arg = c ? c->lost_state : 0, .aux = scan.with_files };

	if (scan_emit(scan.vm, kind, &r))
		scan.phase = next_phase;
}

static __always_inline bool scan_is_walking(void)
{
	return scan.phase == GMEM_SCAN_MAPS || scan.phase == GMEM_SCAN_CACHE;
}

#define CHUNKS_A_RUN	8

/* All phases but the one of files. Each file of the VM is an occasion for one bounded run. */
SEC("iter/task_file")
int scan_map(struct bpf_iter__task_file *ctx)
{
	__u64 begin_ns = bpf_ktime_get_ns();
	struct task_struct *task = ctx->task;
	struct map_walk *w = the_walk();
	struct file *file = ctx->file;
	enum file_kind kind;
	struct kvm *kvm;

	if (!file || !task || !w || scan.phase == GMEM_SCAN_DONE)
		return 0;
	kind = file_kind(file);
	kvm = file_kvm(file, kind);
	if (!kvm || vm_if_known_probed(kvm) != scan.vm)
		return 0;
	if (scan.phase == GMEM_SCAN_CACHE && (kind != FILE_GMEM || file_ino(file) != scan.ino))
		return 0;
	scan.found++;
	if (scan.phase == GMEM_SCAN_BEGINS) {
		if (scan.with_files)	/* who it is may be among what was lost, too */
			emit_vm(kvm, scan.vm, begin_ns, (__u64)task);
		scan_mark(GMEM_SCAN_BEGIN, GMEM_SCAN_FILES);
		return 0;
	}
	w->begin_ns = begin_ns;
	for (int i = 0; i < CHUNKS_A_RUN && scan_is_walking(); i++) {
		if (!scan_chunk(kvm, file, w) || scan_time_is_over(begin_ns))
			break;
	}
	if (scan.phase == GMEM_SCAN_ENDS)
		scan_mark(GMEM_SCAN_END, GMEM_SCAN_DONE);
	scan_run_ends(begin_ns);
	return 0;
}

/* Where blocks of a VM that were marked as changed are read. */
struct block_walk {
	struct gmem_vm_state *v;
	__u64 vm;
	__u64 head;
	__u64 begin_ns;
};

/* Which pages from index on, to the end of their leaf, are private. */
static __always_inline __u64 leaf_bits(__u64 head, __u64 index)
{
	struct xa_cursor at = { .head = head, .index = index };
	struct map_walk *w = the_walk();
	__u64 bits = 0;

	xa_seek(&at);
	if (!at.node || !w)
		return entry_is_private(at.entry) ? ~0ULL : 0;
	xa_all_slots((void *)at.node, w->slots);
	for (__u32 i = 0; i < XA_MAX_SLOTS; i++)
		bits |= (w->slots[i] & ENTRY_PRIVATE) / ENTRY_PRIVATE << i;
	return bits;
}

/* A mark is taken away before the block is read: what changes then is marked again. */
static long tell_block(__u32 i, struct block_walk *b)
{
	__u32 *mark = &b->v->blocks[i & (CHANGED_BLOCKS - 1)];
	struct gmem_raw_block *r;
	__u32 block;

	if (!*(volatile __u32 *)mark)
		return 0;
	r = bpf_ringbuf_reserve(&records, sizeof(*r), 0);
	if (!r)
		scan.no_room++;
	if (!r || scan_time_is_over(b->begin_ns)) {
		b->v->changed = 1;
		scan.left++;
		if (r)
			bpf_ringbuf_discard(r, BPF_RB_NO_WAKEUP);
		return 1;
	}
	fill_hdr(&r->h, b->vm, GMEM_RAW_BLOCK, sizeof(*r), bpf_ktime_get_ns());
	block = __sync_lock_test_and_set(mark, 0) - 1;
	r->start = (__u64)block << BLOCK_SHIFT;
	for (__u32 n = 0; n < BLOCK_PAGES / 64; n++)
		r->private[n] = leaf_bits(b->head, r->start + n * 64);
	submit(r);
	return 0;
}

SEC("iter/task_file")
int scan_changed(struct bpf_iter__task_file *ctx)
{
	struct block_walk b = { .begin_ns = bpf_ktime_get_ns() };
	struct file *file = ctx->file;
	struct kvm *kvm;

	if (!file)
		return 0;
	kvm = file_kvm(file, file_kind(file));
	if (!kvm)
		return 0;
	b.vm = vm_if_known_probed(kvm);
	b.v = bpf_map_lookup_elem(&vms, &b.vm);
	if (!b.v)
		return 0;
	scan.found++;
	if (!__sync_lock_test_and_set(&b.v->changed, 0))
		return 0;
	b.head = (__u64)BPF_CORE_READ(kvm, mem_attr_array.xa_head);
	bpf_loop(CHANGED_BLOCKS, tell_block, &b, 0);
	scan_run_ends(b.begin_ns);
	return 0;
}

#endif /* GMEM_SCAN_BPF_H */
