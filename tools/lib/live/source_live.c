// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * The live source: turns what the BPF programs yield into records, and follows a KVM
 * that is loaded, unloaded and loaded again.
 */
#include "source.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "attach.h"
#include "backing.h"
#include "block.h"
#include "gmem.skel.h"
#include "gmem_maps.h"
#include "identity.h"
#include "privileges.h"
#include "probes.h"

struct live {
	struct gmem_source source;
	struct gmem_live_opts opts;
	struct attachment at;	/* skel is NULL while there is no KVM */
	uint64_t looked_ns;	/* when we looked for one last */
	struct backing *backing;	/* NULL: not wanted */
	bool probes_told;
	uint64_t refreshed_ns;	/* when pages were counted last */
	uint64_t holders_ns;	/* when we began to look for holders, all of whom are in the ring buffer; or 0 */
	uint64_t holders_due_ns;
	gmem_record_fn fn;	/* of the call that is under way */
	void *ctx;
	int nr_cpus;
	int nr_records;		/* handed over by the call that is under way */
	uint64_t until_ns;	/* what is told later can wait */
	uint64_t *lost;		/* one per CPU, to read a per-CPU map into */
	uint64_t lost_then;	/* records, when what is in flight was last told again */
	struct gmem_lost_rec before;	/* lost while attached to a KVM that was unloaded */
};

static struct live *to_live(struct gmem_source *s)
{
	return (struct live *)s;
}

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Ends a look at the ring buffer, of which nothing is lost. */
#define LATER (-ECANCELED)

static int hand_over(struct live *l, struct gmem_hdr *h)
{
	int err;

	if (h->kind == GMEM_RAW_BLOCK)
		return block_tell((struct gmem_raw_block *)h, l->fn, l->ctx);
	err = l->at.inv ? inventory_record(l->at.inv, h) : 0;
	l->nr_records++;
	if (!err && l->backing)
		err = backing_record(l->backing, h);
	if (!err)
		err = l->fn(l->ctx, h);
	if (!err && h->kind == GMEM_VM)
		err = gmem_identity_tell((void *)h, l->fn, l->ctx);
	return err;
}

static int on_record(void *ctx, void *data, size_t size)
{
	struct live *l = ctx;
	struct gmem_hdr *h = data;
	int err = hand_over(l, h);

	(void)size;
	return !err && h->ts_ns > l->until_ns ? LATER : err;
}

/* What is there by now: where more comes than we can read, there is no end to it. 0 or -errno. */
static int consume(struct live *l)
{
	int n;

	l->until_ns = now_ns();
	n = ring_buffer__consume(l->at.rb);
	return n < 0 && n != LATER ? n : 0;
}

/* What all that follows was seen with. */
static int tell_probes(struct live *l)
{
	if (l->probes_told || !l->at.skel)
		return 0;
	l->probes_told = true;
	l->at.probes.h.ts_ns = now_ns();
	return l->fn(l->ctx, &l->at.probes.h);
}

/* Blocks that were marked as changed, for so long; the others the next time. */
static int read_changed(struct live *l, uint64_t budget_ns)
{
	uint64_t end = now_ns() + budget_ns;
	int more = l->at.inv ? 1 : 0, err = 0;

	while (more > 0 && err >= 0 && now_ns() < end) {
		more = inventory_read_changed(l->at.inv);
		err = consume(l);
	}
	return more < 0 ? more : err < 0 ? err : 0;
}

/* Reads what is to be read for so long. What it yields is in the ring buffer, and goes on. */
static int take_inventory(struct live *l, uint64_t budget_ns)
{
	uint64_t end = now_ns() + budget_ns;
	int more = l->at.inv ? 1 : 0, err = 0;

	while (more > 0 && err >= 0 && now_ns() < end) {
		more = inventory_step(l->at.inv);
		if (!more && l->backing)
			more = backing_step(l->backing, l->at.inv, l->fn, l->ctx);
		err = consume(l);
	}
	return more < 0 ? more : err < 0 ? err : 0;
}

/* While a VM is read, half of the time is for that: events must not wait. */
#define READING_NS(timeout_ms)	((uint64_t)(timeout_ms) * 500000 + 1000000)

