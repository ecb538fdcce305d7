// SPDX-License-Identifier: GPL-2.0-only
/* Contents of the overview's list: filter, groups, folding, totals, counters since a reset. */
#include "gmemtop_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SECOND 1000000000ULL

static void name(struct scene *scene, uint64_t vm, const char *text, const char *cgroup)
{
	struct gmem_name_rec r = {
		.h = { .ts_ns = scene->s.now_ns, .vm = vm, .kind = GMEM_NAME, .size = sizeof(r) },
	};

	snprintf(r.name, sizeof(r.name), "%s", text);
	snprintf(r.cgroup, sizeof(r.cgroup), "%s", cgroup);
	assert_int_equal(gmem_model_apply(scene->model, &r.h), 0);
}

static void type(struct ui *ui, const char *text)
{
	for (; *text; text++)
		ui_key(ui, (unsigned char)*text);
}

static bool matches(const char *text, bool final, const char *vm_name, const char *cgroup)
{
	struct gmem_vm vm = { .id = 17, .pid = 4242, .comm = "qemu-system-x86" };
	struct filter f = { .compiled = false };
	bool yes;

	snprintf(vm.name, sizeof(vm.name), "%s", vm_name);
	snprintf(vm.cgroup, sizeof(vm.cgroup), "%s", cgroup);
	assert_true(filter_set(&f, text, final));
	yes = filter_matches(&f, &vm);
	filter_free(&f);
	return yes;
}

static void test_filter_looks_at_all_names(void **state)
{
	(void)state;
	assert_true(matches("", true, "web", "/a"));
	assert_true(matches("WEB|db", true, "web-1", "/a"));
	assert_true(matches("^qemu", true, "web-1", "/a"));
	assert_true(matches("slice/.*scope$", true, "", "/m.slice/q.scope"));
	assert_true(matches("^4242$", true, "", ""));
	assert_true(matches("^17$", true, "", ""));
	assert_false(matches("^web$", true, "web-1", "/a"));
	assert_false(matches("[", true, "web", "/a"));
	assert_true(matches("[x", true, "a[x]", "/a"));
	assert_true(matches("[x", false, "a[x]", "/a"));
	assert_false(matches("[x", false, "ax", "/a"));
	assert_true(matches("^a{3,5}$", true, "aaaa", ""));
}

/* Expressions on which regexec() would take too long are refused; otherwise the test would not end. */
static void test_filter_takes_no_time(void **state)
{
	char name[GMEM_NAME_LEN], cgroup[GMEM_CGROUP_LEN];

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	memset(cgroup, 'a', sizeof(cgroup) - 1);
	name[sizeof(name) - 1] = cgroup[sizeof(cgroup) - 1] = '\0';
	assert_false(matches("(a*)*\\1b", true, name, cgroup));
	assert_false(matches("((a{1,200}){1,200}){1,200}b", true, name, cgroup));
	assert_false(matches("(a{99999999999999999999})b", true, name, cgroup));
	assert_false(matches("(((a*)*)*)*b$", true, name, cgroup));
	assert_false(matches("(a|aa)+b$", true, name, cgroup));
}

/* While an expression is incomplete, the previous one stays in use. */
static void test_filter_is_tolerant_while_typing(void **state)
{
	struct gmem_vm web = { .name = "web" }, db = { .name = "db" };
	struct filter f = { .compiled = false };

	(void)state;
	filter_set(&f, "web", false);
	filter_set(&f, "web|(", false);
	assert_true(f.doubtful);
	assert_true(filter_matches(&f, &web));
	assert_false(filter_matches(&f, &db));
	filter_set(&f, "web|(db", false);
	assert_true(f.doubtful);
	assert_false(filter_matches(&f, &db));
	filter_set(&f, "web|(db)", false);
	assert_false(f.doubtful);
	assert_true(filter_matches(&f, &db));
	filter_set(&f, "web|(", true);
	assert_false(f.doubtful);
	assert_false(filter_matches(&f, &web));
	filter_free(&f);
}

