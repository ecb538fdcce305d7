// SPDX-License-Identifier: GPL-2.0-only
/*
 * Choice of providers on kernels that exist only as BTF: without patches, with a part of the tracepoints, with all,
 * and with other versions of events. Also prints the table of metrics that docs/metrics.md has:
 *   providers_test [--metrics]
 */
#include <bpf/btf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "abi/kinds.h"
#include "live/providers.h"
#include "model/metrics.h"

/* Kernel made of BTF, and the types that its tracepoints take. */
struct kernel {
	struct btf *btf;
	int number, data;
};

#define MAX_ARGS 9

static const char *const core[] = {
	"kvm_gmem_bind", "kvm_gmem_unbind", "kvm_gmem_invalidate_begin", "kvm_gmem_invalidate_end", "kvm_gmem_fault_end",
	"kvm_memory_fault_exit", "kvm_vm_set_mem_attributes", "kvm_mem_attributes_end", NULL
};

static const char *const functions_6_12[] = {
	"kvm_arch_destroy_vm", "kvm_arch_vcpu_ioctl_run", "kvm_gmem_create", "kvm_gmem_release", "kvm_gmem_bind",
	"kvm_gmem_unbind", "kvm_gmem_fallocate", "kvm_gmem_error_folio", "kvm_gmem_invalidate_begin",
	"kvm_arch_pre_set_memory_attributes", "kvm_arch_post_set_memory_attributes", "kvm_mmu_invalidate_end",
	"kvm_vm_ioctl", "kvm_range_has_memory_attributes", "kvm_gmem_get_pfn", NULL
};

/* 6.12 with all patches: nothing keeps track of mixed attributes, and the check of a conversion is inlined. */
static const char *const functions_ranges[] = {
	"kvm_arch_destroy_vm", "kvm_arch_vcpu_ioctl_run", "kvm_gmem_create", "kvm_gmem_release", "kvm_gmem_bind",
	"kvm_gmem_unbind", "kvm_gmem_fallocate", "kvm_gmem_error_folio", "kvm_gmem_invalidate_begin",
	"kvm_arch_pre_set_memory_attributes", "kvm_mmu_invalidate_end", "kvm_vm_ioctl", "kvm_range_has_memory_attributes",
	"kvm_attrs_match", "kvm_gmem_get_pfn", NULL
};

static const char *const functions_7_3[] = {
	"kvm_arch_destroy_vm", "kvm_arch_vcpu_ioctl_run", "kvm_gmem_create", "kvm_gmem_release",
	"kvm_gmem_prepare_memory_region", "kvm_gmem_commit_memory_region",
	"kvm_gmem_unbind", "kvm_gmem_fallocate", "kvm_gmem_error_folio", "__kvm_gmem_invalidate_start",
	"kvm_arch_pre_set_memory_attributes", "kvm_arch_post_set_memory_attributes", "kvm_mmu_invalidate_end",
	"kvm_vm_ioctl", "kvm_range_has_vm_memory_attributes", "kvm_gmem_get_pfn", "kvm_gmem_fault_user_mapping", NULL
};

static bool is_in(const char *const *list, const char *name)
{
	while (*list && strcmp(*list, name))
		list++;
	return *list;
}

/* Returns a pointer to the structure, which gets its own type the first time. */
static int pointer_to(struct kernel *k, const char *name)
{
	int id = btf__find_by_name_kind(k->btf, name, BTF_KIND_STRUCT);

	if (id < 0)
		id = btf__add_struct(k->btf, name, 8);
	return btf__add_ptr(k->btf, id);
}

/* Adds btf_trace_NAME, as the kernel defines it for a tracepoint with arguments of these types. */
static void add_tracepoint(struct kernel *k, const char *name, const char *args)
{
	char typedef_name[64], type[32];
	int types[MAX_ARGS], nr = 0, proto;

	while (*args) {
		size_t n = strcspn(args, " ");

		assert_true(nr < MAX_ARGS);
		snprintf(type, sizeof(type), "%.*s", (int)n, args);
		types[nr++] = strcmp(type, "int") ? pointer_to(k, type) : k->number;
		args += n + (args[n] == ' ');
	}
	proto = btf__add_func_proto(k->btf, 0);
	assert_int_equal(btf__add_func_param(k->btf, "", k->data), 0);
	for (int i = 0; i < nr; i++)
		assert_int_equal(btf__add_func_param(k->btf, "", types[i]), 0);
	snprintf(typedef_name, sizeof(typedef_name), "btf_trace_%s", name);
	assert_true(btf__add_typedef(k->btf, typedef_name, btf__add_ptr(k->btf, proto)) > 0);
}

