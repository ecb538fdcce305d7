// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "live/probes.h"

#include <bpf/btf.h>
#include <stdio.h>
#include <string.h>

const char *const gmem_way_names[GMEM_WAYS] = { "fentry", "kprobe.multi", "kprobe" };
const char *const gmem_proof_names[GMEM_PROOFS] = { "unverified", "patched", "fired", "blind" };

#define TP(program_, name, args_)						\
	{ .program = program_, .attach = GMEM_ON_TRACEPOINT, .args = args_, .targets = { name } }
/* Program on a function, with the function's names in versions of the kernel. */
#define FN(program_, ...)							\
	{ .program = program_, .attach = GMEM_ON_FUNCTION, .targets = { __VA_ARGS__ } }
/* With attributes in ranges, the function of other kernels exists, but is inlined in conversions. */
#define CHECK "kvm_attrs_match", "kvm_range_has_memory_attributes", "kvm_range_has_vm_memory_attributes"

/* All programs on tracepoints and functions. Begins are before their ends. */
struct gmem_probe gmem_probes[] = {
	FN("on_vm_end",			"kvm_arch_destroy_vm"),
	FN("stall_begin",		"kvm_arch_vcpu_ioctl_run"),
	FN("stall_end",			"kvm_arch_vcpu_ioctl_run"),

	TP("on_create",			"kvm_gmem_create", "kvm inode int int int"),
	TP("on_release",		"kvm_gmem_release", "kvm inode"),
	TP("on_bind",			"kvm_gmem_bind", "kvm kvm_memory_slot inode int int"),
	TP("on_unbind",			"kvm_gmem_unbind", "kvm kvm_memory_slot inode"),
	TP("on_fallocate_begin",	"kvm_gmem_fallocate_begin", "kvm inode int int int"),
	TP("on_fallocate_end",		"kvm_gmem_fallocate_end", "kvm inode int int int int int"),
	TP("on_invalidate_begin",	"kvm_gmem_invalidate_begin", "kvm inode int int int"),
	TP("on_invalidate_end",		"kvm_gmem_invalidate_end", "kvm inode int int int"),
	/* Upstream's event of 7.3 has no VM. */
	TP("on_attributes_begin",	"kvm_vm_set_mem_attributes", "int int int kvm"),
	TP("on_attributes_phase",	"kvm_mem_attributes_phase", "kvm int int int"),
	TP("on_attributes_end",		"kvm_mem_attributes_end", "kvm int int int int int"),
	TP("on_memory_fault",		"kvm_memory_fault_exit", "kvm_vcpu int int int int"),
	TP("on_memory_error",		"kvm_gmem_memory_error", "inode int int"),
	TP("on_fault_retry",		"kvm_fault_retry", "kvm_vcpu int int int"),
	TP("on_fault_begin",		"kvm_gmem_fault_begin", "kvm inode int int"),
	TP("on_fault_end",		"kvm_gmem_fault_end", "kvm inode int int int int int int"),
	TP("on_user_fault_begin",	"kvm_gmem_user_fault_begin", "kvm inode int"),
	TP("on_user_fault_end",		"kvm_gmem_user_fault_end", "kvm inode int int int"),
	TP("on_populate",		"kvm_gmem_populate", "kvm inode int int int int int"),

	FN("stock_create",		"kvm_gmem_create"),
	FN("stock_release",		"kvm_gmem_release"),
	FN("stock_release_exit",	"kvm_gmem_release"),
	FN("stock_bind",		"kvm_gmem_bind", "kvm_gmem_prepare_memory_region"),
	FN("stock_bind_commit",		"kvm_gmem_commit_memory_region"),
	FN("stock_unbind",		"kvm_gmem_unbind"),
	FN("stock_unbind_exit",		"kvm_gmem_unbind"),
	FN("stock_fallocate",		"kvm_gmem_fallocate"),
	FN("stock_fallocate_exit",	"kvm_gmem_fallocate"),
	FN("stock_memory_error",	"kvm_gmem_error_folio"),
	FN("stock_memory_error_exit",	"kvm_gmem_error_folio"),
	FN("stock_invalidate",		"kvm_gmem_invalidate_begin", "__kvm_gmem_invalidate_begin",
	   "__kvm_gmem_invalidate_start"),
	FN("stock_window",		"kvm_arch_pre_set_memory_attributes"),
	FN("stock_window_end",		"kvm_mmu_invalidate_end"),
	FN("stock_attributes",		"kvm_vm_ioctl"),
	FN("stock_attributes_exit",	"kvm_vm_ioctl"),
	FN("stock_check",		CHECK),
	FN("stock_check_exit",		CHECK),
	FN("stock_zap",			"kvm_arch_pre_set_memory_attributes"),
	FN("stock_zap_exit",		"kvm_arch_pre_set_memory_attributes"),
	FN("stock_mixed",		"kvm_arch_post_set_memory_attributes", "kvm_mmu_invalidate_end"),
	FN("stock_memory_fault",	"kvm_arch_vcpu_ioctl_run"),
	FN("stock_fault",		"kvm_gmem_get_pfn"),
	FN("stock_fault_exit",		"kvm_gmem_get_pfn"),
	FN("stock_user_fault",		"kvm_gmem_fault_user_mapping"),
	FN("stock_user_fault_exit",	"kvm_gmem_fault_user_mapping"),
};

