/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* The one table that says what each kind of record is and what its fields mean. */
#ifndef GMEM_KINDS_H
#define GMEM_KINDS_H

#include <stdbool.h>
#include <stddef.h>

#include "bpf/gmem_abi.h"

/* The record is the callee's only during the call. 0 goes on, else -errno stops. */
typedef int (*gmem_record_fn)(void *ctx, const struct gmem_hdr *rec);

enum gmem_phase {
	GMEM_INSTANT,
	GMEM_BEGIN,
	GMEM_END,
	GMEM_META,	/* about the VM or the recording, not an event of the kernel */
};

enum gmem_unit {
	GMEM_NONE,
	GMEM_GFN,	/* [start, end) are guest frame numbers */
	GMEM_PGOFF,	/* .. page offsets into ino */
	GMEM_EITHER,	/* page offsets if there is an ino, else gfns: ask gmem_unit_of() */
};

/* What arg holds; how it is written is in text.c. */
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

/* JSON keys of it: "pgoff", "mode"; NULL for GMEM_ARG_NONE. */
extern const char *const gmem_arg_keys[];

struct gmem_kind_info {
	const char *name;	/* as in the tracepoint: "attributes_begin" */
	const char *op;		/* of a pair, or the name again */
	enum gmem_phase phase;
	enum gmem_unit unit;
	enum gmem_arg arg;
	const char *aux;	/* JSON key of aux, or NULL */
	bool has_ino;
	bool has_nr_pages;
	bool has_ret;
};

extern const struct gmem_kind_info gmem_kinds[GMEM_KINDS];

/* NULL for a kind that this version does not know. */
static inline const struct gmem_kind_info *gmem_kind(unsigned int kind)
{
	return kind < GMEM_KINDS && gmem_kinds[kind].name ? &gmem_kinds[kind] : NULL;
}

/* Bytes that a record of the kind has at least, in this version; 0 for one that it does not know. */
size_t gmem_kind_bytes(unsigned int kind);

/*
 * Time 0 of all views: when the source began to see. Clocks are told before that, and are later.
 * To be asked of all records in order; *first is 0 before the first.
 */
static inline void gmem_first_ns(__u64 *first, const struct gmem_hdr *rec)
{
	if (!*first || (rec->kind == GMEM_PROBES && rec->ts_ns < *first))
		*first = rec->ts_ns;
}

/*
 * Begins between GMEM_INFLIGHT and GMEM_SYNC tell what is under way; they may have been told
 * before, and are no events. To be asked of all records in order; *telling is false at first.
 */
static inline bool gmem_told_again(bool *telling, const struct gmem_hdr *rec)
{
	const struct gmem_kind_info *k;

	if (rec->kind == GMEM_INFLIGHT || rec->kind == GMEM_SYNC)
		*telling = rec->kind == GMEM_INFLIGHT;
	if (!*telling)
		return false;
	k = gmem_kind(rec->kind);
	return k && k->phase == GMEM_BEGIN;
}

/* Of a record: GMEM_NONE, GMEM_GFN or GMEM_PGOFF. */
enum gmem_unit gmem_unit_of(const struct gmem_rec *r);

/* "lock" .. "mixed", by enum gmem_conversion_phase. */
extern const char *const gmem_phase_names[GMEM_PHASES];

/* Names of the reasons of losses, by enum gmem_loss. */
extern const char *const gmem_loss_names[GMEM_LOSSES];

#endif /* GMEM_KINDS_H */
