// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Attaches when KVM is loaded, detaches when it is unloaded, and keeps the capabilities for that. */
#include "live/live_parts.h"

#include "live/privileges.h"
#include "live/probes.h"

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

int live_drop_privileges(const struct live *l)
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
	l->probes_told = false;
	return 0;
}

int live_follow_kvm(struct live *l)
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
