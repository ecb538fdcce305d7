/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Analysis of a stream of records: latency by direction, size and phase, stalls, windows and
 * retries, first touches, hot ranges, pages that were not discarded, the longest operations.
 * Pure, like the model: it changes only by applying a record, and uses no clock, no file and no
 * terminal. Memory grows with VMs and extents, not with events.
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

#define GMEM_HOT_FOLLOWED	256	/* hot ranges followed for each VM */

/* Sums over recorded operations. */
struct gmem_op_sum {
	uint64_t count;
	uint64_t bytes;
	uint64_t total_ns;
};

/* Outcome of the operations of one kind. Each has succeeded or failed. */
struct gmem_outcome {
	uint64_t succeeded;
	uint64_t failed;
	uint64_t unchanged;	/* succeeded without changing anything; only where the probes report it */
	uint64_t untimed;	/* succeeded, but the begin was missed: in no distribution */
};

/* Invalidation windows of one kind, and the faults that were retried because of them. */
struct gmem_window_sum {
	uint64_t retries;
	uint64_t with_retries;	/* windows with at least one */
	uint64_t max_retries;	/* most in one window, whose range follows */
	uint64_t max_start;	/* gfn, or pgoff */
	uint64_t max_end;
};

/* Results for a VM, or for all. Distributions without values are NULL. */
struct gmem_seen {
	uint64_t by_kind[GMEM_KINDS];
	struct gmem_dist *dist[GMEM_SERIES][GMEM_DIRECTIONS];	/* [0] if not directed */
	struct gmem_dist *by_class[GMEM_CLASSES][GMEM_DIRECTIONS];	/* conversions */
	struct gmem_op_sum size[GMEM_CLASSES][GMEM_DIRECTIONS];
	struct gmem_op_sum origin[GMEM_ORIGINS][GMEM_DIRECTIONS];
	struct gmem_op_sum stall_origin[GMEM_ORIGINS][GMEM_DIRECTIONS];
	struct gmem_outcome outcome[GMEM_OPERATIONS];
	uint64_t unchanged[GMEM_DIRECTIONS];
	uint64_t failed[GMEM_DIRECTIONS];
	uint64_t unchanged_stalls[GMEM_DIRECTIONS];	/* stalls without a conversion */
	struct gmem_window_sum window;		/* of conversions */
	struct gmem_window_sum invalidate;	/* of guest_memfd */
	uint64_t retries_outside;		/* whose window was not seen */
	uint64_t prepare_ns;			/* of faults, in architecture code */
	uint64_t touched_pages;
	uint64_t touched_again_pages;
	uint64_t huge_faults;			/* that allocated more than a page */
	uint64_t saved_faults;			/* one for each other page that these allocated */
};

struct gmem_open_window;

/* Results of a VM. If KVM is reloaded and reuses a number, that is another VM. */
struct gmem_vm_stats {
	uint64_t id;
	uint32_t pid;
	char comm[GMEM_COMM_LEN];
	char name[GMEM_NAME_LEN];
	uint64_t begin_ns;		/* first record */
	uint64_t end_ns;		/* 0: alive at the end of the records */
	bool map_known;			/* false: its slots and private ranges are unknown */
	uint64_t slot_bytes;		/* most that were bound at once */
	bool has_counters;
	struct gmem_counters now;	/* last record; of a live VM, equal to the model's */
	struct gmem_counters base;	/* before the first event */
	struct gmem_seen seen;
	struct gmem_hot *hot;
	struct gmem_ranges left;	/* gfns made shared, with a private side not discarded yet */
	uint64_t left_max_pages;	/* most at once */
	struct gmem_ranges emptied;	/* gfns whose private side was discarded and not filled since */
	struct gmem_ranges untouched;	/* gfns made private and not faulted in since */
	enum gmem_known double_backed_known[GMEM_SIDES];	/* of the following: last page scan with a result */
	struct gmem_double_backed double_backed;	/* at the last page scan; see backing_ns of the model */
	struct gmem_double_backed double_backed_max;

	struct gmem_open_window *windows;
	size_t nr_windows;
	bool any_event;

	struct gmem_vm_stats *next;	/* in order of first record */
	UT_hash_handle hh;
};

/* Called for every value that goes into a distribution. */
typedef void (*gmem_value_fn)(void *ctx, const struct gmem_vm_stats *vm, enum gmem_series_id series,
			      enum gmem_direction direction, uint64_t pages, uint64_t ns);

struct gmem_analysis {
	struct gmem_model *model;
	struct gmem_vm_stats *vms;	/* in order of first record */
	struct gmem_vm_stats **vms_end;
	struct gmem_vm_stats *by_id;	/* uthash */
	struct gmem_vm_stats *last;	/* VM of the last record */
	size_t nr_vms;
	__u64 first_ns;			/* from gmem_first_ns() */
	uint64_t begin_ns;		/* first and last event */
	uint64_t end_ns;
	uint64_t nr_events;		/* counted events */
	bool backing_new;		/* a page scan has ended, and no refresh came since */
	bool filtered;			/* events were left out: the kernel's counters do not match */
	char probes[16];		/* probe set; "": unknown */
	struct gmem_timebins time;
	struct gmem_longest longest[GMEM_LONG_KINDS];
	gmem_value_fn on_value;		/* or NULL */
	void *ctx;
};

/* Returns NULL if out of memory. */
struct gmem_analysis *gmem_analysis_new(void);
void gmem_analysis_free(struct gmem_analysis *a);

/*
 * Applies a record. @selected: count the event, or use the data on the VM; the model applies all
 * records. Returns 0 or -errno like gmem_model_apply(), but skips a record that is too short, as
 * recordings may contain any.
 */
int gmem_analysis_apply(struct gmem_analysis *a, const struct gmem_hdr *rec, bool selected);

/* Completes the analysis after the last record. */
void gmem_analysis_finish(struct gmem_analysis *a);

/* Adds all VMs to @sum, an empty one; release it by gmem_seen_free(). Returns 0 or -ENOMEM. */
int gmem_analysis_total(const struct gmem_analysis *a, struct gmem_seen *sum);
void gmem_seen_free(struct gmem_seen *s);

/*
 * Sets @c to the kernel's counters for the time that the records cover: exact even when records
 * were lost, except max_ns, which is since the VM was first seen. Returns false if there are none
 * for exactly the counted events.
 */
bool gmem_vm_stats_counters(const struct gmem_analysis *a, const struct gmem_vm_stats *vm,
			    struct gmem_counters *c);

#endif /* GMEM_ANALYSIS_H */
