// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/providers.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BTF_DIR "/sys/kernel/btf"
#define NO_TYPES "cannot read the kernel's types from " BTF_DIR "/vmlinux"

const char *const gmem_set_names[GMEM_SETS] = { "tracepoints", "stock", "mixed" };

#define TP(...)	{ GMEM_ON_TRACEPOINT, { __VA_ARGS__ } }
#define FN(...)	{ GMEM_ON_FUNCTION, { __VA_ARGS__ } }
#define EVENT(name, group_, required_, attributes_, ...)				\
	[GMEM_EVENT_##name] = { .group = GMEM_PROBES_##group_, .required = required_,	\
				.attributes = attributes_, .providers = { __VA_ARGS__ } }

/* Programs that keep the file and the cause for functions that are called from there. */
#define AROUND	"stock_release", "stock_release_exit", "stock_fallocate", "stock_fallocate_exit"

/*
 * Providers by event. A begin and an end that have providers of their own pair by thread and VM. The
 * function of an invalidation reports some that open no window, so its begin and end have the same provider.
 */
struct gmem_event_info gmem_events[GMEM_EVENTS] = {
	EVENT(VM_END,		BASE,	true,	false,	FN("on_vm_end")),
	EVENT(STALL,		BASE,	false,	false,	FN("stall_begin", "stall_end")),
	EVENT(CREATE,		BASE,	true,	false,	TP("on_create"), FN("stock_create")),
	EVENT(RELEASE,		BASE,	true,	false,	TP("on_release"), FN("stock_release")),
	EVENT(BIND,		BASE,	true,	false,	TP("on_bind"),
	      FN("stock_bind", "stock_bind_commit"), FN("stock_bind")),
	EVENT(UNBIND,		BASE,	true,	false,	TP("on_unbind"), FN("stock_unbind", "stock_unbind_exit")),
	EVENT(FALLOCATE_BEGIN,	BASE,	true,	false,	TP("on_fallocate_begin"), FN("stock_fallocate")),
	EVENT(FALLOCATE_END,	BASE,	true,	false,	TP("on_fallocate_end"), FN("stock_fallocate_exit")),
	EVENT(ATTRIBUTES_BEGIN,	BASE,	true,	true,	TP("on_attributes_begin"), FN("stock_attributes")),
	EVENT(ATTRIBUTES_END,	BASE,	true,	true,	TP("on_attributes_end"),
	      FN("stock_attributes_exit", "stock_check", "stock_check_exit")),
	EVENT(ATTRIBUTES_PHASE,	PHASES,	false,	true,	TP("on_attributes_phase"),
	      FN("stock_check", "stock_check_exit", "stock_zap", "stock_zap_exit", "stock_mixed")),
	EVENT(WINDOW,		INVALIDATIONS, false, true, FN("stock_window", "stock_window_end")),
	EVENT(INVALIDATE,	INVALIDATIONS, false, false, TP("on_invalidate_begin", "on_invalidate_end"),
	      FN("stock_invalidate", "stock_window_end", AROUND, "stock_memory_error", "stock_memory_error_exit"),
	      FN("stock_invalidate", "stock_window_end", AROUND)),
	EVENT(MEMORY_FAULT,	BASE,	true,	false,	TP("on_memory_fault"), FN("stock_memory_fault")),
	EVENT(MEMORY_ERROR,	BASE,	false,	false,	TP("on_memory_error"), FN("stock_memory_error")),
	EVENT(FAULT_RETRY,	BASE,	false,	false,	TP("on_fault_retry")),
	EVENT(FAULT_BEGIN,	FAULTS,	false,	false,	TP("on_fault_begin"), FN("stock_fault")),
	EVENT(FAULT_END,	FAULTS,	false,	false,	TP("on_fault_end"), FN("stock_fault_exit")),
	EVENT(USER_FAULT_BEGIN,	FAULTS,	false,	false,	TP("on_user_fault_begin"), FN("stock_user_fault")),
	EVENT(USER_FAULT_END,	FAULTS,	false,	false,	TP("on_user_fault_end"), FN("stock_user_fault_exit")),
	EVENT(POPULATE,		FAULTS,	false,	false,	TP("on_populate")),
};

