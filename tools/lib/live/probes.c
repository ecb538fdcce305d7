// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "probes.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BTF_DIR "/sys/kernel/btf"

const char *const gmem_set_names[GMEM_SETS] = { "tracepoints", "stock" };

#define TP(name, group, required)						\
	{ "on_" name, GMEM_SET_TRACEPOINTS, GMEM_ON_TRACEPOINT,			\
	  { "kvm_gmem_" name, NULL }, GMEM_PROBES_##group, required, NULL }
#define FN(program, function, other, group, required)				\
	{ program, GMEM_SET_STOCK, GMEM_ON_FUNCTION,				\
	  { function, other }, GMEM_PROBES_##group, required, NULL }

struct gmem_probe gmem_probes[] = {
	{ "on_vm_end", GMEM_SET_ANY, GMEM_ON_FUNCTION, { "kvm_arch_destroy_vm", NULL },
	  GMEM_PROBES_BASE, true, NULL },

	{ "stall_begin", GMEM_SET_ANY, GMEM_ON_FUNCTION, { "kvm_arch_vcpu_ioctl_run", NULL },
	  GMEM_PROBES_BASE, false, NULL },
	{ "stall_end", GMEM_SET_ANY, GMEM_ON_FUNCTION, { "kvm_arch_vcpu_ioctl_run", NULL },
	  GMEM_PROBES_BASE, false, NULL },

	TP("create",			BASE,	true),
	TP("release",			BASE,	true),
	TP("bind",			BASE,	true),
	TP("unbind",			BASE,	true),
	TP("fallocate_begin",		BASE,	true),
	TP("fallocate_end",		BASE,	true),
	TP("invalidate_begin",		INVALIDATIONS, true),
	TP("invalidate_end",		INVALIDATIONS, true),
	TP("attributes_begin",		BASE,	true),
	TP("attributes_end",		BASE,	true),
	TP("memory_fault",		BASE,	true),
	TP("memory_error",		BASE,	false),
	TP("fault_retry",		BASE,	false),
	TP("attributes_phase",		PHASES,	false),
	TP("fault_begin",		FAULTS,	false),
	TP("fault_end",			FAULTS,	false),
	TP("user_fault_begin",		FAULTS,	false),
	TP("user_fault_end",		FAULTS,	false),
	TP("populate_begin",		FAULTS,	false),
	TP("populate_end",		FAULTS,	false),

	FN("stock_create",		"kvm_gmem_create", NULL,		BASE,	true),
	FN("stock_release",		"kvm_gmem_release", NULL,		BASE,	true),
	FN("stock_release_exit",	"kvm_gmem_release", NULL,		BASE,	true),
	FN("stock_bind",		"kvm_gmem_bind", "kvm_gmem_prepare_memory_region",
										BASE,	true),
	FN("stock_bind_commit",		"kvm_gmem_commit_memory_region", NULL,	BASE,	false),
	FN("stock_unbind",		"kvm_gmem_unbind", NULL,		BASE,	true),
	FN("stock_unbind_exit",		"kvm_gmem_unbind", NULL,		BASE,	true),
	FN("stock_fallocate",		"kvm_gmem_fallocate", NULL,		BASE,	true),
	FN("stock_fallocate_exit",	"kvm_gmem_fallocate", NULL,		BASE,	true),
	FN("stock_memory_error",	"kvm_gmem_error_folio", NULL,		BASE,	false),
	FN("stock_memory_error_exit",	"kvm_gmem_error_folio", NULL,		BASE,	false),
	FN("stock_invalidate",		"kvm_gmem_invalidate_begin", "__kvm_gmem_invalidate_start",
									INVALIDATIONS,	false),
	FN("stock_window",		"kvm_arch_pre_set_memory_attributes", NULL,
									INVALIDATIONS,	false),
	FN("stock_window_end",		"kvm_mmu_invalidate_end", NULL,	INVALIDATIONS,	false),
	FN("stock_attributes",		"kvm_vm_ioctl", NULL,			BASE,	true),
	FN("stock_attributes_exit",	"kvm_vm_ioctl", NULL,			BASE,	true),
	FN("stock_check",		"kvm_range_has_memory_attributes", NULL, BASE,	true),
	FN("stock_check_exit",		"kvm_range_has_memory_attributes", NULL, BASE,	true),
	FN("stock_zap",			"kvm_arch_pre_set_memory_attributes", NULL, PHASES, false),
	FN("stock_zap_exit",		"kvm_arch_pre_set_memory_attributes", NULL, PHASES, false),
	FN("stock_mixed",		"kvm_arch_post_set_memory_attributes", NULL, PHASES, false),
	FN("stock_memory_fault",	"kvm_arch_vcpu_ioctl_run", NULL,	BASE,	true),
	FN("stock_fault",		"kvm_gmem_get_pfn", NULL,		FAULTS,	false),
	FN("stock_fault_exit",		"kvm_gmem_get_pfn", NULL,		FAULTS,	false),
	FN("stock_user_fault",		"kvm_gmem_fault_user_mapping", NULL,	FAULTS,	false),
	FN("stock_user_fault_exit",	"kvm_gmem_fault_user_mapping", NULL,	FAULTS,	false),
};

const size_t gmem_nr_probes = sizeof(gmem_probes) / sizeof(*gmem_probes);

/* What a feature needs: all of these programs, of the set that is used. */
static const struct {
	enum gmem_feature feature;
	const char *programs[2];
} features[] = {
	{ GMEM_FEATURE_PHASES,	{ "on_attributes_phase", NULL } },
	{ GMEM_FEATURE_PHASES,	{ "stock_zap", "stock_mixed" } },
	{ GMEM_FEATURE_FAULTS,	{ "on_fault_end", NULL } },
	{ GMEM_FEATURE_FAULTS,	{ "stock_fault_exit", NULL } },
	{ GMEM_FEATURE_TOUCHES,	{ "on_fault_end", NULL } },
	{ GMEM_FEATURE_FREED,	{ "on_fallocate_end", NULL } },
	{ GMEM_FEATURE_RETRIES,	{ "on_fault_retry", NULL } },
	{ GMEM_FEATURE_INVALIDATIONS, { "on_invalidate_end", NULL } },
	{ GMEM_FEATURE_INVALIDATIONS, { "stock_invalidate", "stock_window_end" } },
	{ GMEM_FEATURE_STALLS,	{ "stall_begin", "stall_end" } },
	{ GMEM_FEATURE_WINDOWS,	{ "on_invalidate_end", NULL } },
	{ GMEM_FEATURE_WINDOWS,	{ "stock_window", "stock_window_end" } },
};

static bool in_use(const char *program, enum gmem_probe_set set, unsigned int groups)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (!strcmp(gmem_probes[i].program, program))
			return gmem_probe_in_use(&gmem_probes[i], set, groups);
	}
	return false;
}

