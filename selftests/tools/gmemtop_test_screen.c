// SPDX-License-Identifier: GPL-2.0-only
/* Screens of the overview and of the help. */
#include "gmemtop_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "views/overview.h"

static void test_busy(void **state)
{
	static const int sizes[][2] = {
		{ 20, 5 }, { 40, 12 }, { 80, 24 }, { 132, 40 }, { 300, 80 },
	};
	struct shot v;

	(void)state;
	shot_begin(&v, scene_busy);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char name[64];

		snprintf(name, sizeof(name), "busy-%dx%d", sizes[i][0], sizes[i][1]);
		shot_golden(&v, name, sizes[i][0], sizes[i][1], false);
	}
	shot_end(&v);
}

static void test_ascii(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, scene_busy);
	ui_order(&v.ui, v.scene.model);
	ui_key(&v.ui, UI_KEY_DOWN);
	ui_key(&v.ui, UI_KEY_DOWN);
	v.ui.reverse = true;
	shot_golden(&v, "ascii-80x24", 80, 24, true);
	shot_end(&v);
}

static void fill_many(struct scene *scene)
{
	scene_many(scene, 45);
}

static void test_many(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, fill_many);
	ui_order(&v.ui, v.scene.model);
	ui_scroll_fit(&v.ui.at, v.ui.list.nr, 20);
	ui_key(&v.ui, UI_KEY_PAGE_DOWN);
	ui_key(&v.ui, UI_KEY_PAGE_DOWN);
	shot_golden(&v, "many-80x24", 80, 24, false);
	shot_golden(&v, "many-20x5", 20, 5, false);
	shot_end(&v);
}

static void test_empty(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, NULL);
	shot_golden(&v, "empty-80x24", 80, 24, false);
	shot_golden(&v, "empty-20x5", 20, 5, false);
	v.ui.pid = 1234;
	shot_golden(&v, "empty-pid-40x12", 40, 12, false);
	shot_end(&v);
}

static void test_paused_at_the_end(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, scene_busy);
	ui_key(&v.ui, 'p');
	v.info.ended = true;
	v.ui.sort = gmem_metric("to_private_p99_ns");
	shot_golden(&v, "paused-80x24", 80, 24, false);
	shot_end(&v);
}

static void test_help(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, scene_busy);
	ui_key(&v.ui, '?');
	shot_golden(&v, "help-80x24", 80, 24, false);
	shot_golden(&v, "help-20x5", 20, 5, false);
	shot_golden(&v, "help-132x60", 132, 60, true);
	shot_golden(&v, "help-40x12", 40, 12, false);
	ui_key(&v.ui, UI_KEY_END);
	shot_golden(&v, "help-end-40x12", 40, 12, false);
	shot_end(&v);
}

static void fill_one(struct scene *scene)
{
	scene_many(scene, 1);
}

/* Adds a refresh of n VMs in cgroups, with varying conversions and gmemtop's own cost. */
static void refresh(struct shot *v, struct synth_vm *vms, int n, int round)
{
	struct synth *s = &v->scene.s;
	struct gmem_cost_rec cost = { .h = { .kind = GMEM_COST, .size = sizeof(cost) } };

	for (int i = 0; i < n; i++) {
		for (int k = 0; k < i * (round % 3); k++)
			synth_convert(s, &vms[i], (uint64_t)k * 64, (uint64_t)k * 64 + 48, k & 1, 5000);
		synth_counters(s, &vms[i]);
	}
	s->now_ns = (101 + (uint64_t)round) * 1000000000;
	cost.h.ts_ns = s->now_ns;
	cost.cpu_ns = (uint64_t)round * 12345678;
	s->err |= gmem_model_apply(v->scene.model, &cost.h);
	synth_sync(s);
	assert_true(ui_collect(&v->ui, v->scene.model));
}

static void name(struct shot *v, uint64_t vm, const char *text, const char *cgroup)
{
	struct gmem_name_rec r = {
		.h = { .ts_ns = v->scene.s.now_ns, .vm = vm, .kind = GMEM_NAME, .size = sizeof(r) },
	};

	snprintf(r.name, sizeof(r.name), "%.100s", text);
	snprintf(r.cgroup, sizeof(r.cgroup), "%s", cgroup);
	assert_int_equal(gmem_model_apply(v->scene.model, &r.h), 0);
}

static void begin_groups(struct shot *v)
{
	static const char *const cgroups[] = { "web", "web/blue", "web/blue", "db", "build\t\033[31m" };
	struct synth_vm vms[10];

	shot_begin(v, NULL);
	memset(vms, 0, sizeof(vms));
	for (int i = 0; i < 10; i++) {
		char text[GMEM_CGROUP_LEN], cgroup[GMEM_CGROUP_LEN];

		vms[i].id = i + 1;
		vms[i].pid = 500 + i / 2;
		synth_start(&v->scene.s, &vms[i], "qemu-system-x86", (64 << i) * 16);
		snprintf(text, sizeof(text), "vm-%d", i);
		snprintf(cgroup, sizeof(cgroup), "/machine.slice/%s", cgroups[i % 5]);
		name(v, vms[i].id, text, cgroup);
	}
	for (int round = 0; round < 6; round++)
		refresh(v, vms, 10, round);
}

static void test_one(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, fill_one);
	shot_sizes(&v, "one");
	shot_end(&v);
}

