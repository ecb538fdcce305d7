// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/probes.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BTF_DIR "/sys/kernel/btf"

const char *const gmem_set_names[GMEM_SETS] = { "tracepoints", "stock" };
const char *const gmem_way_names[GMEM_WAYS] = { "fentry", "kprobe.multi", "kprobe" };
const char *const gmem_proof_names[GMEM_PROOFS] = { "unverified", "patched", "fired", "blind" };

#define PROBE(program_, set_, attach_, group_, required_, attributes_, ...)	\
	{ .program = program_, .set = set_, .attach = attach_,			\
	  .group = GMEM_PROBES_##group_, .required = required_,			\
	  .attributes = attributes_, .targets = { __VA_ARGS__ } }
#define TP(name, group, required)						\
	PROBE("on_" name, GMEM_SET_TRACEPOINTS, GMEM_ON_TRACEPOINT, group, required, false, \
	      "kvm_gmem_" name)
/* Probes on a function, with its names in versions of the kernel: ANY for every set, FN for stock kernels. */
#define ANY(program, group, required, ...)					\
	PROBE(program, GMEM_SET_ANY, GMEM_ON_FUNCTION, group, required, false, __VA_ARGS__)
#define FN(program, group, required, ...)					\
	PROBE(program, GMEM_SET_STOCK, GMEM_ON_FUNCTION, group, required, false, __VA_ARGS__)
/* Probe on a function that exists, or is called for conversions, only in kernels with memory attributes. */
#define ATTR(program, group, required, ...)					\
	PROBE(program, GMEM_SET_STOCK, GMEM_ON_FUNCTION, group, required, true, __VA_ARGS__)
#define CHECK "kvm_range_has_memory_attributes", "kvm_range_has_vm_memory_attributes"

struct gmem_probe gmem_probes[] = {
	ANY("on_vm_end",		BASE,	true,	"kvm_arch_destroy_vm"),
	ANY("stall_begin",		BASE,	false,	"kvm_arch_vcpu_ioctl_run"),
	ANY("stall_end",		BASE,	false,	"kvm_arch_vcpu_ioctl_run"),

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

	FN("stock_create",		BASE,	true,	"kvm_gmem_create"),
	FN("stock_release",		BASE,	true,	"kvm_gmem_release"),
	FN("stock_release_exit",	BASE,	true,	"kvm_gmem_release"),
	FN("stock_bind",		BASE,	true,	"kvm_gmem_bind", "kvm_gmem_prepare_memory_region"),
	FN("stock_bind_commit",		BASE,	false,	"kvm_gmem_commit_memory_region"),
	FN("stock_unbind",		BASE,	true,	"kvm_gmem_unbind"),
	FN("stock_unbind_exit",		BASE,	true,	"kvm_gmem_unbind"),
	FN("stock_fallocate",		BASE,	true,	"kvm_gmem_fallocate"),
	FN("stock_fallocate_exit",	BASE,	true,	"kvm_gmem_fallocate"),
	FN("stock_memory_error",	BASE,	false,	"kvm_gmem_error_folio"),
	FN("stock_memory_error_exit",	BASE,	false,	"kvm_gmem_error_folio"),
	FN("stock_invalidate",		INVALIDATIONS, false, "kvm_gmem_invalidate_begin",
	   "__kvm_gmem_invalidate_begin", "__kvm_gmem_invalidate_start"),
	ATTR("stock_window",		INVALIDATIONS, false, "kvm_arch_pre_set_memory_attributes"),
	FN("stock_window_end",		INVALIDATIONS, false, "kvm_mmu_invalidate_end"),
	ATTR("stock_attributes",	BASE,	true,	"kvm_vm_ioctl"),
	ATTR("stock_attributes_exit",	BASE,	true,	"kvm_vm_ioctl"),
	ATTR("stock_check",		BASE,	true,	CHECK),
	ATTR("stock_check_exit",	BASE,	true,	CHECK),
	ATTR("stock_zap",		PHASES,	false,	"kvm_arch_pre_set_memory_attributes"),
	ATTR("stock_zap_exit",		PHASES,	false,	"kvm_arch_pre_set_memory_attributes"),
	ATTR("stock_mixed",		PHASES,	false,	"kvm_arch_post_set_memory_attributes"),
	FN("stock_memory_fault",	BASE,	true,	"kvm_arch_vcpu_ioctl_run"),
	FN("stock_fault",		FAULTS,	false,	"kvm_gmem_get_pfn"),
	FN("stock_fault_exit",		FAULTS,	false,	"kvm_gmem_get_pfn"),
	FN("stock_user_fault",		FAULTS,	false,	"kvm_gmem_fault_user_mapping"),
	FN("stock_user_fault_exit",	FAULTS,	false,	"kvm_gmem_fault_user_mapping"),
};

const size_t gmem_nr_probes = sizeof(gmem_probes) / sizeof(*gmem_probes);

/* Features that say what is missing. Counts of probes that are blind are then unknown, not 0. */
#define LACKS	(GMEM_FEATURE_NO_ATTRIBUTES | GMEM_FEATURE_NO_FALLOCATES | GMEM_FEATURE_NO_MEMORY_FAULTS)