static void add_function(struct kernel *k, const char *name)
{
	int proto = btf__add_func_proto(k->btf, 0);

	assert_true(btf__add_func(k->btf, name, BTF_FUNC_STATIC, proto) > 0);
}

/* @functions: those of the kernel, or NULL for none. */
static struct kernel kernel_new(const char *const *functions, bool attributes)
{
	struct kernel k = { .btf = btf__new_empty() };
	int int_type = btf__add_int(k.btf, "unsigned long long", 8, 0);

	k.number = btf__add_typedef(k.btf, "u64", int_type);
	k.data = btf__add_ptr(k.btf, 0);
	btf__add_struct(k.btf, "kvm", 16);
	btf__add_field(k.btf, "mm", k.data, 0, 0);
	if (attributes)
		btf__add_field(k.btf, "mem_attr_array", k.number, 64, 0);
	while (functions && *functions)
		add_function(&k, *functions++);
	return k;
}

/* Adds the tracepoints of the table of probes whose names are in @only, or all of them. */
static void add_tracepoints(struct kernel *k, const char *const *only)
{
	gmem_for_each_probe(p) {
		if (p->attach == GMEM_ON_TRACEPOINT && (!only || is_in(only, p->targets[0])))
			add_tracepoint(k, p->targets[0], p->args);
	}
}

static enum gmem_status choose(struct kernel *k, enum gmem_probe_set wish, struct gmem_choice *c, struct gmem_error *e)
{
	memset(e, 0, sizeof(*e));
	return gmem_providers_find_in(c, k->btf, wish, e);
}

static struct gmem_choice chosen(struct kernel *k, enum gmem_probe_set wish)
{
	struct gmem_choice c;
	struct gmem_error e;

	if (choose(k, wish, &c, &e))
		fail_msg("%s", e.what);
	return c;
}

/* Returns the provider in use: "tracepoint NAME", "function NAME, ..", or "none". */
static const char *provider(enum gmem_event event)
{
	static char text[256];
	const struct gmem_provider *p = gmem_events[event].in_use;
	size_t n;

	if (!p)
		return "none";
	n = (size_t)snprintf(text, sizeof(text), "%s ", p->attach == GMEM_ON_TRACEPOINT ? "tracepoint" : "function");
	gmem_provider_targets(text + n, sizeof(text) - n, p);
	return text;
}

#define EXPECT(event, text) assert_string_equal(provider(GMEM_EVENT_##event), text)

static void test_nothing_patched(void **state)
{
	struct kernel k = kernel_new(functions_6_12, true);
	struct gmem_choice c = chosen(&k, GMEM_SET_ANY);
	struct gmem_error e;

	(void)state;
	assert_int_equal(c.set, GMEM_SET_STOCK);
	EXPECT(CREATE, "function kvm_gmem_create");
	EXPECT(BIND, "function kvm_gmem_bind");
	EXPECT(ATTRIBUTES_BEGIN, "function kvm_vm_ioctl");
	EXPECT(ATTRIBUTES_END, "function kvm_vm_ioctl, kvm_range_has_memory_attributes");
	EXPECT(WINDOW, "function kvm_arch_pre_set_memory_attributes, kvm_mmu_invalidate_end");
	EXPECT(INVALIDATE, "function kvm_gmem_invalidate_begin, kvm_mmu_invalidate_end, kvm_gmem_release, "
	       "kvm_gmem_fallocate, kvm_gmem_error_folio");
	EXPECT(FAULT_RETRY, "none");
	EXPECT(USER_FAULT_BEGIN, "none");
	EXPECT(POPULATE, "none");
	assert_string_equal(c.no_tracepoint, "kvm_gmem_create");
	assert_int_equal(choose(&k, GMEM_SET_TRACEPOINTS, &c, &e), GMEM_E_NO_PROBES);
	assert_string_equal(e.what, "this kernel has no tracepoint kvm:kvm_gmem_create");
	btf__free(k.btf);
}

