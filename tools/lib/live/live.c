// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/*
 * Live source: passes on the records of the BPF programs, and takes snapshots. Attaches again when
 * KVM is unloaded and loaded.
 */
#include "live/live_parts.h"

#include <bpf/libbpf.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "live/inventory.h"
#include "live/privileges.h"
#include "live/probes.h"

static struct live *to_live(struct gmem_source *s)
{
	return (struct live *)s;
}

/* Interval of checks whether KVM was loaded or unloaded. */
#define LOOK_NS		200000000ULL

/* Capabilities needed to attach again. */
#define CAPS_AGAIN	(GMEM_CAPS_LOAD | GMEM_CAPS_MODULE_TYPES)

/* Emits what is left, and detaches: a vendor module was unloaded, and programs keep kvm.ko loaded. */
static int release_kvm(struct live *l)
{
	int err = live_consume(l);

	if (!err)
		err = live_sync_counters(l, true);
	if (!err)
		err = live_sum_losses(l, &l->before);
	detach(&l->at);
	return err;
}

/* Drops capabilities, except for those needed to attach again where KVM can be unloaded and loaded. */
static int drop_privileges(const struct live *l)
{
	uint64_t keep = l->opts.keep_caps | (l->backing ? GMEM_CAPS_PROCESSES : 0);

	if (l->opts.keep_privileges)
		return 0;
	if (!l->at.skel || l->at.module)
		keep |= CAPS_AGAIN;
	if (l->at.perf)
		keep |= GMEM_CAP(CAP_PERFMON);
	return gmem_privileges_drop(keep);
}

static enum gmem_status attach_again(struct live *l, struct gmem_error *e)
{
	struct gmem_privileges held;
	enum gmem_status status;

	if (gmem_privileges_get(&held) || gmem_privileges_raise(held.permitted & CAPS_AGAIN))
		return GMEM_E_PERMISSION;
	status = attach(&l->at, &l->opts, e);
	if (!l->opts.keep_privileges && gmem_privileges_lower(CAPS_AGAIN)) {
		detach(&l->at);
		return GMEM_E_PERMISSION;
	}
	return status;
}

static int reattach(struct live *l)
{
	struct gmem_error e = { 0 };
	enum gmem_status status = attach_again(l, &e);

	if (status == GMEM_E_PERMISSION)
		return -EPERM;
	/* Other errors may be temporary: the next check tries again. */
	l->probes_emitted = false;
	return 0;
}

/* Attaches or detaches if KVM was loaded or unloaded. */
static int follow_kvm(struct live *l)
{
	uint64_t now = gmem_now_ns();
	int err = 0;

	if ((!l->at.skel || l->at.module) && now - l->looked_ns >= LOOK_NS) {
		l->looked_ns = now;
		if (l->at.skel && !gmem_kvm_is_there())
			err = release_kvm(l);
		else if (!l->at.skel && gmem_kvm_is_there())
			err = reattach(l);
	}
	return err ? err : live_emit_probes(l);
}

/* Budget of scans in one poll: half of its timeout, so that events do not wait for long. */
#define READING_NS(timeout_ms)	((uint64_t)(timeout_ms) * 500000 + 1000000)

/* Interval of verification if no snapshots are taken. */
#define VERIFY_NS	1000000000ULL

/* Sleeps: there are no records while KVM is not loaded. */
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
	if (!n && gmem_now_ns() - l->verified_ns >= VERIFY_NS)
		n = live_check_probes(l);
	if (!n)
		n = live_take_inventory(l, READING_NS(timeout_ms));
	if (n < 0)
		return n;
	/* Programs wake the reader only at a fill level: first read what is there. */
	n = live_consume(l);
	if (!n && !l->nr_records) {
		n = ring_wait(&l->at.ring, timeout_ms);
		if (!n)
			n = live_consume(l);
	}
	return n < 0 ? n : l->nr_records;
}

static int emit_sync(struct live *l)
{
	struct gmem_rec r = {
		.h = { .ts_ns = gmem_now_ns(), .kind = GMEM_SYNC, .size = sizeof(r) },
	};

	return l->fn(l->ctx, &r.h);
}

static int live_sync(struct gmem_source *s, gmem_record_fn fn, void *ctx)
{
	struct live *l = to_live(s);
	int err;

	l->fn = fn;
	l->ctx = ctx;
	err = follow_kvm(l);
	if (!err)
		err = live_sync_all(l);
	return err ? err : emit_sync(l);
}

static size_t live_pending(const struct gmem_source *s)
{
	const struct live *l = (const struct live *)s;

	if (!l->at.inv)
		return 0;
	return inventory_pending(l->at.inv) + (l->backing && !backing_known(l->backing));
}

/* Attaches groups, with CAP_PERFMON if some are on kprobes: perf_event_open() requires it each time. */
static int attach_groups_again(struct live *l, unsigned int groups)
{
	struct gmem_privileges held;
	int err;

	if (!l->at.perf || l->opts.keep_privileges)
		return attach_groups(&l->at, groups);
	err = gmem_privileges_get(&held);
	if (!err)
		err = gmem_privileges_raise(held.permitted & GMEM_CAP(CAP_PERFMON));
	if (err)
		return err;
	err = attach_groups(&l->at, groups);
	return gmem_privileges_lower(GMEM_CAP(CAP_PERFMON)) ? -EPERM : err;
}

static int live_enable(struct gmem_source *s, unsigned int groups)
{
	struct live *l = to_live(s);
	int err;

	l->opts.later |= l->opts.groups;
	l->opts.groups = groups & l->opts.later;
	if (!l->at.skel)
		return 0;	/* these groups are attached when KVM is loaded */
	if (((groups | GMEM_PROBES_BASE) & l->at.loaded) == l->at.groups)
		return 0;
	err = attach_groups_again(l, groups);
	l->probes_emitted = false;
	l->lost_then = UINT64_MAX;	/* emit operations in flight at the next snapshot */
	return err;
}

static const char *live_describe(const struct gmem_source *s)
{
	const struct live *l = (const struct live *)s;

	return l->at.skel ? l->at.probes.set : "none: waiting for KVM";
}

static void live_stop(struct gmem_source *s)
{
	struct live *l = to_live(s);

	if (!l->at.skel)
		return;
	l->stopped_ns = attach_stop(&l->at);
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
	.enable		= live_enable,
	.stop		= live_stop,
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
	status = attach(&l->at, opts, e);
	if (status == GMEM_E_NO_KVM && opts->wait)
		status = GMEM_OK;
	err = status ? 0 : drop_privileges(l);
	if (err)
		status = gmem_fail(e, GMEM_E_FAILED, "Check whether a sandbox or seccomp filter forbids PR_SET_NO_NEW_PRIVS.",
				   "cannot drop capabilities: %s", strerror(-err));
	if (status) {
		live_close(&l->source);
		return status;
	}
	*out = &l->source;
	return GMEM_OK;
}
