/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The inventory: what there was before anybody looked, and again what became doubtful.
 *
 * Its records go through the ring buffer that the events go through, and room for each
 * is reserved before anything is read. A change that was told before the record has been
 * made by then, so it is read; one that comes later is told after the record, and is
 * applied on top of it. Whoever applies all records in their order is right at the end.
 *
 * Programs start from struct kvm, whose address they have kept since they met the VM first, so
 * it does not matter which process has it open. All reads are probes: what may be freed meanwhile
 * is checked after it was read, and before the record is submitted.
 */
#ifndef GMEM_SCAN_BPF_H
#define GMEM_SCAN_BPF_H

#include "gmem_find.bpf.h"
#include "gmem_state.bpf.h"

/* Set by user space before a run, and read back after it. */
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

/* NULL: no room. A record of a scan is not lost then, but emitted later. */
static __always_inline void *scan_reserve(__u64 size)
{
	void *r = bpf_ringbuf_reserve(&records, size, 0);

	if (!r)
		scan_cost.no_room++;
	return r;
}

/* Returns false if there is no room. */
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
