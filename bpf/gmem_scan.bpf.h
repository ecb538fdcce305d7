/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Scans of kernel memory: state from before the tool was attached, and state that became stale.
 *
 * Records of a scan go through the same ring buffer as events, and room for each is reserved before
 * anything is read. A change whose record comes earlier was made before the read, so the scan sees it.
 * A change that comes later has its record after the scan's, and is applied on top of it. A reader
 * that applies all records in order therefore ends with the right state.
 *
 * Programs start from struct kvm, whose address they keep from the first sight of the VM, so it does not
 * matter which process has it open. All reads are probes: objects that may be freed meanwhile are
 * checked after they were read, and before the record is submitted.
 */
#ifndef GMEM_SCAN_BPF_H
#define GMEM_SCAN_BPF_H

#include "gmem_find.bpf.h"
#include "gmem_state.bpf.h"

/* Progress of the scan and of the pass: set by user space before a run, and read back after it. */
struct gmem_scan scan;
struct gmem_pass pass;

struct gmem_scan_cost scan_cost;

static __always_inline bool scan_time_is_over(__u64 begin_ns)
{
	return bpf_ktime_get_ns() - begin_ns > scan_cost.budget_ns;
}

static __always_inline void scan_run_ends(__u64 begin_ns)
{
	__u64 ns = bpf_ktime_get_ns() - begin_ns;

	scan_cost.runs++;
	scan_cost.run_ns += ns;
	if (ns > scan_cost.max_run_ns)
		scan_cost.max_run_ns = ns;
}

/* Reserves a record. Returns NULL if there is no room: the record is not lost, a later run emits it. */
static __always_inline void *scan_reserve(__u64 size)
{
	void *r = bpf_ringbuf_reserve(&records, size, 0);

	if (!r)
		scan_cost.no_room++;
	return r;
}

/* Emits a record. Returns false if there is no room. */
static __always_inline bool scan_emit(__u64 vm, __u16 kind, const struct gmem_rec *body)
{
	struct gmem_rec *r = scan_reserve(sizeof(*r));

	if (!r)
		return false;
	*r = *body;
	fill_hdr(&r->h, vm, kind, sizeof(*r), bpf_ktime_get_ns());
	submit(r);
	return true;
}

#endif /* GMEM_SCAN_BPF_H */