static void test_core_only(void **state)
{
	struct kernel k = kernel_new(functions_6_12, true);
	struct gmem_choice c;
	struct gmem_error e;

	(void)state;
	add_tracepoints(&k, core);
	c = chosen(&k, GMEM_SET_ANY);
	assert_int_equal(c.set, GMEM_SET_MIXED);
	EXPECT(CREATE, "function kvm_gmem_create");
	EXPECT(RELEASE, "function kvm_gmem_release");
	EXPECT(BIND, "tracepoint kvm_gmem_bind");
	EXPECT(UNBIND, "tracepoint kvm_gmem_unbind");
	EXPECT(FALLOCATE_END, "function kvm_gmem_fallocate");
	EXPECT(ATTRIBUTES_BEGIN, "tracepoint kvm_vm_set_mem_attributes");
	EXPECT(ATTRIBUTES_END, "tracepoint kvm_mem_attributes_end");
	EXPECT(ATTRIBUTES_PHASE, "function kvm_range_has_memory_attributes, kvm_arch_pre_set_memory_attributes, "
	       "kvm_arch_post_set_memory_attributes");
	EXPECT(WINDOW, "function kvm_arch_pre_set_memory_attributes, kvm_mmu_invalidate_end");
	EXPECT(INVALIDATE, "tracepoint kvm_gmem_invalidate_begin, kvm_gmem_invalidate_end");
	EXPECT(MEMORY_FAULT, "tracepoint kvm_memory_fault_exit");
	EXPECT(MEMORY_ERROR, "function kvm_gmem_error_folio");
	EXPECT(FAULT_BEGIN, "function kvm_gmem_get_pfn");
	EXPECT(FAULT_END, "tracepoint kvm_gmem_fault_end");
	EXPECT(FAULT_RETRY, "none");
	assert_int_equal(choose(&k, GMEM_SET_TRACEPOINTS, &c, &e), GMEM_E_NO_PROBES);
	assert_string_equal(e.what, "this kernel has no tracepoint kvm:kvm_gmem_create");
	assert_int_equal(chosen(&k, GMEM_SET_STOCK).set, GMEM_SET_STOCK);
	EXPECT(BIND, "function kvm_gmem_bind");
	EXPECT(ATTRIBUTES_END, "function kvm_vm_ioctl, kvm_range_has_memory_attributes");
	btf__free(k.btf);
}

/* Programs that only a provider not in use needs are in no group. */
static void test_programs_in_use(void **state)
{
	struct kernel k = kernel_new(functions_6_12, true);

	(void)state;
	add_tracepoints(&k, core);
	chosen(&k, GMEM_SET_ANY);
	gmem_for_each_probe(p) {
		if (!strcmp(p->program, "stock_release"))
			assert_int_equal(p->groups, GMEM_PROBES_BASE);
		if (!strcmp(p->program, "stock_release_exit") || !strcmp(p->program, "stock_memory_error_exit") ||
		    !strcmp(p->program, "stock_attributes") || !strcmp(p->program, "stock_attributes_exit") ||
		    !strcmp(p->program, "stock_invalidate") || !strcmp(p->program, "stock_bind"))
			assert_int_equal(p->groups, 0);
		if (!strcmp(p->program, "stock_check"))	/* only for phases: the end is from the tracepoint */
			assert_int_equal(p->groups, GMEM_PROBES_PHASES);
	}
	chosen(&k, GMEM_SET_STOCK);
	gmem_for_each_probe(p) {
		if (!strcmp(p->program, "stock_check"))
			assert_int_equal(p->groups, GMEM_PROBES_BASE | GMEM_PROBES_PHASES);
		if (!strcmp(p->program, "stock_release"))
			assert_int_equal(p->groups, GMEM_PROBES_BASE | GMEM_PROBES_INVALIDATIONS);
		if (p->attach == GMEM_ON_TRACEPOINT)
			assert_int_equal(p->groups, 0);
	}
	btf__free(k.btf);
}