/* Programs that a feature needs, or whose absence one of LACKS reports; one line for each set that has it. */
static const struct {
	enum gmem_feature feature;
	const char *programs[5];	/* ends at NULL */
} features[] = {
	{ GMEM_FEATURE_PHASES,	{ "on_attributes_phase" } },
	{ GMEM_FEATURE_PHASES,	{ "stock_zap", "stock_mixed" } },
	{ GMEM_FEATURE_FAULTS,	{ "on_fault_end" } },
	{ GMEM_FEATURE_FAULTS,	{ "stock_fault_exit" } },
	{ GMEM_FEATURE_TOUCHES,	{ "on_fault_end" } },
	{ GMEM_FEATURE_FREED,	{ "on_fallocate_end" } },
	{ GMEM_FEATURE_RETRIES,	{ "on_fault_retry" } },
	{ GMEM_FEATURE_INVALIDATIONS, { "on_invalidate_end" } },
	{ GMEM_FEATURE_INVALIDATIONS, { "stock_invalidate", "stock_window_end" } },
	{ GMEM_FEATURE_STALLS,	{ "stall_begin", "stall_end" } },
	{ GMEM_FEATURE_WINDOWS,	{ "on_invalidate_end" } },
	{ GMEM_FEATURE_WINDOWS,	{ "stock_window", "stock_window_end" } },
	{ GMEM_FEATURE_NO_ATTRIBUTES, { "on_attributes_begin", "on_attributes_end" } },
	{ GMEM_FEATURE_NO_ATTRIBUTES,
	  { "stock_attributes", "stock_attributes_exit", "stock_check", "stock_check_exit" } },
	{ GMEM_FEATURE_NO_FALLOCATES, { "on_fallocate_begin", "on_fallocate_end" } },
	{ GMEM_FEATURE_NO_FALLOCATES, { "stock_fallocate", "stock_fallocate_exit" } },
	{ GMEM_FEATURE_NO_MEMORY_FAULTS, { "on_memory_fault" } },
	{ GMEM_FEATURE_NO_MEMORY_FAULTS, { "stock_memory_fault" } },
};

static bool in_use(const char *program, enum gmem_probe_set set, unsigned int groups)
{
	gmem_for_each_probe(p) {
		if (!strcmp(p->program, program))
			return gmem_probe_in_use(p, set, groups) &&
			       p->proof != GMEM_PROOF_BLIND;
	}
	return false;
}

/* Returns true if an earlier blind probe is on the same function. */
static bool is_repeated(size_t i, enum gmem_probe_set set, unsigned int groups)
{
	for (size_t k = 0; k < i; k++) {
		if (gmem_probes[k].proof == GMEM_PROOF_BLIND &&
		    gmem_probe_in_use(&gmem_probes[k], set, groups) &&
		    !strcmp(gmem_probes[k].found, gmem_probes[i].found))
			return true;
	}
	return false;
}

size_t gmem_probes_blind(char *buf, size_t size, enum gmem_probe_set set, unsigned int groups)
{
	size_t n = 0, used = 0;
	bool room = true;

	*buf = '\0';
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		const struct gmem_probe *p = &gmem_probes[i];

		if (p->proof != GMEM_PROOF_BLIND || !gmem_probe_in_use(p, set, groups) ||
		    is_repeated(i, set, groups))
			continue;
		room = room && used + strlen(p->found) + sizeof(", , ..") <= size;
		if (room)
			used += snprintf(buf + used, size - used, "%s%s", n ? ", " : "", p->found);
		n++;
	}
	if (!room && used && used < size)
		snprintf(buf + used, size - used, ", ..");
	return n;
}

static bool all_in_use(const char *const *programs, enum gmem_probe_set set, unsigned int groups)
{
	while (*programs && in_use(*programs, set, groups))
		programs++;
	return !*programs;
}

unsigned int gmem_probes_features(enum gmem_probe_set set, unsigned int groups)
{
	unsigned int mask = groups & GMEM_PROBES_EVENTS ? GMEM_FEATURE_EVENTS : 0;

	for (size_t i = 0; i < sizeof(features) / sizeof(*features); i++) {
		if (all_in_use(features[i].programs, set, groups))
			mask |= features[i].feature;
	}
	return mask ^ LACKS;
}

/* Returns true if BTF has the type btf_trace_NAME, which the kernel defines for each tracepoint. */
static bool has_tracepoint(const struct btf *btf, const char *tracepoint)
{
	char name[64];

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	return btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF) >= 0;
}

/* Returns true if BTF has the target: functions that can be traced and are not inlined everywhere. */
static bool has_target(const struct btf *btf, const struct gmem_probe *p, const char *target)
{
	if (p->attach == GMEM_ON_TRACEPOINT)
		return has_tracepoint(btf, target);
	return btf__find_by_name_kind(btf, target, BTF_KIND_FUNC) >= 0;
}