/* Features that say what is missing. Counts of probes that are blind are then unknown, not 0. */
#define LACKS	(GMEM_FEATURE_NO_ATTRIBUTES | GMEM_FEATURE_NO_FALLOCATES | GMEM_FEATURE_NO_MEMORY_FAULTS)

#define BIT(name) GMEM_EVENT_BIT(GMEM_EVENT_##name)

/* Events that a feature needs, or whose absence one of LACKS reports. */
static const struct {
	enum gmem_feature feature;
	uint64_t events;
	bool by_tracepoint;	/* functions do not report it */
} features[] = {
	{ GMEM_FEATURE_PHASES,		BIT(ATTRIBUTES_PHASE), false },
	{ GMEM_FEATURE_FAULTS,		BIT(FAULT_END), false },
	{ GMEM_FEATURE_TOUCHES,		BIT(FAULT_END), true },
	{ GMEM_FEATURE_FREED,		BIT(FALLOCATE_END), true },
	{ GMEM_FEATURE_RETRIES,		BIT(FAULT_RETRY), true },
	{ GMEM_FEATURE_INVALIDATIONS,	BIT(INVALIDATE), false },
	{ GMEM_FEATURE_WINDOWS,		BIT(WINDOW), false },
	{ GMEM_FEATURE_STALLS,		BIT(STALL), false },
	{ GMEM_FEATURE_NO_ATTRIBUTES,	BIT(ATTRIBUTES_BEGIN) | BIT(ATTRIBUTES_END), false },
	{ GMEM_FEATURE_NO_FALLOCATES,	BIT(FALLOCATE_BEGIN) | BIT(FALLOCATE_END), false },
	{ GMEM_FEATURE_NO_MEMORY_FAULTS, BIT(MEMORY_FAULT), false },
};

static struct gmem_probe *probe_of(const char *program)
{
	gmem_for_each_probe(p) {
		if (!strcmp(p->program, program))
			return p;
	}
	return NULL;
}

#define for_each_program(program, p)	\
	for (const char *const *program = (p)->programs; *program; program++)

/* Returns the first target of the provider that was not found, or NULL. */
static const char *lacks(const struct gmem_provider *p)
{
	for_each_program(program, p) {
		const struct gmem_probe *probe = probe_of(*program);

		if (!probe->found)
			return probe->targets[0];
	}
	return NULL;
}

static const struct gmem_provider *provider_of(const struct gmem_event_info *e, enum gmem_attach attach)
{
	for (const struct gmem_provider *p = e->providers; p < e->providers + GMEM_EVENT_PROVIDERS; p++) {
		if (*p->programs && p->attach == attach)
			return p;
	}
	return NULL;
}

const char *gmem_event_lacks(const struct gmem_event_info *e, enum gmem_attach attach)
{
	const struct gmem_provider *p = provider_of(e, attach);

	return p ? lacks(p) : NULL;
}

static const struct gmem_provider *best_provider(const struct gmem_event_info *e, enum gmem_probe_set wish)
{
	for (const struct gmem_provider *p = e->providers; p < e->providers + GMEM_EVENT_PROVIDERS; p++) {
		if (*p->programs && !lacks(p) && (p->attach == GMEM_ON_FUNCTION || wish != GMEM_SET_STOCK))
			return p;
	}
	return NULL;
}

static void choose_all(enum gmem_probe_set wish, bool attributes)
{
	gmem_for_each_probe(p)
		p->groups = 0;
	gmem_for_each_event(e) {
		e->in_use = e->attributes && !attributes ? NULL : best_provider(e, wish);
		if (!e->in_use)
			continue;
		for_each_program(program, e->in_use)
			probe_of(*program)->groups |= e->group;
	}
}