static void test_full(void **state)
{
	struct kernel k = kernel_new(functions_7_3, true);

	(void)state;
	add_tracepoints(&k, NULL);
	assert_int_equal(chosen(&k, GMEM_SET_ANY).set, GMEM_SET_TRACEPOINTS);
	assert_null(chosen(&k, GMEM_SET_TRACEPOINTS).no_tracepoint);
	for (int i = 0; i < GMEM_EVENTS; i++) {
		bool function = i == GMEM_EVENT_VM_END || i == GMEM_EVENT_STALL || i == GMEM_EVENT_WINDOW;

		assert_non_null(gmem_events[i].in_use);
		assert_int_equal(gmem_events[i].in_use->attach, function ? GMEM_ON_FUNCTION : GMEM_ON_TRACEPOINT);
	}
	btf__free(k.btf);
}

/* 6.12 cannot map a guest_memfd, and some architectures have no populate: these events are not missing. */
static void test_full_without_options(void **state)
{
	struct kernel k = kernel_new(functions_6_12, true);

	(void)state;
	gmem_for_each_probe(p) {
		if (p->attach == GMEM_ON_TRACEPOINT && !strstr(p->program, "user_fault") && strcmp(p->program, "on_populate"))
			add_tracepoint(&k, p->targets[0], p->args);
	}
	assert_int_equal(chosen(&k, GMEM_SET_TRACEPOINTS).set, GMEM_SET_TRACEPOINTS);
	EXPECT(USER_FAULT_END, "none");
	EXPECT(POPULATE, "none");
	btf__free(k.btf);
}

static void test_unpatched_7_3(void **state)
{
	struct kernel k = kernel_new(functions_7_3, true);

	(void)state;
	add_tracepoint(&k, "kvm_vm_set_mem_attributes", "int int int");
	assert_int_equal(chosen(&k, GMEM_SET_ANY).set, GMEM_SET_STOCK);
	EXPECT(ATTRIBUTES_BEGIN, "function kvm_vm_ioctl");
	EXPECT(BIND, "function kvm_gmem_prepare_memory_region, kvm_gmem_commit_memory_region");
	EXPECT(INVALIDATE, "function __kvm_gmem_invalidate_start, kvm_mmu_invalidate_end, kvm_gmem_release, "
	       "kvm_gmem_fallocate, kvm_gmem_error_folio");
	btf__free(k.btf);
}

static void test_ranges(void **state)
{
	struct kernel k = kernel_new(functions_ranges, true);

	(void)state;
	assert_int_equal(chosen(&k, GMEM_SET_STOCK).set, GMEM_SET_STOCK);
	EXPECT(ATTRIBUTES_END, "function kvm_vm_ioctl, kvm_attrs_match");
	EXPECT(ATTRIBUTES_PHASE, "function kvm_attrs_match, kvm_arch_pre_set_memory_attributes, kvm_mmu_invalidate_end");
	EXPECT(WINDOW, "function kvm_arch_pre_set_memory_attributes, kvm_mmu_invalidate_end");
	add_tracepoints(&k, NULL);
	assert_int_equal(chosen(&k, GMEM_SET_ANY).set, GMEM_SET_TRACEPOINTS);
	EXPECT(ATTRIBUTES_PHASE, "tracepoint kvm_mem_attributes_phase");
	btf__free(k.btf);
}

/* An event with other or fewer arguments is refused. */
static void test_other_arguments(void **state)
{
	static const char *const versions[] = { "kvm inode", "kvm inode int int", "kvm int int int int",
						"inode kvm int int int", "kvm inode int int kvm" };

	(void)state;
	for (size_t i = 0; i < sizeof(versions) / sizeof(*versions); i++) {
		struct kernel k = kernel_new(functions_6_12, true);

		add_tracepoint(&k, "kvm_gmem_create", versions[i]);
		assert_int_equal(chosen(&k, GMEM_SET_ANY).set, GMEM_SET_STOCK);
		EXPECT(CREATE, "function kvm_gmem_create");
		btf__free(k.btf);
	}
}

/* Events grow at the end. */
static void test_more_arguments(void **state)
{
	struct kernel k = kernel_new(functions_6_12, true);

	(void)state;
	add_tracepoint(&k, "kvm_gmem_create", "kvm inode int int int int");
	assert_int_equal(chosen(&k, GMEM_SET_ANY).set, GMEM_SET_MIXED);
	EXPECT(CREATE, "tracepoint kvm_gmem_create");
	btf__free(k.btf);
}

