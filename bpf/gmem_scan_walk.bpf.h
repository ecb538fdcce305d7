/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Walk over attributes, or over the pages of a file, in bounded steps that can be resumed: through an xarray or a maple tree. */
#ifndef GMEM_SCAN_WALK_BPF_H
#define GMEM_SCAN_WALK_BPF_H

#include "gmem_scan.bpf.h"
#include "gmem_xarray.bpf.h"

/* State of a walk over attributes, or over the pages of a file. */
struct map_walk {
	__u64 begin_ns;
	__u64 head;		/* root of an xarray, or struct maple_tree */
	__u64 pos;		/* next index to walk */
	__u64 pages;		/* 1: pages of a file; 0: attributes */
	__u64 open_start;	/* start of the extent that pos continues, if open */
	__u32 open;
	__u32 full;		/* 1: no room for one more extent */
	__u32 past;		/* 1: pos is above all entries */
	__u32 nr;		/* complete extents */
	__u32 huge_pages;	/* walked in folios of HUGE_ORDER or more */
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

/* Adds the indices from pos to @end, which have the same state. @include: they are part of an extent. */
static __always_inline void walk_run(struct map_walk *w, __u64 end, bool include)
{
	if (include && !w->open) {
		if (w->nr >= GMEM_MAP_EXTENTS) {
			w->full = true;
			return;
		}
		w->open_start = w->pos;
		w->open = true;
	} else if (!include && w->open) {
		if (w->nr < GMEM_MAP_EXTENTS) {
			w->extents[w->nr].start = w->open_start;
			w->extents[w->nr].end = w->pos;
		}
		w->nr++;
		w->open = false;
	}
	w->pos = end;
}

/* Private attribute in an entry, which is xa_mk_value(attributes): shifted left by one, and bit 0 is 1. */
#define ENTRY_PRIVATE	(KVM_MEMORY_ATTRIBUTE_PRIVATE << 1)

static __always_inline bool entry_is_private(__u64 entry)
{
	return entry & 1 && entry & ENTRY_PRIVATE;
}

/* Returns true for a folio, and for a sibling entry of a large one. */
static __always_inline bool entry_is_page(__u64 entry)
{
	return entry && (!(entry & 3) || xa_is_sibling(entry));
}

static __always_inline bool entry_counts(const struct map_walk *w, __u64 entry)
{
	return w->pages ? entry_is_page(entry) : entry_is_private(entry);
}

#define HUGE_ORDER	9

/* Counts @nr pages of a file if the entry, which covers more than a page, is a huge folio. */
static __always_inline void count_huge(struct map_walk *w, __u64 entry, __u64 nr)
{
	struct folio *folio = (void *)entry;

	if (w->pages && entry_is_page(entry) && (BPF_CORE_READ(folio, _flags_1) & 0xff) >= HUGE_ORDER)
		w->huge_pages += nr;
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

/* Summary of all slots of a leaf. */
struct leaf_sum {
	__u64 all;	/* AND of all entries */
	__u64 any;	/* OR of all entries */
	__u64 filled;	/* bit 63: no slot is empty */
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
	return !(s->any & ENTRY_PRIVATE);	/* bit 4, which no internal entry of such a leaf has set */
}

/* Walks from pos to the end of its leaf. Slot by slot only if they differ, which is rare. */
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

/* Walks the next child of a node whose children are leaves. */
static long walk_child(__u32 i, void *unused)
{
	struct map_walk *w = the_walk();
	__u32 chunk = xa_chunk_shift(), n;
	__u64 entry, end, span = 1 << chunk;

	if (!w || w->full)
		return 1;
	n = w->pos >> chunk & (span - 1) & (XA_MAX_SLOTS - 1);
	entry = w->children[n];
	if (xa_is_node(entry)) {
		walk_leaf(w, xa_to_node(entry));
		return w->full != 0;
	}
	if (xa_is_sibling(entry))
		entry = w->children[entry >> 2 & (XA_MAX_SLOTS - 1)];
	end = (w->pos & ~(span - 1)) + span;
	count_huge(w, entry, end - w->pos);
	walk_run(w, end, entry_counts(w, entry));
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

/* Walks an entry that covers more than all leaves of a node, or a hole. */
static __always_inline void walk_entry(struct map_walk *w, const struct xa_cursor *at)
{
	__u64 end = xa_next_index(at);

	if (at->shift)
		count_huge(w, at->entry, end - w->pos);
	walk_run(w, end, entry_counts(w, at->entry));
}

/* Walks one node of leaves (4096 pages), or one hole. Returns 1 at the end. */
static __always_inline long walk_xarray(struct map_walk *w)
{
	struct xa_cursor at = {};

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
		walk_entry(w, &at);
	return w->full != 0;
}

/* Pages of a block that has a bitmap, and of one of its words. */
#define ATTR_BLOCK_PAGES	512
#define ATTR_WORD_PAGES		64

/*
 * Returns true for a block whose pages differ (struct kvm_attr_block). Other entries are values, or reserved. Not
 * inlined, like attributes_tree().
 */
static __noinline bool entry_is_block(__u64 entry)
{
	return bpf_core_type_exists(struct kvm_attr_block) && entry && !(entry & 3);
}

/* Reads @nr words of a block from number @word on. The kernel changes words one by one, like entries. */
static __noinline void block_read(__u64 entry, __u32 word, __u64 *words, __u32 nr)
{
	struct kvm_attr_block *block = (void *)entry;

	if (bpf_core_type_exists(struct kvm_attr_block))
		bpf_probe_read_kernel(words, nr * sizeof(*words), &block->private[word]);
}

static __always_inline __u32 word_of(__u64 pos)
{
	return pos / ATTR_WORD_PAGES % (ATTR_BLOCK_PAGES / ATTR_WORD_PAGES);
}

/* Walks bits of one word that are equal. Returns 1 at the end of the block. */
static long walk_bits(__u32 i, void *unused)
{
	struct map_walk *w = the_walk();
	__u64 bits, differ, n;

	if (!w)
		return 1;
	n = w->pos % ATTR_WORD_PAGES;
	bits = w->slots[word_of(w->pos)] >> n;
	differ = bits & 1 ? ~bits : bits;
	n = differ ? gmem_log2(differ & -differ) : ATTR_WORD_PAGES - n;
	walk_run(w, w->pos + n, bits & 1);
	return w->full || !(w->pos % ATTR_BLOCK_PAGES);
}

static __always_inline void walk_block(struct map_walk *w, __u64 entry)
{
	block_read(entry, 0, w->slots, ATTR_BLOCK_PAGES / ATTR_WORD_PAGES);
	bpf_loop(ATTR_BLOCK_PAGES, walk_bits, NULL, 0);
}

/* Walks one range of a maple tree, which may be huge, or one block. Returns 1 at the end. */
static __always_inline long walk_maple(struct map_walk *w)
{
	struct maple_cursor at = {};
	bool past;

	at.tree = w->head;
	at.index = w->pos;
	maple_seek(&at);
	if (!at.found)
		return 1;
	if (entry_is_block(at.entry)) {
		walk_block(w, at.entry);
		return w->full != 0;
	}
	past = at.last == MAPLE_LAST;
	walk_run(w, at.last + !past, entry_is_private(at.entry));
	w->past = past && !w->full;
	return w->full || past;
}

static long walk_step(__u32 i, void *unused)
{
	struct map_walk *w = the_walk();
	long end;

	if (!w)
		return 1;
	end = !w->pages && attributes_are_ranges() ? walk_maple(w) : walk_xarray(w);
	return end || scan_time_is_over(w->begin_ns);
}

#define MAX_STEPS	(1 << 20)

static __always_inline void walk_from(struct map_walk *w, __u64 pos)
{
	w->pos = pos;
	w->open = w->full = w->past = w->nr = w->huge_pages = 0;
	bpf_loop(MAX_STEPS, walk_step, NULL, 0);
	/* An open extent is closed here, and continued in the next record. */
	walk_run(w, w->pos, false);
}

#endif /* GMEM_SCAN_WALK_BPF_H */
