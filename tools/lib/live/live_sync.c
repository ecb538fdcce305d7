// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Snapshots at a refresh: counters, losses, operations in flight, pages, holders, and the cost of the tool.
 */
#include "live/live_parts.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "abi/kinds.h"
#include "bpf/gmem_maps.h"
#include "gmem.skel.h"
#include "live/block.h"
#include "live/host.h"
#include "live/inventory.h"
#include "live/vmname.h"

/* Interval of page counts, and limit of each kind of scan in a snapshot, for which the view waits. */
#define REFRESH_NS	1000000000ULL
#define SYNC_READING_NS	50000000ULL

/* Least pause between passes for holders, and its ratio to the time that the last pass took. */
#define HOLDERS_NS	3000000000ULL
#define HOLDERS_SHARE	100

/* Takes a step. Returns 1 if there is more to do, 0 if not, or -errno. */
static int blocks_step(struct live *l)
{
	return inventory_scan_blocks(l->at.inv);
}

static int inventory_and_backing_step(struct live *l)
{
	int more = inventory_step(l->at.inv);

	return !more && l->backing ? backing_step(l->backing, l->at.inv, l->fn, l->ctx) : more;
}

static int refresh_step(struct live *l)
{
	return inventory_refresh(l->at.inv);
}

/* Takes steps for @budget_ns, and passes on their records; the rest at the next call. */
static int take_steps(struct live *l, int (*step)(struct live *l), uint64_t budget_ns)
{
	uint64_t end = gmem_now_ns() + budget_ns;
	int more = l->at.inv ? 1 : 0, err = 0;

	while (more > 0 && !err && gmem_now_ns() < end) {
		more = step(l);
		err = live_consume(l);
	}
	return more < 0 ? more : err;
}

int live_take_inventory(struct live *l, uint64_t budget_ns)
{
	return take_steps(l, inventory_and_backing_step, budget_ns);
}

static int emit_counters(struct live *l, uint64_t vm, const struct gmem_vm_state *v)
{
	struct gmem_counters_rec r = {
		.h = { .ts_ns = gmem_now_ns(), .vm = vm, .kind = GMEM_COUNTERS, .size = sizeof(r) },
		.c = v->c,
	};
	int err = l->at.inv ? inventory_counters(l->at.inv, vm, &v->c) : 0;

	if (!err && l->at.inv && v->changed && !v->c.ended_ns)
		err = inventory_mark_blocks(l->at.inv, vm);
	return err ? err : l->fn(l->ctx, &r.h);
}

static void forget_vm(struct live *l, uint64_t vm)
{
	bpf_map_delete_elem(bpf_map__fd(l->at.skel->maps.vm_homes), &vm);
}

/* Clears the place of a VM that ended, then frees it. */
static void clear_place(struct gmem_vm_state *v)
{
	memset(v, 0, offsetof(struct gmem_vm_state, vm));
	__atomic_store_n(&v->vm, 0, __ATOMIC_RELEASE);
	__atomic_store_n(&v->claim, 0, __ATOMIC_RELEASE);
}

static int sync_place(struct live *l, struct gmem_vm_state *v)
{
	uint64_t vm = __atomic_load_n(&v->vm, __ATOMIC_ACQUIRE);
	bool ended = *(volatile __u64 *)&v->c.ended_ns;
	int err;

	if (!vm || !active_has(&l->at.active, vm))
		return 0;
	err = emit_counters(l, vm, v);
	/* Only after its last counters were emitted. */
	if (!err && ended) {
		forget_vm(l, vm);
		clear_place(v);
	}
	return err;
}

static int sync_overflow(struct live *l, int fd, uint64_t vm)
{
	struct gmem_vm_state v;
	int err;

	if (bpf_map_lookup_elem(fd, &vm, &v))
		return 0;
	err = emit_counters(l, vm, &v);
	if (!err && v.c.ended_ns) {
		forget_vm(l, vm);
		bpf_map_delete_elem(fd, &vm);
	}
	return err;
}

static int sync_overflows(struct live *l)
{
	int fd = bpf_map__fd(l->at.skel->maps.vms_overflow), err = 0;
	uint64_t vm, next;
	bool more;

	if (!*(volatile __u64 *)&l->at.skel->bss->overflowed_vms)
		return 0;
	more = !bpf_map_get_next_key(fd, NULL, &next);
	while (more && !err) {
		vm = next;
		/* Get the next key before the entry may be deleted. */
		more = !bpf_map_get_next_key(fd, &vm, &next);
		if (active_has(&l->at.active, vm))
			err = sync_overflow(l, fd, vm);
	}
	return err;
}

