/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What records tell when they are put together: latency by direction, size and phase,
 * stalls, windows and retries, first touches, hot ranges, pages that were not discarded,
 * the longest operations. Pure, as the model: it changes only by applying a record, and
 * it knows no clock, no file and no terminal. Memory grows with VMs and extents, not with events.
 */
#ifndef GMEM_ANALYSIS_H
#define GMEM_ANALYSIS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>

#include "analysis/dist.h"
#include "analysis/longest.h"
#include "analysis/series.h"
#include "analysis/timebins.h"
#include "bpf/gmem_abi.h"
#include "model/hot.h"
#include "model/model.h"
#include "model/ranges.h"

#define GMEM_HOT_FOLLOWED	256	/* ranges of a VM */

/* Operations that records told of. */
struct gmem_op_sum {
	uint64_t count;
	uint64_t bytes;
	uint64_t total_ns;
};

/* Outcome of the operations of one kind: all that were seen are in one of the first two. */
struct gmem_outcome {
	uint64_t succeeded;
	uint64_t failed;
	uint64_t unchanged;	/* of the first, those that changed nothing; only where the probes report it */
	uint64_t untimed;	/* of the first, those whose begin was not seen: in no distribution */
};

/* Invalidation windows of one kind, and the faults that had to be repeated in them. */
struct gmem_window_sum {
	uint64_t retries;
	uint64_t with_retries;	/* windows that had any */
	uint64_t max_retries;	/* in one window, whose range is */
	uint64_t max_start;	/* gfn, or pgoff */
	uint64_t max_end;
};

/* What was seen of a VM, or of all. Distributions are NULL where nothing was. */
struct gmem_seen {
	uint64_t by_kind[GMEM_KINDS];
	struct gmem_dist *dist[GMEM_SERIES][GMEM_DIRECTIONS];	/* [0] if not directed */
	struct gmem_dist *by_class[GMEM_CLASSES][GMEM_DIRECTIONS];	/* conversions */
	struct gmem_op_sum size[GMEM_CLASSES][GMEM_DIRECTIONS];
	struct gmem_op_sum cause[GMEM_CAUSES][GMEM_DIRECTIONS];
	struct gmem_op_sum stall_cause[GMEM_CAUSES][GMEM_DIRECTIONS];
	struct gmem_outcome outcome[GMEM_OPERATIONS];
	uint64_t unchanged[GMEM_DIRECTIONS];
	uint64_t failed[GMEM_DIRECTIONS];
	uint64_t unconverted[GMEM_DIRECTIONS];	/* stalls in which nobody converted anything */
	struct gmem_window_sum window;		/* of conversions */
	struct gmem_window_sum invalidate;	/* of guest_memfd */
	uint64_t retries_outside;		/* whose window was not seen */
	uint64_t prepare_ns;			/* of faults, in the architecture's part */
	uint64_t touched_pages;
	uint64_t touched_again_pages;
};

struct gmem_open_op;
struct gmem_vcpu_state;
struct gmem_open_window;

/* One VM. A number that is used again, as after KVM was loaded again, is another one. */
struct gmem_vm_stats {
	uint64_t id;
	uint32_t pid;
	char comm[GMEM_COMM_LEN];
	char name[GMEM_NAME_LEN];
	uint64_t begin_ns;		/* first record */
	uint64_t end_ns;		/* 0: it was there at the end of the records */
	bool map_known;			/* else its slots, and what was private, are unknown */
	uint64_t slot_bytes;		/* most that were bound at once */
	bool has_counters;
	struct gmem_counters now;	/* as last told; of a live VM, the model has the same */
	struct gmem_counters base;	/* as told before any event of it was seen */
	struct gmem_seen seen;
	struct gmem_hot *hot;
	struct gmem_ranges left;	/* gfns made shared, whose private side nobody discarded */
	uint64_t left_max_pages;	/* most that it had at once */
	struct gmem_ranges emptied;	/* gfns whose private side was discarded, and not used since */
	struct gmem_ranges untouched;	/* gfns made private, and not faulted in since */
	enum gmem_known doubled_known[GMEM_SIDES];	/* of the following; the best of all rounds of reading */
	struct gmem_doubled doubled;	/* as last read; see backing_ns of the model */
	struct gmem_doubled doubled_max;

	/* What is under way. */
	struct gmem_open_op *ops;
	size_t nr_ops;
	struct gmem_vcpu_state *vcpus;
	size_t nr_vcpus;
	uint32_t *stalled;		/* vCPUs of which a stall is open */
	size_t nr_stalled;
	struct gmem_open_window *windows;
	size_t nr_windows;
	bool any_event;

	struct gmem_vm_stats *next;	/* in order of first record */
	UT_hash_handle hh;
};

/* Told of every value that goes into a distribution. */
typedef void (*gmem_value_fn)(void *ctx, const struct gmem_vm_stats *vm, enum gmem_series_id series,
			      enum gmem_direction direction, uint64_t pages, uint64_t ns);

struct gmem_analysis {
	struct gmem_model *model;
	struct gmem_vm_stats *vms;	/* in order of first record */
	struct gmem_vm_stats **vms_end;
	struct gmem_vm_stats *by_id;	/* uthash */
	struct gmem_vm_stats *last;	/* of the last record */
	size_t nr_vms;
	bool telling;			/* of gmem_told_again() */
	__u64 first_ns;			/* of gmem_first_ns() */
	uint64_t begin_ns;		/* first and last event */
	uint64_t end_ns;
	uint64_t nr_events;		/* that were looked at */
	bool backing_new;		/* pages have been read, and there was no refresh since */
	bool filtered;			/* some were not: counters of the kernel do not fit */
	char probes[16];		/* set in use; "" if not told */
	struct gmem_timebins time;
	struct gmem_longest longest[GMEM_LONG_KINDS];
	gmem_value_fn on_value;		/* NULL: nobody wants to know */
	void *ctx;
};

/* NULL: there is no memory. */
struct gmem_analysis *gmem_analysis_new(void);
void gmem_analysis_free(struct gmem_analysis *a);

/*
 * wanted: the event counts, or what is told of the VM does; the model takes all of them. 0 or
 * -errno as gmem_model_apply(), but a record that is too short is left out, as a reader of
 * recordings may meet any.
 */
int gmem_analysis_apply(struct gmem_analysis *a, const struct gmem_hdr *rec, bool wanted);

/* Call after the last record. */
void gmem_analysis_finish(struct gmem_analysis *a);

/* Sum over all VMs into *sum, which is empty; gmem_seen_free() it. 0 or -ENOMEM. */
int gmem_analysis_total(const struct gmem_analysis *a, struct gmem_seen *sum);
void gmem_seen_free(struct gmem_seen *s);

/*
 * Counters of the kernel for the time that the records cover: exact whatever was lost,
 * but for max_ns, which is since the VM was first seen. False: there are none that fit.
 */
bool gmem_vm_stats_counters(const struct gmem_analysis *a, const struct gmem_vm_stats *vm,
			    struct gmem_counters *c);

#endif /* GMEM_ANALYSIS_H */
