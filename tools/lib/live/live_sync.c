// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* The picture at a refresh: counters, losses, what is in flight, pages, holders, and what all that costs. */
#include "live/live_parts.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "bpf/gmem_maps.h"
#include "gmem.skel.h"
#include "live/inventory.h"

/* How often pages are counted, and how long a view may be kept waiting for maps. */
#define REFRESH_NS	1000000000ULL
#define SYNC_READING_NS	50000000ULL

/* How often all processes are looked through, if that takes less than a hundredth of the time. */
#define HOLDERS_NS	3000000000ULL
#define HOLDERS_SHARE	100

static int hand_over_counters(struct live *l, uint64_t vm, const struct gmem_vm_state *v)
{
	struct gmem_counters_rec r = {
		.h = { .ts_ns = gmem_now_ns(), .vm = vm, .kind = GMEM_COUNTERS, .size = sizeof(r) },
		.c = v->c,
	};
	int err = l->at.inv ? inventory_counters(l->at.inv, vm, &v->c) : 0;

	if (!err && l->at.inv && v->changed && !v->c.ended_ns)
		err = inventory_changed(l->at.inv, vm);
	return err ? err : l->fn(l->ctx, &r.h);
}

static int sync_vm(struct live *l, int fd, uint64_t vm)
{
	struct gmem_vm_state v;
	int err;

	if (bpf_map_lookup_elem(fd, &vm, &v))
		return 0;
	err = hand_over_counters(l, vm, &v);
	/* Deleted only now, so that its last counts were seen. */
	if (!err && v.c.ended_ns)
		bpf_map_delete_elem(fd, &vm);
	return err;
}

int live_sync_counters(struct live *l, bool all)
{
	int fd = bpf_map__fd(l->at.skel->maps.vms), err = 0;
	uint64_t vm, next;
	bool more;

	changed_begin(&l->at.changed, all);
	more = !bpf_map_get_next_key(fd, NULL, &next);
	while (more && !err) {
		vm = next;
		/* Before it may be deleted: one that is gone has no next. */
		more = !bpf_map_get_next_key(fd, &vm, &next);
		if (changed_has(&l->at.changed, vm))
			err = sync_vm(l, fd, vm);
	}
	return err;
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

static int tell_lost_cpus(struct live *l)
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
 * Where records tell of begins and ends, only losses make it doubtful what is in flight. It is
 * told once more after the last of them: the begin of an end that was lost may still have waited
 * to be read.
 */
static bool is_doubtful(struct live *l, uint64_t lost)
{
	bool was = l->doubtful;

	l->doubtful = lost != l->lost_then;
	l->lost_then = lost;
	return was || l->doubtful;
}

/* Who leaves begins out asks for it. Phases are told by the end: until then, of the picture. */
static int sync_inflight(struct live *l, uint64_t lost)
{
	bool events = l->at.groups & GMEM_PROBES_EVENTS, doubtful = is_doubtful(l, lost);
	int err;

	if (events && !doubtful && !l->opts.inflight)
		return inflight_tell_phases(&l->at.inflight, gmem_now_ns(), l->fn, l->ctx);
	/* An end that is read later is of a begin that was forgotten: there are to be few. */
	err = events ? live_consume(l) : 0;
	return err ? err : inflight_tell(&l->at.inflight, gmem_now_ns(), l->fn, l->ctx);
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
		err = tell_lost_cpus(l);
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

/* Where there is no room for all of them, the rest is looked for at the next refresh. */
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

/* The same: what there is no room for is refreshed later. */
static int count_pages(struct live *l)
{
	uint64_t end_ns = gmem_now_ns() + SYNC_READING_NS;
	int more, err = 0;

	do {
		more = inventory_refresh(l->at.inv);
		if (more > 0)
			err = live_consume(l);
	} while (more > 0 && !err && gmem_now_ns() < end_ns);
	return more < 0 ? more : err;
}

/* After the ring buffer was emptied. */
static int tell_holders(struct live *l)
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
	err = count_pages(l);
	return !err && now >= l->holders_due_ns ? look_for_holders(l) : err;
}

static void distrust_vm(void *ctx, uint64_t vm)
{
	inventory_distrust_vm(ctx, vm);
}

/*
 * A program that was skipped might have seen any change: all is read, as after a loss. That it was
 * is reported before what is read then.
 */
int live_check_probes(struct live *l)
{
	uint64_t before = l->at.verifier.skipped, since = l->verified_ns;
	struct gmem_lost_rec r = l->before;
	bool skipped = verify_skipped(&l->at) != before;
	int err;

	l->verified_ns = gmem_now_ns();
	if (attach_verify(&l->at))
		l->probes_told = false;
	err = live_emit_probes(l);
	if (!err && skipped)
		err = emit_losses(l, &r);
	/* While a probe is blind all is scanned, again and again; a scan that is under way comes to its end. */
	if (l->at.inv && (skipped || (*l->at.probes.blind && !inventory_pending(l->at.inv))))
		inventory_distrust(l->at.inv);
	if (l->at.inv)
		inflight_find_long(&l->at.inflight, since, l->verified_ns, distrust_vm, l->at.inv);
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
		err = tell_holders(l);
	if (!err)
		err = live_sync_counters(l, false);
	if (!err)
		err = live_read_changed(l, SYNC_READING_NS);
	if (!err)
		err = live_take_inventory(l, SYNC_READING_NS);
	if (!err && l->at.inv)
		err = inventory_emit_behind(l->at.inv, l->fn, l->ctx);
	if (!err)
		err = sync_losses(l);
	return err ? err : sync_cost(l);
}