unsigned int gmem_probes_features(enum gmem_probe_set set, unsigned int groups)
{
	unsigned int mask = groups & GMEM_PROBES_EVENTS ? GMEM_FEATURE_EVENTS : 0;

	for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++) {
		const char *const *p = features[i].programs;

		if (in_use(p[0], set, groups) && (!p[1] || in_use(p[1], set, groups)))
			mask |= features[i].feature;
	}
	return mask;
}

/* The kernel's type for programs on a tracepoint: there is one if the event is. */
static bool has_tracepoint(const struct btf *btf, const char *tracepoint)
{
	char name[64];

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) >= 0;
}

/* Only functions that were not inlined away, and can be traced, are in BTF. */
static bool has(const struct btf *btf, const struct gmem_probe *p, const char *target)
{
	if (p->attach == GMEM_ON_TRACEPOINT)
		return has_tracepoint(btf, target);
	return btf__find_by_name_kind(btf, target, BTF_KIND_FUNC) >= 0;
}

static void find_in(const struct btf *btf)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		struct gmem_probe *p = &gmem_probes[i];

		for (int t = 0; t < 2 && !p->found && p->targets[t]; t++)
			p->found = has(btf, p, p->targets[t]) ? p->targets[t] : NULL;
	}
}

static const char *missing(enum gmem_probe_set set)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		const struct gmem_probe *p = &gmem_probes[i];

		if (p->required && !p->found && (p->set == set || p->set == GMEM_SET_ANY))
			return p->targets[0];
	}
	return NULL;
}

