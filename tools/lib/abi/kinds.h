/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Kinds of records: one table of their names and of the meaning of their fields. */
#ifndef GMEM_KINDS_H
#define GMEM_KINDS_H

#include <linux/falloc.h>
#include <linux/kvm.h>
#include <stdbool.h>
#include <stddef.h>

#include "bpf/gmem_abi.h"

#ifndef KVM_MEMORY_ATTRIBUTE_PRIVATE	/* headers before Linux 6.8 */
#define KVM_MEMORY_ATTRIBUTE_PRIVATE	(1ULL << 3)
#endif

/* Receives a record, which is valid during the call only. Returns 0 to go on, or -errno to stop. */
typedef int (*gmem_record_fn)(void *ctx, const struct gmem_hdr *rec);

enum gmem_phase {
	GMEM_INSTANT,
	GMEM_BEGIN,
	GMEM_END,
	GMEM_META,	/* describes the VM or the recording; no event of the kernel */
};

enum gmem_unit {
	GMEM_NONE,
	GMEM_GFN,	/* [start, end) are guest frame numbers */
	GMEM_PGOFF,	/* [start, end) are page offsets into ino */
	GMEM_EITHER,	/* page offsets if ino is set, else gfns: see gmem_unit_of() */
};

/* Meaning of arg; text.c formats it. */
enum gmem_arg {
	GMEM_ARG_NONE,
	GMEM_ARG_PGOFF,
	GMEM_ARG_FLAGS,
	GMEM_ARG_MODE,
	GMEM_ARG_CAUSE,
	GMEM_ARG_ATTRIBUTES,
	GMEM_ARG_PHASE,
	GMEM_ARG_PREPARE_NS,
	GMEM_ARG_USER,	/* enum gmem_user */
};

/* JSON keys by enum gmem_arg: "pgoff", "mode"; NULL for GMEM_ARG_NONE. */
extern const char *const gmem_arg_keys[];

struct gmem_kind_info {
	const char *name;	/* "attributes_begin" */
	const char *op;		/* name of the operation that a pair is of, else as name */
	enum gmem_phase phase;
	enum gmem_unit unit;
	enum gmem_arg arg;
	const char *aux;	/* JSON key of aux, or NULL */
	enum gmem_kind begin;	/* kind of the begin that an end belongs to, or 0 */
	bool has_ino;
	bool has_nr_pages;
	bool has_ret;
};

extern const struct gmem_kind_info gmem_kinds[GMEM_KINDS];

/* Returns NULL for a kind that this version does not define. */
static inline const struct gmem_kind_info *gmem_kind(unsigned int kind)
{
	return kind < GMEM_KINDS && gmem_kinds[kind].name ? &gmem_kinds[kind] : NULL;
}

/* Returns the least bytes of a record of the kind in this version; 0 for an undefined kind. */
size_t gmem_kind_bytes(unsigned int kind);

/* Returns true for an operation or phase, which only counts and stores: it changes nothing that a live source keeps. */
static inline bool gmem_is_operation(unsigned int kind)
{
	switch (kind) {
	case GMEM_FALLOCATE_BEGIN:
	case GMEM_FALLOCATE_END:
	case GMEM_INVALIDATE_BEGIN:
	case GMEM_INVALIDATE_END:
	case GMEM_ATTRIBUTES_BEGIN:
	case GMEM_ATTRIBUTES_PHASE:
	case GMEM_ATTRIBUTES_END:
	case GMEM_FAULT_BEGIN:
	case GMEM_FAULT_END:
	case GMEM_USER_FAULT_BEGIN:
	case GMEM_USER_FAULT_END:
	case GMEM_POPULATE_BEGIN:
	case GMEM_POPULATE_END:
		return true;
	default:
		return false;
	}
}

/*
 * Updates @first, time 0 of all views: the attach time of the source (GMEM_PROBES). Clock
 * records are emitted before it, and their time is later. Call it for all records in order;
 * *@first is 0 before the first.
 */
static inline void gmem_first_ns(__u64 *first, const struct gmem_hdr *rec)
{
	if (!*first || (rec->kind == GMEM_PROBES && rec->ts_ns < *first))
		*first = rec->ts_ns;
}

/* Returns true for an event of the kernel; false for what describes a VM, and for repeats of begins. */
static inline bool gmem_is_event(const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k = gmem_kind(rec->kind);

	return k && k->phase != GMEM_META && !(rec->flags & GMEM_REC_REPEATED);
}

/* Returns the direction that r->attributes ask for. */
static inline enum gmem_direction gmem_rec_direction(const struct gmem_rec *r)
{
	return r->attributes & KVM_MEMORY_ATTRIBUTE_PRIVATE ? GMEM_TO_PRIVATE : GMEM_TO_SHARED;
}

/* Returns true for a hole, false for a preallocation. @r: GMEM_FALLOCATE_BEGIN or _END. */
static inline bool gmem_rec_punches(const struct gmem_rec *r)
{
	return r->mode & FALLOC_FL_PUNCH_HOLE;
}

/* Returns the unit of a record: GMEM_NONE, GMEM_GFN or GMEM_PGOFF. */
enum gmem_unit gmem_unit_of(const struct gmem_rec *r);

/* Returns nr_pages, or GMEM_UNKNOWN. Older recordings do not have it for GMEM_USER_FAULT_END. */
static inline __u64 gmem_rec_pages(const struct gmem_rec *r)
{
	return r->h.kind == GMEM_USER_FAULT_END && !r->has_pages ? GMEM_UNKNOWN : r->nr_pages;
}

/* Names of events that have providers, by enum gmem_event. */
extern const char *const gmem_event_names[GMEM_EVENTS];

/* Names ("to_shared", "to_private"), by enum gmem_direction. */
extern const char *const gmem_direction_names[GMEM_DIRECTIONS];

/* Names of phases ("lock" to "mixed"), by enum gmem_conversion_phase. */
extern const char *const gmem_phase_names[GMEM_PHASES];

/* Names of the reasons of losses, by enum gmem_loss. */
extern const char *const gmem_loss_names[GMEM_LOSSES];

#endif /* GMEM_KINDS_H */
