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

#include "gmem_find.bpf.h"
#include "gmem_state.bpf.h"

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

#endif /* GMEM_SCAN_BPF_H */