/* Begin and end of an operation may have different providers. */
static void test_halves(void **state)
{
	static const char *const some[] = { "kvm_vm_set_mem_attributes", "kvm_gmem_fallocate_end", NULL };
	struct kernel k = kernel_new(functions_6_12, true);

	(void)state;
	add_tracepoints(&k, some);
	assert_int_equal(chosen(&k, GMEM_SET_ANY).set, GMEM_SET_MIXED);
	EXPECT(ATTRIBUTES_BEGIN, "tracepoint kvm_vm_set_mem_attributes");
	EXPECT(ATTRIBUTES_END, "function kvm_vm_ioctl, kvm_range_has_memory_attributes");
	EXPECT(FALLOCATE_BEGIN, "function kvm_gmem_fallocate");
	EXPECT(FALLOCATE_END, "tracepoint kvm_gmem_fallocate_end");
	btf__free(k.btf);
}

/* Where a function of a provider is missing, a tracepoint serves, and else the kernel is refused. */
static void test_missing_function(void **state)
{
	static const char *const only_bind[] = { "kvm_gmem_bind", NULL };
	const char *functions[32];
	struct gmem_choice c;
	struct gmem_error e;
	struct kernel k;
	int n = 0;

	(void)state;
	for (const char *const *f = functions_6_12; *f; f++) {
		if (strcmp(*f, "kvm_gmem_bind"))
			functions[n++] = *f;
	}
	functions[n] = NULL;
	k = kernel_new(functions, true);
	assert_int_equal(choose(&k, GMEM_SET_ANY, &c, &e), GMEM_E_NO_PROBES);
	assert_string_equal(e.what, "this kernel has neither tracepoint kvm:kvm_gmem_bind nor function kvm_gmem_bind");
	assert_int_equal(c.set, GMEM_SETS);
	add_tracepoints(&k, only_bind);
	assert_int_equal(chosen(&k, GMEM_SET_ANY).set, GMEM_SET_MIXED);
	EXPECT(BIND, "tracepoint kvm_gmem_bind");
	assert_int_equal(choose(&k, GMEM_SET_STOCK, &c, &e), GMEM_E_NO_PROBES);
	btf__free(k.btf);
}

static void test_no_attributes(void **state)
{
	struct kernel k = kernel_new(functions_6_12, false);
	unsigned int features;

	(void)state;
	assert_int_equal(chosen(&k, GMEM_SET_ANY).set, GMEM_SET_STOCK);
	EXPECT(ATTRIBUTES_BEGIN, "none");
	EXPECT(WINDOW, "none");
	features = gmem_probes_features(GMEM_PROBES_ALL);
	assert_true(features & GMEM_FEATURE_NO_ATTRIBUTES);
	assert_false(features & (GMEM_FEATURE_NO_FALLOCATES | GMEM_FEATURE_PHASES | GMEM_FEATURE_WINDOWS));
	btf__free(k.btf);
}

static void test_features(void **state)
{
	const unsigned int by_tracepoint = GMEM_FEATURE_TOUCHES | GMEM_FEATURE_FREED | GMEM_FEATURE_RETRIES;
	struct kernel k = kernel_new(functions_6_12, true);
	unsigned int stock, mixed;

	(void)state;
	chosen(&k, GMEM_SET_ANY);
	stock = gmem_probes_features(GMEM_PROBES_ALL);
	assert_false(stock & by_tracepoint);
	assert_false(gmem_probes_features(GMEM_PROBES_BASE) & GMEM_FEATURE_FAULTS);
	add_tracepoints(&k, core);
	chosen(&k, GMEM_SET_ANY);
	mixed = gmem_probes_features(GMEM_PROBES_ALL);
	assert_int_equal(mixed, stock | GMEM_FEATURE_TOUCHES);
	gmem_for_each_probe(p) {
		if (!strcmp(p->program, "stock_fallocate"))
			p->proof = GMEM_PROOF_BLIND;
	}
	assert_int_equal(gmem_probes_features(GMEM_PROBES_ALL), mixed | GMEM_FEATURE_NO_FALLOCATES);
	btf__free(k.btf);
}