const size_t gmem_nr_probes = sizeof(gmem_probes) / sizeof(*gmem_probes);

/* Returns true if an earlier blind probe is on the same function. */
static bool is_repeated(size_t i, unsigned int groups)
{
	for (size_t k = 0; k < i; k++) {
		if (gmem_probes[k].proof == GMEM_PROOF_BLIND &&
		    gmem_probe_in_use(&gmem_probes[k], groups) &&
		    !strcmp(gmem_probes[k].found, gmem_probes[i].found))
			return true;
	}
	return false;
}

size_t gmem_probes_blind(char *buf, size_t size, unsigned int groups)
{
	size_t n = 0, used = 0;
	bool room = true;

	*buf = '\0';
	for (size_t i = 0; i < gmem_nr_probes; i++) {
		const struct gmem_probe *p = &gmem_probes[i];

		if (p->proof != GMEM_PROOF_BLIND || !gmem_probe_in_use(p, groups) ||
		    is_repeated(i, groups))
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

/* Returns the type behind names and qualifiers. */
static const struct btf_type *plain_type(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = btf__type_by_id(btf, id);

	while (t && (btf_is_mod(t) || btf_is_typedef(t) || btf_kind(t) == BTF_KIND_TYPE_TAG))
		t = btf__type_by_id(btf, t->type);
	return t;
}

/* Returns the name of the structure that an argument points to, "int" for a number, or "" for anything else. */
static const char *argument_type(const struct btf *btf, __u32 id)
{
	const struct btf_type *t = plain_type(btf, id);

	if (t && (btf_is_int(t) || btf_is_any_enum(t)))
		return "int";
	t = t && btf_is_ptr(t) ? plain_type(btf, t->type) : NULL;
	return t && (btf_is_struct(t) || btf_is_fwd(t)) ? btf__name_by_offset(btf, t->name_off) : "";
}

/*
 * Returns true if these are the types of the parameters from the second on: the first is the program's data. There
 * may be more, as events grow at the end (docs/tracepoints.md).
 */
static bool takes(const struct btf *btf, const struct btf_type *proto, const char *args)
{
	for (int i = 1; i < btf_vlen(proto); i++) {
		const char *type = argument_type(btf, btf_params(proto)[i].type);
		size_t n = strcspn(args, " ");

		if (!n)
			return true;
		if (strlen(type) != n || strncmp(type, args, n))
			return false;
		args += n + (args[n] == ' ');
	}
	return !*args;
}

/*
 * Returns true if BTF has the type btf_trace_NAME, which the kernel defines for each tracepoint, with these
 * arguments: other versions of an event would be misread.
 */
static bool has_tracepoint(const struct btf *btf, const char *tracepoint, const char *args)
{
	const struct btf_type *t;
	char name[64];
	int id;

	snprintf(name, sizeof(name), "btf_trace_%s", tracepoint);
	id = btf__find_by_name_kind(btf, name, BTF_KIND_TYPEDEF);
	t = id < 0 ? NULL : plain_type(btf, id);
	t = t && btf_is_ptr(t) ? plain_type(btf, t->type) : NULL;
	return t && btf_is_func_proto(t) && takes(btf, t, args);
}

/* Returns true if BTF has the target: functions that can be traced and are not inlined everywhere. */
static bool has_target(const struct btf *btf, const struct gmem_probe *p, const char *target)
{
	if (p->attach == GMEM_ON_TRACEPOINT)
		return has_tracepoint(btf, target, p->args);
	return btf__find_by_name_kind(btf, target, BTF_KIND_FUNC) >= 0;
}

static void find_in(const struct btf *btf)
{
	gmem_for_each_probe(p) {
		for (int t = 0; t < GMEM_PROBE_TARGETS && !p->found && p->targets[t]; t++)
			p->found = has_target(btf, p, p->targets[t]) ? p->targets[t] : NULL;
	}
}

bool gmem_probes_any_found(void)
{
	gmem_for_each_probe(p) {
		if (p->found)
			return true;
	}
	return false;
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

static void find_kvm(struct gmem_kernel *k, const struct btf *btf)
{
	find_in(btf);
	k->order_argument = parameter_position(btf, "kvm_gmem_get_pfn", "max_order");
	k->attributes = has_attributes(btf);
}

static void reset_all(void)
{
	gmem_for_each_probe(p) {
		p->found = NULL;
		p->groups = 0;
		p->way = GMEM_WAY_FENTRY;
		p->proof = GMEM_PROOF_NONE;
	}
}

void gmem_probes_find(struct gmem_kernel *k, struct btf *vmlinux)
{
	struct btf *kvm;

	reset_all();
	find_kvm(k, vmlinux);
	k->module = !gmem_probes_any_found();
	if (!k->module)
		return;
	kvm = btf__load_module_btf("kvm", vmlinux);
	if (!kvm)
		return;
	find_kvm(k, kvm);
	btf__free(kvm);
}