static bool all_missing(void)
{
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		if (gmem_probes[i].found)
			return false;
	}
	return true;
}

/* KVM is built in or a module, and its types are where its code is. */
static void find_all(struct gmem_probe_choice *c, struct btf *vmlinux)
{
	struct btf *kvm;

	for (size_t i = 0; i < gmem_nr_probes; i++)
		gmem_probes[i].found = NULL;
	find_in(vmlinux);
	c->module = all_missing();
	if (!c->module)
		return;
	kvm = btf__load_module_btf("kvm", vmlinux);
	if (!kvm)
		return;
	find_in(kvm);
	btf__free(kvm);
}

static void choose(struct gmem_probe_choice *c, enum gmem_probe_set wish)
{
	c->set = GMEM_SETS;
	for (int set = GMEM_SETS - 1; set >= 0; set--) {
		c->missing[set] = missing(set);
		if (!c->missing[set] && (wish == GMEM_SET_ANY || wish == (enum gmem_probe_set)set))
			c->set = set;
	}
}

static enum gmem_status nothing_to_attach(const struct gmem_probe_choice *c,
					  enum gmem_probe_set wish, struct gmem_error *e)
{
	if (wish == GMEM_SET_TRACEPOINTS)
		return gmem_fail(e, GMEM_E_NO_PROBES,
				 "Boot a kernel with the patches of kernel/ (see kernel/README.md), or leave --probes out.",
				 "this kernel has no tracepoint kvm:%s", c->missing[wish]);
	if (c->module && all_missing())
		return gmem_fail(e, GMEM_E_NO_PROBES,
				 "Is " BTF_DIR "/kvm there? The module must be built with CONFIG_DEBUG_INFO_BTF_MODULES=y, and reading it takes CAP_SYS_ADMIN.",
				 "cannot read the types of the module kvm");
	return gmem_fail(e, GMEM_E_NO_PROBES,
			 "It may be older than guest_memfd (Linux 6.8), or built without it.",
			 "this kernel has neither tracepoint kvm:%s nor function %s",
			 c->missing[GMEM_SET_TRACEPOINTS], c->missing[GMEM_SET_STOCK]);
}

/* It has a device as long as kvm_amd, kvm_intel or the like are loaded, too. */
bool gmem_kvm_is_there(void)
{
	return !access("/sys/class/misc/kvm", F_OK) || !access("/dev/kvm", F_OK);
}

enum gmem_status gmem_probes_find(struct gmem_probe_choice *c, enum gmem_probe_set wish,
				  struct gmem_error *e)
{
	struct btf *btf;

	memset(c, 0, sizeof(*c));
	c->set = GMEM_SETS;
	if (!gmem_kvm_is_there())
		return gmem_fail(e, GMEM_E_NO_KVM,
				 "Load kvm_amd or kvm_intel, or wait for it with --wait; without virtualization there is nothing to see.",
				 "there is no KVM on this host: /dev/kvm is missing");
	btf = btf__parse(BTF_DIR "/vmlinux", NULL);
	if (!btf)
		return gmem_fail(e, errno == EACCES ? GMEM_E_PERMISSION : GMEM_E_NO_BTF,
				 "The kernel must be built with CONFIG_DEBUG_INFO_BTF=y.",
				 "cannot read the kernel's types from " BTF_DIR "/vmlinux: %s",
				 strerror(errno));
	find_all(c, btf);
	btf__free(btf);
	choose(c, wish);
	return c->set == GMEM_SETS ? nothing_to_attach(c, wish, e) : GMEM_OK;
}