static int hand_over_counters(struct live *l, uint64_t vm, const struct gmem_vm_state *v)
{
	struct gmem_counters_rec r = {
		.h = { .ts_ns = now_ns(), .vm = vm, .kind = GMEM_COUNTERS, .size = sizeof(r) },
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

/*
 * Of VMs that something happened to since the last time or the time before: a rate becomes 0
 * when nothing did in between, and what was counted while we read is seen at the second time.
 */
static int sync_counters(struct live *l, bool all)
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
		.h = { .ts_ns = now_ns(), .kind = GMEM_LOST_CPU, .size = sizeof(r) },
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

/* Added to what is there. */
static int sum_losses(struct live *l, struct gmem_lost_rec *r)
{
	int err = sum_cpus(l, l->at.skel->maps.lost, GMEM_LOSSES, r->lost);

	return err ? err : sum_cpus(l, l->at.skel->maps.lost_kinds, GMEM_KINDS, r->by_kind);
}

/*
 * Where records tell of begins and ends, only losses make it doubtful what is in flight. Ends
 * that were lost after we counted are told of the next time.
 */
static int sync_inflight(struct live *l, uint64_t lost)
{
	if ((l->at.groups & GMEM_PROBES_EVENTS) && lost == l->lost_then)
		return 0;
	l->lost_then = lost;
	return inflight_tell(&l->at.inflight, now_ns(), l->fn, l->ctx);
}

static int sync_losses(struct live *l)
{
	struct gmem_lost_rec r = l->before;
	int err = l->at.skel ? sum_losses(l, &r) : 0;

	r.h = (struct gmem_hdr){ .ts_ns = now_ns(), .kind = GMEM_LOST, .size = sizeof(r) };
	if (!err)
		err = l->fn(l->ctx, &r.h);
	if (!err && l->at.skel)
		err = tell_lost_cpus(l);
	if (err || !l->at.skel)
		return err;
	return sync_inflight(l, r.lost[GMEM_LOST_RINGBUF]);
}

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int sync_cost(struct live *l)
{
	const struct gmem_scan *scan = &l->at.skel->bss->scan;
	struct gmem_cost_rec r = {
		.h = { .ts_ns = now_ns(), .kind = GMEM_COST, .size = sizeof(r) },
		.cpu_ns = cpu_ns(),
		.scan_runs = scan->runs,
		.scan_ns = scan->run_ns,
		.scan_max_ns = scan->max_run_ns,
	};

	if (l->backing)
		backing_cost(l->backing, &r);
	return l->fn(l->ctx, &r.h);
}

/* How often pages are counted, and how long a view may be kept waiting for maps. */
#define REFRESH_NS	1000000000ULL
#define SYNC_READING_NS	50000000ULL

/* How often all processes are looked through, if that takes less than a hundredth of the time. */
#define HOLDERS_NS	3000000000ULL
#define HOLDERS_SHARE	100

static int look_for_holders(struct live *l)
{
	uint64_t begin_ns, end_ns, pause_ns;
	int all = inventory_holders(l->at.inv, &begin_ns);

	if (all < 0)
		return all;
	end_ns = now_ns();
	pause_ns = (end_ns - begin_ns) * HOLDERS_SHARE;
	l->holders_due_ns = end_ns + (pause_ns > HOLDERS_NS ? pause_ns : HOLDERS_NS);
	l->holders_ns = all ? begin_ns : 0;
	return 0;
}

/* After the ring buffer was emptied. */
static int tell_holders(struct live *l)
{
	uint64_t now = now_ns();
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
	uint64_t now = now_ns();

	if (!l->at.inv || now - l->refreshed_ns < REFRESH_NS)
		return 0;
	l->refreshed_ns = now;
	if (now >= l->holders_due_ns)
		return look_for_holders(l);
	return inventory_refresh(l->at.inv);
}

/* How often we look whether KVM came or went. */
#define LOOK_NS		200000000ULL

/* KVM was unloaded, so no VM is left. As long as we are attached, kvm.ko cannot go. */
static int let_go(struct live *l)
{
	int err = consume(l);

	if (!err)
		err = sync_counters(l, true);
	if (!err)
		err = sum_losses(l, &l->before);
	detach(&l->at);
	return err;
}

/* To attach once more. */
#define CAPS_AGAIN	(GMEM_CAPS_LOAD | GMEM_CAPS_MODULE_TYPES)

/* Where KVM can go and come, we shall have to attach again. 0 or -errno. */
static int drop_privileges(const struct live *l)
{
	uint64_t keep = l->opts.keep_caps | (l->backing ? GMEM_CAPS_PROCESSES : 0);

	if (l->opts.keep_privileges)
		return 0;
	if (!l->at.skel || l->at.module)
		keep |= CAPS_AGAIN;
	return gmem_privileges_drop(keep);
}

static enum gmem_status attach_again(struct live *l, struct gmem_error *e)
{
	struct gmem_privileges held;
	enum gmem_status status;

	if (gmem_privileges_get(&held) || gmem_privileges_raise(held.permitted & CAPS_AGAIN))
		return GMEM_E_PERMISSION;
	status = attach(&l->at, &l->opts, on_record, l, e);
	if (!l->opts.keep_privileges && gmem_privileges_lower(CAPS_AGAIN)) {
		detach(&l->at);
		return GMEM_E_PERMISSION;
	}
	return status;
}

static int come_back(struct live *l)
{
	struct gmem_error e = { 0 };
	enum gmem_status status = attach_again(l, &e);

	if (status == GMEM_E_PERMISSION)
		return -EPERM;
	/* Whatever else is in the way may be gone the next time. */
	l->probes_told = false;
	return 0;
}

static int follow_kvm(struct live *l)
{
	uint64_t now = now_ns();
	int err = 0;

	if ((!l->at.skel || l->at.module) && now - l->looked_ns >= LOOK_NS) {
		l->looked_ns = now;
		if (l->at.skel && !gmem_kvm_is_there())
			err = let_go(l);
		else if (!l->at.skel && gmem_kvm_is_there())
			err = come_back(l);
	}
	return err ? err : tell_probes(l);
}

/* Nothing comes while there is no KVM. */
static int wait_for_kvm(int timeout_ms)
{
	return poll(NULL, 0, timeout_ms) ? -errno : 0;
}

static int live_poll(struct gmem_source *s, int timeout_ms, gmem_record_fn fn, void *ctx)
{
	struct live *l = to_live(s);
	int n;

	l->fn = fn;
	l->ctx = ctx;
	l->nr_records = 0;
	n = follow_kvm(l);
	if (!n && !l->at.skel)
		return wait_for_kvm(timeout_ms);
	if (!n)
		n = take_inventory(l, READING_NS(timeout_ms));
	if (n < 0)
		return n;
	/* The programs wake us only when much waits: look at what there is first. */
	n = consume(l);
	if (!n && !l->nr_records) {
		l->until_ns = now_ns() + (uint64_t)timeout_ms * 1000000;
		n = ring_buffer__poll(l->at.rb, timeout_ms);
		if (!n)
			n = consume(l);
	}
	return n < 0 && n != LATER ? n : l->nr_records;
}

static int tell_sync(struct live *l)
{
	struct gmem_rec r = {
		.h = { .ts_ns = now_ns(), .kind = GMEM_SYNC, .size = sizeof(r) },
	};

	return l->fn(l->ctx, &r.h);
}

static int sync_all(struct live *l)
{
	int err;

	err = follow_kvm(l);
	if (!err && !l->at.skel)
		return sync_losses(l);
	if (!err)
		err = refresh_pages(l);
	if (!err)
		err = consume(l);
	if (!err)
		err = tell_holders(l);
	if (!err)
		err = sync_counters(l, false);
	if (!err)
		err = read_changed(l, SYNC_READING_NS);
	if (!err)
		err = take_inventory(l, SYNC_READING_NS);
	if (!err)
		err = sync_losses(l);
	return err ? err : sync_cost(l);
}

static int live_sync(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	struct live *l = to_live(s);
	int err;

	l->fn = fn;
	l->ctx = ctx;
	err = sync_all(l);
	return err ? err : tell_sync(l);
}

static size_t live_pending(const struct gmem_source *s)
{
	const struct live *l = (const struct live *)s;

	if (!l->at.inv)
		return 0;
	return inventory_pending(l->at.inv) + (l->backing && !backing_known(l->backing));
}

static int live_want(struct gmem_source *s, unsigned int groups)
{
	struct live *l = to_live(s);
	int err;

	l->opts.later |= l->opts.groups;
	l->opts.groups = groups & l->opts.later;
	if (!l->at.skel)
		return 0;	/* it will be so when there is a KVM */
	if (((groups | GMEM_PROBES_BASE) & l->at.loaded) == l->at.groups)
		return 0;
	err = attach_groups(&l->at, groups);
	l->probes_told = false;
	l->lost_then = UINT64_MAX;	/* what was in flight was told otherwise */
	return err;
}

static const char *live_describe(const struct gmem_source *s)
{
	const struct live *l = (const struct live *)s;

	return l->at.skel ? l->at.probes.set : "none: waiting for KVM";
}

static void live_close(struct gmem_source *s)
{
	struct live *l = to_live(s);

	detach(&l->at);
	backing_free(l->backing);
	free(l->lost);
	free(l);
}

static const struct gmem_source_ops live_ops = {
	.poll		= live_poll,
	.sync		= live_sync,
	.describe	= live_describe,
	.pending	= live_pending,
	.want		= live_want,
	.close		= live_close,
};

enum gmem_status gmem_live_open(struct gmem_source **out, const struct gmem_live_opts *opts,
				struct gmem_error *e)
{
	struct live *l = calloc(1, sizeof(*l));
	enum gmem_status status;
	int err;

	if (l)
		l->lost = calloc(libbpf_num_possible_cpus(), sizeof(*l->lost));
	if (l && opts->backing_ns)
		l->backing = backing_new(opts->backing_ns);
	if (!l || !l->lost || (opts->backing_ns && !l->backing)) {
		if (l)
			free(l->lost);
		free(l);
		return gmem_fail(e, GMEM_E_FAILED, NULL, "out of memory");
	}
	l->source.ops = &live_ops;
	l->opts = *opts;
	l->nr_cpus = libbpf_num_possible_cpus();
	status = attach(&l->at, opts, on_record, l, e);
	if (status == GMEM_E_NO_KVM && opts->wait)
		status = GMEM_OK;
	err = status ? 0 : drop_privileges(l);
	if (err)
		status = gmem_fail(e, GMEM_E_FAILED, "Is setting no_new_privs forbidden here?",
				   "cannot drop capabilities: %s", strerror(-err));
	if (status) {
		live_close(&l->source);
		return status;
	}
	*out = &l->source;
	return GMEM_OK;
}