uint64_t gmem_providers_mask(enum gmem_attach attach, unsigned int groups)
{
	uint64_t mask = 0;

	for (int i = 0; i < GMEM_EVENTS; i++) {
		const struct gmem_event_info *e = &gmem_events[i];

		if (e->in_use && e->in_use->attach == attach && (e->group & groups))
			mask |= GMEM_EVENT_BIT(i);
	}
	return mask;
}

/* Returns true if a function is in use although a tracepoint could be. */
static bool is_substituted(const struct gmem_event_info *e)
{
	return e->in_use && e->in_use->attach == GMEM_ON_FUNCTION && provider_of(e, GMEM_ON_TRACEPOINT);
}

/* Returns the kind of all providers in use. */
static enum gmem_probe_set kind_in_use(void)
{
	if (!gmem_providers_mask(GMEM_ON_TRACEPOINT, ~0U))
		return GMEM_SET_STOCK;
	gmem_for_each_event(e) {
		if (is_substituted(e))
			return GMEM_SET_MIXED;
	}
	return GMEM_SET_TRACEPOINTS;
}

static bool is_lacking(const struct gmem_event_info *e, bool attributes)
{
	return e->required && !e->in_use && (attributes || !e->attributes);
}

static const struct gmem_event_info *first_lacking(bool attributes)
{
	gmem_for_each_event(e) {
		if (is_lacking(e, attributes))
			return e;
	}
	return NULL;
}

static const char *first_no_tracepoint(bool attributes)
{
	gmem_for_each_event(e) {
		if ((is_substituted(e) || is_lacking(e, attributes)) && gmem_event_lacks(e, GMEM_ON_TRACEPOINT))
			return gmem_event_lacks(e, GMEM_ON_TRACEPOINT);
	}
	return NULL;
}

static enum gmem_status nothing_to_attach(const struct gmem_choice *c, const struct gmem_event_info *lacking,
					  enum gmem_probe_set wish, struct gmem_error *e)
{
	const char *tracepoint = gmem_event_lacks(lacking, GMEM_ON_TRACEPOINT);
	const char *function = gmem_event_lacks(lacking, GMEM_ON_FUNCTION), *hint = "Boot Linux 6.8 or later, built with guest_memfd.";

	if (c->kernel.module && !gmem_probes_any_found())
		return gmem_fail(e, GMEM_E_NO_PROBES,
				 "Build KVM with CONFIG_DEBUG_INFO_BTF_MODULES=y, which creates " BTF_DIR "/kvm.",
				 "cannot read the types of the module kvm");
	if (tracepoint && wish != GMEM_SET_STOCK)
		return gmem_fail(e, GMEM_E_NO_PROBES, hint, "this kernel has neither tracepoint kvm:%s nor function %s",
				 tracepoint, function);
	return gmem_fail(e, GMEM_E_NO_PROBES, hint, "this kernel has no function %s", function);
}

/* Chooses the providers, after the probes were found. */
static enum gmem_status choose(struct gmem_choice *c, enum gmem_probe_set wish, struct gmem_error *e)
{
	const struct gmem_event_info *lacking;

	choose_all(wish, c->kernel.attributes);
	c->no_tracepoint = first_no_tracepoint(c->kernel.attributes);
	if (wish == GMEM_SET_TRACEPOINTS && c->no_tracepoint)
		return gmem_fail(e, GMEM_E_NO_PROBES,
				 "Boot a kernel with the patches of kernel/ (see kernel/README.md), or omit --probes.",
				 "this kernel has no tracepoint kvm:%s", c->no_tracepoint);
	lacking = first_lacking(c->kernel.attributes);
	if (lacking)
		return nothing_to_attach(c, lacking, wish, e);
	c->set = kind_in_use();
	return GMEM_OK;
}