int live_sync_counters(struct live *l, bool all)
{
	struct gmem_vm_state *vms = l->at.skel->bss->vms;
	int err = 0;

	active_begin(&l->at.active, all);
	for (int i = 0; !err && i < VM_PLACES; i++)
		err = sync_place(l, &vms[i]);
	return err ? err : sync_overflows(l);
}

static int sum_cpus(struct live *l, struct bpf_map *map, uint32_t nr, __u64 *sums)
{
	for (uint32_t key = 0; key < nr; key++) {
		if (bpf_map_lookup_elem(bpf_map__fd(map), &key, l->lost))
			return -errno;
		for (int cpu = 0; cpu < l->nr_cpus; cpu++)
			sums[key] += l->lost[cpu];
	}
	return 0;
}

static int emit_lost_cpus(struct live *l)
{
	struct gmem_lost_cpu_rec r = {
		.h = { .ts_ns = gmem_now_ns(), .kind = GMEM_LOST_CPU, .size = sizeof(r) },
	};
	uint32_t reason = GMEM_LOST_RINGBUF;
	int err = 0;

	if (bpf_map_lookup_elem(bpf_map__fd(l->at.skel->maps.lost), &reason, l->lost))
		return -errno;
	for (int cpu = 0; !err && cpu < l->nr_cpus; cpu++) {
		r.h.cpu = cpu;
		r.lost = l->lost[cpu];
		if (r.lost)
			err = l->fn(l->ctx, &r.h);
	}
	return err;
}

int live_sum_losses(struct live *l, struct gmem_lost_rec *r)
{
	int err = sum_cpus(l, l->at.skel->maps.lost, GMEM_LOSSES, r->lost);

	r->lost[GMEM_LOST_SKIPPED] += l->at.verifier.skipped;
	return err ? err : sum_cpus(l, l->at.skel->maps.lost_kinds, GMEM_KINDS, r->by_kind);
}

/*
 * Returns true if operations in flight must be emitted again, because records were lost since the last
 * snapshot or the one before. Twice, because the begin of an operation whose end was lost may still
 * have been unread in the ring buffer at the first snapshot.
 */
static bool inflight_is_doubtful(struct live *l, uint64_t lost)
{
	bool was = l->doubtful;

	l->doubtful = lost != l->lost_then;
	l->lost_then = lost;
	return was || l->doubtful;
}

/*
 * Emits operations in flight if begins are not emitted, are in doubt, or the caller requested it. Otherwise
 * only phases of conversions in flight: their records come with the end.
 */
static int sync_inflight(struct live *l, uint64_t lost)
{
	bool events = l->at.groups & GMEM_PROBES_EVENTS, doubtful = inflight_is_doubtful(l, lost);
	int err;

	if (events && !doubtful && !l->opts.inflight)
		return inflight_emit_phases(&l->at.inflight, gmem_now_ns(), l->fn, l->ctx);
	/* Read pending ends first: the snapshot does not repeat what has ended, and GMEM_SYNC drops it. */
	err = events ? live_consume(l) : 0;
	return err ? err : inflight_emit(&l->at.inflight, gmem_now_ns(), live_pass_on, l);
}

static int emit_losses(struct live *l, struct gmem_lost_rec *r)
{
	int err = l->at.skel ? live_sum_losses(l, r) : 0;

	r->h = (struct gmem_hdr){ .ts_ns = gmem_now_ns(), .kind = GMEM_LOST, .size = sizeof(*r) };
	return err ? err : l->fn(l->ctx, &r->h);
}

static int sync_losses(struct live *l)
{
	struct gmem_lost_rec r = l->before;
	int err = emit_losses(l, &r);

	if (!err && l->at.skel)
		err = emit_lost_cpus(l);
	if (err || !l->at.skel)
		return err;
	return sync_inflight(l, r.lost[GMEM_LOST_RINGBUF]);
}