static void test_filter_by_keys(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, scene_busy);
	assert_true(ui_order(&v.ui, v.scene.model));
	assert_int_equal(v.ui.list.nr, 7);
	ui_key(&v.ui, '/');
	type(&v.ui, "TWO|quux");
	ui_order(&v.ui, v.scene.model);
	assert_int_equal(v.ui.list.nr, 1);
	assert_int_equal(v.ui.list.rows[0].id, 4);
	assert_int_equal(v.ui.list.totals.vms, 1);
	ui_key(&v.ui, UI_KEY_ENTER);
	assert_false(v.ui.prompt.active);
	/* Esc drops the text typed since the prompt opened. */
	ui_key(&v.ui, 'f');
	type(&v.ui, "nothing at all");
	ui_order(&v.ui, v.scene.model);
	assert_int_equal(v.ui.list.nr, 0);
	ui_key(&v.ui, UI_KEY_ESC);
	assert_string_equal(v.ui.filter.text, "TWO|quux");
	/* In the prompt, q and digits are text, and a wide character is one. */
	ui_key(&v.ui, '/');
	type(&v.ui, "q1");
	ui_key(&v.ui, 0x865a);
	assert_string_equal(v.ui.prompt.text, "q1虚");
	ui_key(&v.ui, UI_KEY_BACKSPACE);
	assert_string_equal(v.ui.prompt.text, "q1");
	for (int i = 0; i < 500; i++)
		ui_key(&v.ui, 'a');
	assert_true(strlen(v.ui.prompt.text) < FILTER_LEN);
	ui_key(&v.ui, 21);
	ui_key(&v.ui, UI_KEY_ENTER);
	ui_order(&v.ui, v.scene.model);
	assert_int_equal(v.ui.list.nr, 7);
	shot_end(&v);
}

static void fill_groups(struct scene *scene)
{
	static const char *const cgroups[] = {
		"/machine.slice/web/a", "/machine.slice/web/b", "/machine.slice/db", "/user/x", "",
		"/machine.slice/web/b",
	};

	scene_many(scene, 6);
	for (unsigned int i = 0; i < 6; i++)
		name(scene, i + 1, i % 2 ? "odd" : "even", cgroups[i]);
}

/* Compares the list: per row its depth, then the group's name or the VM's number. */
static void check_list(const struct ui *ui, const char *want)
{
	char text[1024] = "";
	size_t n = 0;

	for (size_t i = 0; i < ui->list.nr; i++) {
		const struct order_row *row = &ui->list.rows[i];

		if (row->group == ORDER_NO_GROUP)
			n += snprintf(text + n, sizeof(text) - n, "%d:%d ", row->depth, (int)row->id);
		else
			n += snprintf(text + n, sizeof(text) - n, "%d:%s(%zu) ", row->depth,
				      ui->list.groups[row->group].name,
				      ui->list.groups[row->group].count);
	}
	assert_string_equal(text, want);
}

static void test_tree_by_cgroup(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, fill_groups);
	ui_order(&v.ui, v.scene.model);
	check_list(&v.ui, "0:6 0:5 0:4 0:3 0:2 0:1 ");
	ui_key(&v.ui, 't');
	ui_order(&v.ui, v.scene.model);
	/* Rates equal the numbers: 12 for machine.slice, 9 for web, 8 for b. */
	check_list(&v.ui, "0:/machine.slice(4) 1:/web(3) 2:/b(2) 3:6 3:2 2:1 1:3 0:5 0:4 ");
	ui_key(&v.ui, 'R');
	ui_order(&v.ui, v.scene.model);
	check_list(&v.ui, "0:4 0:5 0:/machine.slice(4) 1:3 1:/web(3) 2:1 2:/b(2) 3:2 3:6 ");
	assert_int_equal(v.ui.list.totals.vms, 6);
	ui_key(&v.ui, 't');
	ui_order(&v.ui, v.scene.model);
	check_list(&v.ui, "0:1 0:2 0:3 0:4 0:5 0:6 ");
	ui_key(&v.ui, 't');
	assert_int_equal(v.ui.tree, ORDER_FLAT);
	shot_end(&v);
}

static void test_folding(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, fill_groups);
	v.ui.tree = ORDER_BY_CGROUP;
	ui_order(&v.ui, v.scene.model);
	ui_key(&v.ui, UI_KEY_DOWN);
	ui_key(&v.ui, UI_KEY_DOWN);
	assert_true(v.ui.selected_group);
	assert_int_equal(ui_vm(&v.ui), 6);
	ui_key(&v.ui, UI_KEY_ENTER);
	ui_order(&v.ui, v.scene.model);
	check_list(&v.ui, "0:/machine.slice(4) 1:/web(3) 1:3 0:5 0:4 ");
	/* Totals include folded rows. */
	assert_int_equal(v.ui.list.totals.vms, 6);
	assert_true(order_group_value(&v.ui.list, &v.ui.list.groups[0],
				      gmem_metric("conversions_per_s"), &v.ui, v.scene.model).f == 12);
	assert_true(v.ui.selected_group);
	ui_key(&v.ui, UI_KEY_ENTER);
	ui_order(&v.ui, v.scene.model);
	check_list(&v.ui, "0:/machine.slice(4) 1:/web(3) 2:/b(2) 3:6 3:2 2:1 1:3 0:5 0:4 ");
	shot_end(&v);
}