enum gmem_status gmem_providers_find_in(struct gmem_choice *c, struct btf *vmlinux, enum gmem_probe_set wish,
					struct gmem_error *e)
{
	memset(c, 0, sizeof(*c));
	c->set = GMEM_SETS;
	gmem_probes_find(&c->kernel, vmlinux);
	return choose(c, wish, e);
}

/* The device exists only while a vendor module, such as kvm_amd or kvm_intel, is loaded, too. */
bool gmem_kvm_is_there(void)
{
	return !access("/sys/class/misc/kvm", F_OK) || !access("/dev/kvm", F_OK);
}

enum gmem_status gmem_providers_find(struct gmem_choice *c, enum gmem_probe_set wish, struct gmem_error *e)
{
	enum gmem_status status;
	struct btf *btf;

	memset(c, 0, sizeof(*c));
	c->set = GMEM_SETS;
	if (!gmem_kvm_is_there())
		return gmem_fail(e, GMEM_E_NO_KVM,
				 "Load kvm_amd or kvm_intel (enable virtualization in the firmware first), or start the tool with --wait.",
				 "cannot find KVM on this host: /dev/kvm does not exist");
	btf = btf__parse(BTF_DIR "/vmlinux", NULL);
	if (!btf && (errno == EACCES || errno == EPERM))
		return gmem_fail(e, GMEM_E_PERMISSION, "Check whether a sandbox or a security module forbids to read the file.",
				 NO_TYPES ": %s", strerror(errno));
	if (!btf)
		return gmem_fail(e, GMEM_E_NO_BTF, "Boot a kernel built with CONFIG_DEBUG_INFO_BTF=y.",
				 NO_TYPES ": %s", strerror(errno));
	status = gmem_providers_find_in(c, btf, wish, e);
	btf__free(btf);
	return status;
}

/* Returns true if an earlier program of the provider has the same target. */
static bool is_repeated(const struct gmem_provider *p, const char *const *program)
{
	for (const char *const *earlier = p->programs; earlier < program; earlier++) {
		if (!strcmp(probe_of(*earlier)->found, probe_of(*program)->found))
			return true;
	}
	return false;
}

const char *gmem_provider_targets(char *buf, size_t size, const struct gmem_provider *p)
{
	size_t used = 0;

	*buf = '\0';
	for_each_program(program, p) {
		if (used < size && !is_repeated(p, program))
			used += snprintf(buf + used, size - used, "%s%s", used ? ", " : "", probe_of(*program)->found);
	}
	return buf;
}

bool gmem_event_uses(enum gmem_event event, const char *name)
{
	const struct gmem_provider *p = gmem_events[event].in_use;

	if (!p)
		return false;
	for_each_program(program, p) {
		if (!strcmp(*program, name))
			return true;
	}
	return false;
}

/* Returns true if the event is reported: its group is attached, and no program is blind. */
static bool is_reported(const struct gmem_event_info *e, unsigned int groups)
{
	if (!e->in_use || !(e->group & groups))
		return false;
	for_each_program(program, e->in_use) {
		if (probe_of(*program)->proof == GMEM_PROOF_BLIND)
			return false;
	}
	return true;
}

static bool are_reported(uint64_t events, bool by_tracepoint, unsigned int groups)
{
	for (int i = 0; i < GMEM_EVENTS; i++) {
		const struct gmem_event_info *e = &gmem_events[i];

		if (!(events & GMEM_EVENT_BIT(i)))
			continue;
		if (!is_reported(e, groups) || (by_tracepoint && e->in_use->attach != GMEM_ON_TRACEPOINT))
			return false;
	}
	return true;
}

unsigned int gmem_probes_features(unsigned int groups)
{
	unsigned int mask = groups & GMEM_PROBES_EVENTS ? GMEM_FEATURE_EVENTS : 0;

	for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++) {
		if (are_reported(features[i].events, features[i].by_tracepoint, groups))
			mask |= features[i].feature;
	}
	return mask ^ LACKS;
}