static int sync_cost(struct live *l)
{
	const struct gmem_scan_cost *scan = &l->at.skel->bss->scan_cost;
	struct gmem_cost_rec r = {
		.h = { .ts_ns = gmem_now_ns(), .kind = GMEM_COST, .size = sizeof(r) },
		.cpu_ns = gmem_clock_ns(CLOCK_PROCESS_CPUTIME_ID),
		.scan_runs = scan->runs,
		.scan_ns = scan->run_ns,
		.scan_max_ns = scan->max_run_ns,
	};

	if (l->backing)
		backing_cost(l->backing, &r);
	return l->fn(l->ctx, &r.h);
}

/* Continues or starts a pass for holders. Without room or time for all, the next refresh continues it. */
static int look_for_holders(struct live *l)
{
	uint64_t end_ns = gmem_now_ns() + SYNC_READING_NS, begin_ns, pause_ns;
	int all, err = 0;

	do {
		all = inventory_holders(l->at.inv, &begin_ns);
		if (all < 0)
			return all;
		if (!all)
			err = live_consume(l);
	} while (!all && !err && gmem_now_ns() < end_ns);
	if (!all || err)
		return err;
	end_ns = gmem_now_ns();
	pause_ns = (end_ns - begin_ns) * HOLDERS_SHARE;
	l->holders_due_ns = end_ns + (pause_ns > HOLDERS_NS ? pause_ns : HOLDERS_NS);
	l->holders_ns = begin_ns;
	return 0;
}

/* Emits GMEM_HOLDERS after a complete pass. The caller has emptied the ring buffer of its holders. */
static int emit_holders(struct live *l)
{
	uint64_t now = gmem_now_ns();
	struct gmem_rec r = {
		.h = { .ts_ns = now, .kind = GMEM_HOLDERS, .size = sizeof(r) },
		.dur_ns = now - l->holders_ns,
	};

	if (!l->holders_ns)
		return 0;
	l->holders_ns = 0;
	return l->fn(l->ctx, &r.h);
}

static int refresh_pages(struct live *l)
{
	uint64_t now = gmem_now_ns();
	int err;

	if (!l->at.inv || now - l->refreshed_ns < REFRESH_NS)
		return 0;
	l->refreshed_ns = now;
	err = take_steps(l, refresh_step, SYNC_READING_NS);
	return !err && now >= l->holders_due_ns ? look_for_holders(l) : err;
}

int live_emit_probes(struct live *l)
{
	struct gmem_probes_rec r;

	if (l->probes_emitted || !l->at.skel)
		return 0;
	l->probes_emitted = true;
	r = l->at.probes;
	if (l->backing)
		r.features |= GMEM_FEATURE_BACKING;
	if (!gmem_host_sees_all_pids(""))
		r.features |= GMEM_FEATURE_OTHER_PIDS;
	return l->fn(l->ctx, &r.h);
}

/*
 * A skipped program may have missed any change: all VMs are scanned, as after a loss. The loss is emitted
 * before the results of these scans.
 */
int live_check_probes(struct live *l)
{
	uint64_t before = l->at.verifier.skipped, since = l->verified_ns;
	struct gmem_lost_rec r = l->before;
	bool skipped = verify_skipped(&l->at) != before;
	int err;

	l->verified_ns = gmem_now_ns();
	if (attach_verify(&l->at))
		l->probes_emitted = false;
	err = live_emit_probes(l);
	if (!err && skipped)
		err = emit_losses(l, &r);
	/* While a probe is blind, all VMs are scanned again each time the scans before are complete. */
	if (l->at.inv && (skipped || (*l->at.probes.blind && !inventory_pending(l->at.inv))))
		inventory_mark_stale(l->at.inv);
	if (l->at.inv)
		inflight_find_long(&l->at.inflight, since, l->verified_ns, inventory_mark_stale_vm,
				   l->at.inv);
	return err;
}

int live_sync_all(struct live *l)
{
	int err;

	if (!l->at.skel)
		return sync_losses(l);
	err = live_check_probes(l);
	if (!err)
		err = refresh_pages(l);
	if (!err)
		err = live_consume(l);
	if (!err)
		err = emit_holders(l);
	if (!err)
		err = live_sync_counters(l, false);
	if (!err)
		err = take_steps(l, blocks_step, SYNC_READING_NS);
	if (!err)
		err = live_take_inventory(l, SYNC_READING_NS);
	if (!err && l->at.inv)
		err = inventory_emit_behind(l->at.inv, l->fn, l->ctx);
	if (!err)
		err = sync_losses(l);
	return err ? err : sync_cost(l);
}