static void fill_process(struct scene *scene)
{
	struct synth_vm vms[3] = { { .id = 1, .pid = 9 }, { .id = 2, .pid = 9 }, { .id = 3, .pid = 8 } };

	for (int i = 0; i < 3; i++)
		synth_start(&scene->s, &vms[i], "two", SYNTH_MIB);
}

static void test_tree_by_process(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, fill_process);
	v.ui.tree = ORDER_BY_PROCESS;
	v.ui.sort = gmem_metric("slot_bytes");
	ui_order(&v.ui, v.scene.model);
	check_list(&v.ui, "0:9 two(2) 1:1 1:2 0:3 ");
	shot_end(&v);
}

/* Cgroup names that no kernel produces, and as many as there are VMs. */
static void test_tree_of_absurd_groups(void **state)
{
	static const char *const parts[] = { "/", "a", "/a", "//", "a/", "b", "", "/a-" };
	uint64_t rng = 3;
	struct shot v;

	(void)state;
	shot_begin(&v, NULL);
	for (unsigned int i = 1; i <= 300; i++) {
		struct synth_vm vm = { .id = i, .pid = i % 50 };
		char cgroup[GMEM_CGROUP_LEN] = "";

		synth_start(&v.scene.s, &vm, "x", SYNTH_MIB);
		for (int k = 0; k < 1 + (int)(i % 60); k++) {
			rng = rng * 6364136223846793005ULL + 1442695040888963407ULL;
			strcat(cgroup, parts[(rng >> 33) % 8]);
		}
		name(&v.scene, i, "", cgroup);
	}
	for (v.ui.tree = 0; v.ui.tree < ORDER_TREES; v.ui.tree++) {
		size_t vms = 0;

		assert_true(ui_order(&v.ui, v.scene.model));
		for (size_t i = 0; i < v.ui.list.nr; i++)
			vms += v.ui.list.rows[i].group == ORDER_NO_GROUP;
		assert_int_equal(vms, 300);
		assert_int_equal(v.ui.list.nr_members, 300);
		for (size_t i = 0; i < v.ui.list.nr_groups; i++)
			assert_true(v.ui.list.groups[i].count > 1);
	}
	v.ui.tree = ORDER_FLAT;
	shot_end(&v);
}

static uint64_t value(const struct shot *v, const char *key, uint64_t vm)
{
	return since_value(&v->ui.since, gmem_metric(key), gmem_model_vm(v->scene.model, vm),
			v->scene.model).u;
}

static void test_reset(void **state)
{
	struct synth_vm vm = { .id = 1, .pid = 7 };
	struct shot v;

	(void)state;
	shot_begin(&v, NULL);
	synth_start(&v.scene.s, &vm, "x", SYNTH_GIB);
	synth_convert(&v.scene.s, &vm, 0, 512, true, 900000000);
	synth_counters(&v.scene.s, &vm);
	v.ui.model = v.scene.model;
	ui_key(&v.ui, 'r');
	assert_int_equal(value(&v, "to_private_count", 1), 0);
	assert_int_equal(value(&v, "conversion_max_ns", 1), 0);
	assert_int_equal(value(&v, "conversion_p99_ns", 1), 0);
	assert_int_equal(value(&v, "slot_bytes", 1), 1ULL << 30);
	for (int i = 0; i < 100; i++)
		synth_convert(&v.scene.s, &vm, 0, 512, i & 1, 1000);
	synth_counters(&v.scene.s, &vm);
	assert_int_equal(value(&v, "to_private_count", 1), 50);
	assert_int_equal(value(&v, "to_private_bytes", 1), 100ULL << 20);
	assert_in_range(value(&v, "conversion_max_ns", 1), 1000, 1125);
	assert_in_range(value(&v, "conversion_p99_ns", 1), 1000, 1125);
	/* Longer than all before: the maximum since the reset is exact again. */
	synth_convert(&v.scene.s, &vm, 0, 512, true, 1234567891);
	synth_counters(&v.scene.s, &vm);
	assert_int_equal(value(&v, "conversion_max_ns", 1), 1234567891);
	ui_key(&v.ui, 'u');
	assert_int_equal(value(&v, "to_private_count", 1), 52);
	shot_end(&v);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_filter_looks_at_all_names),
	cmocka_unit_test(test_filter_takes_no_time),
	cmocka_unit_test(test_filter_is_tolerant_while_typing),
	cmocka_unit_test(test_filter_by_keys),
	cmocka_unit_test(test_tree_by_cgroup),
	cmocka_unit_test(test_folding),
	cmocka_unit_test(test_tree_by_process),
	cmocka_unit_test(test_tree_of_absurd_groups),
	cmocka_unit_test(test_reset),
};

TEST_UNIT(list_unit, tests);