static void find_in(const struct btf *btf)
{
	gmem_for_each_probe(p) {
		for (int t = 0; t < GMEM_PROBE_TARGETS && !p->found && p->targets[t]; t++)
			p->found = has_target(btf, p, p->targets[t]) ? p->targets[t] : NULL;
	}
}

static const char *first_missing(enum gmem_probe_set set, bool attributes)
{
	gmem_for_each_probe(p) {
		if (p->required && !p->found && (p->set == set || p->set == GMEM_SET_ANY) &&
		    (attributes || !p->attributes))
			return p->targets[0];
	}
	return NULL;
}

static bool all_missing(void)
{
	gmem_for_each_probe(p) {
		if (p->found)
			return false;
	}
	return true;
}

/* Returns true if struct kvm has attributes: CONFIG_KVM_GENERIC_MEMORY_ATTRIBUTES. */
static bool has_attributes(const struct btf *btf)
{
	int id = btf__find_by_name_kind(btf, "kvm", BTF_KIND_STRUCT);
	const struct btf_type *t = id < 0 ? NULL : btf__type_by_id(btf, id);

	for (int i = 0; t && i < btf_vlen(t); i++) {
		if (!strcmp(btf__name_by_offset(btf, btf_members(t)[i].name_off), "mem_attr_array"))
			return true;
	}
	return false;
}

/* Returns the position of a parameter, which differs between kernels, from 0; -1: none. */
static int parameter_position(const struct btf *btf, const char *function, const char *parameter)
{
	int id = btf__find_by_name_kind(btf, function, BTF_KIND_FUNC);
	const struct btf_type *t = id < 0 ? NULL : btf__type_by_id(btf, id);

	t = t ? btf__type_by_id(btf, t->type) : NULL;
	for (int i = 0; t && i < btf_vlen(t); i++) {
		if (!strcmp(btf__name_by_offset(btf, btf_params(t)[i].name_off), parameter))
			return i;
	}
	return -1;
}

static void find_kvm(struct gmem_probe_choice *c, const struct btf *btf)
{
	find_in(btf);
	c->order_argument = parameter_position(btf, "kvm_gmem_get_pfn", "max_order");
	c->attributes = has_attributes(btf);
	gmem_for_each_probe(p) {
		if (p->attributes && !c->attributes)
			p->found = NULL;
	}
}

static void reset_all(void)
{
	gmem_for_each_probe(p) {
		p->found = NULL;
		p->way = GMEM_WAY_FENTRY;
		p->proof = GMEM_PROOF_NONE;
	}
}

/* Finds all probes, in the BTF of the kernel or, if KVM is a module, of that module. */
static void find_all(struct gmem_probe_choice *c, struct btf *vmlinux)
{
	struct btf *kvm;

	reset_all();
	find_kvm(c, vmlinux);
	c->module = all_missing();
	if (!c->module)
		return;
	kvm = btf__load_module_btf("kvm", vmlinux);
	if (!kvm)
		return;
	find_kvm(c, kvm);
	btf__free(kvm);
}

static void choose_set(struct gmem_probe_choice *c, enum gmem_probe_set wish)
{
	c->set = GMEM_SETS;
	for (int set = GMEM_SETS - 1; set >= 0; set--) {
		c->missing[set] = first_missing(set, c->attributes);
		if (!c->missing[set] && (wish == GMEM_SET_ANY || wish == (enum gmem_probe_set)set))
			c->set = set;
	}
}

static enum gmem_status nothing_to_attach(const struct gmem_probe_choice *c,
					  enum gmem_probe_set wish, struct gmem_error *e)
{
	if (wish == GMEM_SET_TRACEPOINTS)
		return gmem_fail(e, GMEM_E_NO_PROBES,
				 "Boot a kernel with the patches of kernel/ (see kernel/README.md), or omit --probes.",
				 "this kernel has no tracepoint kvm:%s", c->missing[wish]);
	if (c->module && all_missing())
		return gmem_fail(e, GMEM_E_NO_PROBES,
				 "Build KVM with CONFIG_DEBUG_INFO_BTF_MODULES=y, which creates " BTF_DIR "/kvm.",
				 "cannot read the types of the module kvm");
	return gmem_fail(e, GMEM_E_NO_PROBES,
			 "Boot Linux 6.8 or later, built with guest_memfd.",
			 "this kernel has neither tracepoint kvm:%s nor function %s",
			 c->missing[GMEM_SET_TRACEPOINTS], c->missing[GMEM_SET_STOCK]);
}

/* The device exists only while a vendor module, such as kvm_amd or kvm_intel, is loaded, too. */
bool gmem_kvm_is_there(void)
{
	return !access("/sys/class/misc/kvm", F_OK) || !access("/dev/kvm", F_OK);
}

#define NO_TYPES "cannot read the kernel's types from " BTF_DIR "/vmlinux"

enum gmem_status gmem_probes_find(struct gmem_probe_choice *c, enum gmem_probe_set wish,
				  struct gmem_error *e)
{
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
	find_all(c, btf);
	btf__free(btf);
	choose_set(c, wish);
	return c->set == GMEM_SETS ? nothing_to_attach(c, wish, e) : GMEM_OK;
}