static void test_masks(void **state)
{
	struct kernel k = kernel_new(functions_6_12, true);

	(void)state;
	add_tracepoints(&k, core);
	chosen(&k, GMEM_SET_ANY);
	assert_int_equal(gmem_providers_mask(GMEM_ON_TRACEPOINT, GMEM_PROBES_FAULTS), GMEM_EVENT_BIT(GMEM_EVENT_FAULT_END));
	assert_int_equal(gmem_providers_mask(GMEM_ON_FUNCTION, GMEM_PROBES_FAULTS), GMEM_EVENT_BIT(GMEM_EVENT_FAULT_BEGIN));
	for (int i = 0; i < GMEM_EVENTS; i++)
		assert_non_null(gmem_event_names[i]);
	btf__free(k.btf);
}

/* Returns the features of the chosen providers, and those of later steps. */
static uint64_t features_now(unsigned int groups)
{
	return gmem_features_complete(gmem_probes_features(groups)) | GMEM_FEATURE_RATES | GMEM_FEATURE_BACKING;
}

/* Returns the features of a 7.3 kernel with all tracepoints, or without any. */
static uint64_t features_with(bool tracepoints, unsigned int groups)
{
	struct kernel k = kernel_new(functions_7_3, true);

	if (tracepoints)
		add_tracepoints(&k, NULL);
	chosen(&k, GMEM_SET_ANY);
	btf__free(k.btf);
	return features_now(groups);
}

/* Option without which a metric is unknown, or "". */
static const char *option_of(const struct gmem_metric *m)
{
	static const struct {
		unsigned int group;
		const char *option;
	} options[] = {
		{ GMEM_PROBES_INVALIDATIONS, "`--invalidations`" },
		{ GMEM_PROBES_FAULTS, "`--faults`" },
		{ GMEM_PROBES_PHASES, "`--phases`" },
	};

	if (m->feature & GMEM_FEATURE_BACKING)
		return "`--backing`";
	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++) {
		if (!gmem_metric_known(m, features_with(true, GMEM_PROBES_ALL & ~options[i].group)))
			return options[i].option;
	}
	return "";
}

/* Prints the events without which the metric is unknown. */
static void print_events(const struct gmem_metric *m)
{
	const char *comma = "";

	features_with(true, GMEM_PROBES_ALL);
	for (int i = 0; i < GMEM_EVENTS; i++) {
		const struct gmem_provider *p = gmem_events[i].in_use;

		gmem_events[i].in_use = NULL;
		if (!gmem_metric_known(m, features_now(GMEM_PROBES_ALL))) {
			printf("%s`%s`", comma, gmem_event_names[i]);
			comma = ", ";
		}
		gmem_events[i].in_use = p;
	}
}

static int print_metrics(void)
{
	uint64_t tracepoints = features_with(true, GMEM_PROBES_ALL), functions = features_with(false, GMEM_PROBES_ALL);

	puts("| metric | meaning | option | events | tracepoints | stock |\n|---|---|---|---|---|---|");
	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		const struct gmem_metric *m = &gmem_metrics[i];

		printf("| `%s` | %s | %s | ", m->key, m->help, option_of(m));
		print_events(m);
		printf(" | %s | %s |\n", gmem_metric_known(m, tracepoints) ? "yes" : "no",
		       gmem_metric_known(m, functions) ? "yes" : "no");
	}
	return fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_patched),
		cmocka_unit_test(test_core_only),
		cmocka_unit_test(test_programs_in_use),
		cmocka_unit_test(test_full),
		cmocka_unit_test(test_full_without_options),
		cmocka_unit_test(test_unpatched_7_3),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_other_arguments),
		cmocka_unit_test(test_more_arguments),
		cmocka_unit_test(test_halves),
		cmocka_unit_test(test_missing_function),
		cmocka_unit_test(test_no_attributes),
		cmocka_unit_test(test_features),
		cmocka_unit_test(test_masks),
	};

	if (argc == 2 && !strcmp(argv[1], "--metrics"))
		return print_metrics();
	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests_name("providers", tests, NULL, NULL) ? 1 : 0;
}