static void test_trend_and_cost(void **state)
{
	struct shot v;

	(void)state;
	begin_groups(&v);
	shot_sizes(&v, "trend");
	shot_end(&v);
}

static void test_tree(void **state)
{
	static const int down_and_fold[] = {
		UI_KEY_DOWN, UI_KEY_DOWN, UI_KEY_ENTER, 0
	};
	struct shot v;

	(void)state;
	begin_groups(&v);
	v.ui.tree = ORDER_BY_CGROUP;
	shot_sizes(&v, "tree");
	shot_keys(&v, down_and_fold, 80, 24);
	shot_sizes(&v, "folded");
	v.ui.tree = ORDER_BY_PROCESS;
	shot_golden(&v, "processes-80x24", 80, 24, false);
	shot_end(&v);
}

static void test_filter(void **state)
{
	static const int half[] = { '/', 'b', 'l', 'u', 'e', '|', '(', 0 };
	static const int none[] = { 21, 'x', 'y', UI_KEY_ENTER, 0 };
	struct shot v;

	(void)state;
	begin_groups(&v);
	shot_keys(&v, half, 80, 24);
	shot_sizes(&v, "typing");
	shot_keys(&v, none, 80, 24);
	shot_sizes(&v, "no-match");
	shot_end(&v);
}

static void test_chooser(void **state)
{
	static const int off[] = { 'c', UI_KEY_DOWN, ' ', UI_KEY_END, ' ', 's', 0 };
	static const int back[] = { UI_KEY_ESC, 0 };
	struct shot v;

	(void)state;
	begin_groups(&v);
	shot_keys(&v, off, 80, 24);
	shot_sizes(&v, "chooser");
	shot_keys(&v, back, 80, 24);
	shot_sizes(&v, "chosen");
	shot_end(&v);
}

static void test_reset_and_replay(void **state)
{
	struct shot v;

	(void)state;
	begin_groups(&v);
	v.ui.model = v.scene.model;
	ui_key(&v.ui, 'r');
	v.ui.replaying = true;
	v.ui.replay_begin_ns = 100000000000;
	v.ui.replay_end_ns = 160000000000;
	v.ui.replay_speed = 8;
	ui_key(&v.ui, 'p');
	shot_sizes(&v, "replay");
	shot_end(&v);
}

/* The end of the help can be reached at any size, and all lines are shown on the way. */
static void test_help_scrolls_to_its_end(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, NULL);
	ui_key(&v.ui, '?');
	for (int width = 20; width <= 200; width += 5) {
		canvas_free(shot_paint(&v, width, 9, false));
		ui_key(&v.ui, UI_KEY_END);
		assert_int_equal(v.ui.help_at.top, help_lines(&view_overview, width) - 8);
	}
	shot_end(&v);
}

static void test_any_size(void **state)
{
	struct shot v;

	(void)state;
	shot_begin(&v, scene_busy);
	for (int width = 0; width <= 300; width++) {
		for (int height = 0; height <= 100; height += height < 30 ? 1 : 14) {
			struct canvas *c = shot_paint(&v, width, height, width & 1);
			char *text = canvas_text(c);

			shot_check_widths(text, width, height);
			free(text);
			canvas_free(c);
			v.ui.help = height & 1;
		}
	}
	shot_end(&v);
}

/* Values as in damaged recordings, or in those of later versions. */
static void test_absurd_values(void **state)
{
	static const uint64_t lost[GMEM_LOSSES] = { UINT64_MAX, 1, UINT64_MAX, UINT64_MAX };
	struct synth_vm vm = { .id = UINT64_MAX, .pid = UINT32_MAX };
	struct shot v;

	(void)state;
	shot_begin(&v, NULL);
	v.scene.s.now_ns = 1;
	synth_start(&v.scene.s, &vm, "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
		    UINT64_MAX);
	synth_slot(&v.scene.s, &vm, 1, UINT64_MAX, UINT64_MAX);
	synth_begin(&v.scene.s, &vm, 1, UINT64_MAX, 0, true);
	synth_counters(&v.scene.s, &vm);
	memset(&vm.c, 0xff, sizeof(vm.c));
	v.scene.s.now_ns = 2;
	synth_counters(&v.scene.s, &vm);
	v.scene.s.now_ns = UINT64_MAX;
	synth_lost(&v.scene.s, lost);
	for (int width = 20; width <= 300; width += 40) {
		struct canvas *c = shot_paint(&v, width, 24, false);
		char *text = canvas_text(c);

		shot_check_widths(text, width, 24);
		free(text);
		canvas_free(c);
	}
	shot_end(&v);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_busy),
	cmocka_unit_test(test_ascii),
	cmocka_unit_test(test_many),
	cmocka_unit_test(test_empty),
	cmocka_unit_test(test_paused_at_the_end),
	cmocka_unit_test(test_help),
	cmocka_unit_test(test_one),
	cmocka_unit_test(test_trend_and_cost),
	cmocka_unit_test(test_tree),
	cmocka_unit_test(test_filter),
	cmocka_unit_test(test_chooser),
	cmocka_unit_test(test_reset_and_replay),
	cmocka_unit_test(test_help_scrolls_to_its_end),
	cmocka_unit_test(test_any_size),
	cmocka_unit_test(test_absurd_values),
};

TEST_UNIT(screen_unit, tests);
