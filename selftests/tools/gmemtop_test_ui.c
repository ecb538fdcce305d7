// SPDX-License-Identifier: GPL-2.0-only
#include "gmemtop_test.h"

#include <string.h>

struct fixture {
	struct scene scene;
	struct ui ui;
};

static void begin(struct fixture *f, unsigned int vms)
{
	scene_begin(&f->scene);
	scene_many(&f->scene, vms);
	ui_init(&f->ui, gmem_metric("conversions_per_s"), false, 1, 0);
	assert_true(ui_order(&f->ui, f->scene.model));
}

static void end(struct fixture *f)
{
	ui_free(&f->ui);
	scene_end(&f->scene);
}

static void test_order(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 5);
	assert_int_equal(f.ui.list.rows[0].id, 5);
	assert_int_equal(f.ui.list.rows[4].id, 1);
	assert_int_equal(ui_key(&f.ui, 'R'), UI_ORDER | UI_DRAW);
	ui_order(&f.ui, f.scene.model);
	assert_int_equal(f.ui.list.rows[0].id, 1);
	end(&f);
}

static void test_equal_ones_keep_their_order(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 9);
	f.ui.sort = gmem_metric("slot_bytes");
	for (int round = 0; round < 2; round++) {
		f.ui.reverse = round;
		ui_order(&f.ui, f.scene.model);
		for (int i = 0; i < 9; i++)
			assert_int_equal(f.ui.list.rows[i].id, i + 1);
	}
	end(&f);
}

static void test_ended_ones_are_last(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 5);
	synth_end(&f.scene.s, &(struct synth_vm){ .id = 5, .pid = 104 });
	for (int round = 0; round < 2; round++) {
		f.ui.reverse = round;
		ui_order(&f.ui, f.scene.model);
		assert_int_equal(f.ui.list.rows[4].id, 5);
	}
	end(&f);
}

static void test_only_one_process(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 5);
	f.ui.pid = 102;
	ui_order(&f.ui, f.scene.model);
	assert_int_equal(f.ui.list.nr, 1);
	assert_int_equal(f.ui.list.rows[0].id, 3);
	f.ui.pid = 1;
	ui_order(&f.ui, f.scene.model);
	assert_int_equal(f.ui.list.nr, 0);
	assert_int_equal(ui_key(&f.ui, UI_KEY_DOWN), UI_NOTHING);
	end(&f);
}

static void test_selection_follows_the_vm(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 30);
	ui_scroll_fit(&f.ui.at, f.ui.list.nr, 10);
	assert_false(f.ui.at.selecting);
	ui_key(&f.ui, UI_KEY_DOWN);
	assert_true(f.ui.at.selecting);
	assert_int_equal(f.ui.selected, 30);
	ui_key(&f.ui, 'j');
	assert_int_equal(f.ui.selected, 29);
	ui_key(&f.ui, 'R');
	ui_order(&f.ui, f.scene.model);
	assert_int_equal(f.ui.selected, 29);
	assert_int_equal(f.ui.list.rows[f.ui.at.cursor].id, 29);
	assert_in_range(f.ui.at.cursor, f.ui.at.top, f.ui.at.top + 9);
	ui_key(&f.ui, 's');
	ui_order(&f.ui, f.scene.model);
	assert_int_equal(f.ui.selected, 29);
	assert_int_equal(f.ui.list.rows[f.ui.at.cursor].id, 29);
	assert_in_range(f.ui.at.cursor, f.ui.at.top, f.ui.at.top + 9);
	end(&f);
}

static void test_selected_vm_goes_away(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 3);
	ui_key(&f.ui, UI_KEY_END);
	assert_int_equal(f.ui.selected, 1);
	synth_end(&f.scene.s, &(struct synth_vm){ .id = 1, .pid = 100 });
	gmem_model_forget(f.scene.model, UINT64_MAX);
	ui_order(&f.ui, f.scene.model);
	assert_int_equal(f.ui.selected, 2);
	for (int id = 2; id <= 3; id++)
		synth_end(&f.scene.s, &(struct synth_vm){ .id = id, .pid = 99 + id });
	gmem_model_forget(f.scene.model, UINT64_MAX);
	ui_order(&f.ui, f.scene.model);
	assert_false(f.ui.at.selecting);
	assert_int_equal(ui_key(&f.ui, UI_KEY_UP), UI_NOTHING);
	end(&f);
}

static void test_scrolling(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 25);
	ui_scroll_fit(&f.ui.at, f.ui.list.nr, 10);
	ui_key(&f.ui, UI_KEY_PAGE_DOWN);
	assert_int_equal(f.ui.at.cursor, 10);
	assert_int_equal(f.ui.at.top, 1);
	ui_key(&f.ui, UI_KEY_END);
	assert_int_equal(f.ui.at.cursor, 24);
	assert_int_equal(f.ui.at.top, 15);
	ui_key(&f.ui, UI_KEY_DOWN);
	assert_int_equal(f.ui.at.cursor, 24);
	ui_key(&f.ui, UI_KEY_PAGE_UP);
	assert_int_equal(f.ui.at.cursor, 14);
	ui_key(&f.ui, 'g');
	assert_int_equal(f.ui.at.cursor, 0);
	assert_int_equal(f.ui.at.top, 0);
	ui_key(&f.ui, 'k');
	assert_int_equal(f.ui.at.cursor, 0);
	/* A larger screen leaves no room empty while there are rows above. */
	ui_key(&f.ui, 'G');
	ui_scroll_fit(&f.ui.at, f.ui.list.nr, 20);
	assert_int_equal(f.ui.at.top, 5);
	ui_scroll_fit(&f.ui.at, f.ui.list.nr, 100);
	assert_int_equal(f.ui.at.top, 0);
	ui_key(&f.ui, UI_KEY_ESC);
	assert_false(f.ui.at.selecting);
	end(&f);
}

static void test_sorting_goes_round(void **state)
{
	const struct gmem_metric *first;
	struct ui ui;
	int n = 0;

	(void)state;
	ui_init(&ui, gmem_metric("vm"), false, 1, 0);
	first = ui.sort;
	do {
		assert_int_equal(ui_key(&ui, '>'), UI_ORDER | UI_DRAW);
		assert_non_null(ui.sort);
		n++;
	} while (ui.sort != first);
	assert_true(n >= 12);
	ui_key(&ui, UI_KEY_LEFT);
	ui_key(&ui, 's');
	assert_ptr_equal(ui.sort, first);
	/* Sorted by a metric that is not shown as a column. */
	ui.sort = gmem_metric("to_private_p99_ns");
	ui_key(&ui, '>');
	assert_ptr_equal(ui.sort, first);
	ui_free(&ui);
}

static void test_delays(void **state)
{
	struct ui ui;

	(void)state;
	ui_init(&ui, NULL, false, 0.7, 0);
	assert_int_equal(ui_key(&ui, '+'), UI_DELAY | UI_DRAW);
	assert_true(ui.delay_s == 1);
	ui_key(&ui, '-');
	assert_true(ui.delay_s == 0.5);
	for (int i = 0; i < 30; i++)
		ui_key(&ui, '-');
	assert_true(ui.delay_s == 0.1);
	for (int i = 0; i < 30; i++)
		ui_key(&ui, '+');
	assert_true(ui.delay_s == 3600);
	ui_key(&ui, 'd');
	assert_true(ui.delay_s == 0.5);
	ui_free(&ui);
}

static void test_help_takes_the_keys(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 3);
	assert_int_equal(ui_key(&f.ui, '?'), UI_DRAW);
	assert_true(f.ui.help);
	ui_scroll_fit(&f.ui.help_at, 50, 20);
	ui_key(&f.ui, UI_KEY_END);
	assert_int_equal(f.ui.help_at.top, 30);
	assert_false(f.ui.at.selecting);
	ui_key(&f.ui, UI_KEY_PAGE_UP);
	assert_int_equal(f.ui.help_at.top, 10);
	assert_int_equal(ui_key(&f.ui, 'q'), UI_DRAW);
	assert_false(f.ui.help);
	assert_int_equal(ui_key(&f.ui, 'q'), UI_QUIT);
	end(&f);
}

static void test_other_keys(void **state)
{
	struct ui ui;

	(void)state;
	ui_init(&ui, NULL, false, 1, 0);
	assert_int_equal(ui_key(&ui, ' '), UI_REFRESH | UI_DRAW);
	assert_int_equal(ui_key(&ui, 'p'), UI_PAUSE | UI_DRAW);
	assert_true(ui.paused);
	assert_int_equal(ui_key(&ui, 'p'), UI_PAUSE | UI_DRAW);
	assert_false(ui.paused);
	assert_int_equal(ui_key(&ui, UI_KEY_RESIZE), UI_DRAW);
	assert_int_equal(ui_key(&ui, UI_KEY_GONE), UI_QUIT);
	assert_int_equal(ui_key(&ui, 'x'), UI_NOTHING);
	assert_int_equal(ui_key(&ui, 0), UI_NOTHING);
	assert_int_equal(ui_key(&ui, -1), UI_NOTHING);
	ui_free(&ui);
}

static void check_differ(const struct ui_binding *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		for (int k = 0; k < UI_KEYS && all[i].keys[k]; k++) {
			for (size_t j = i + 1; j < n; j++) {
				for (int m = 0; m < UI_KEYS && all[j].keys[m]; m++)
					assert_int_not_equal(all[i].keys[k], all[j].keys[m]);
			}
		}
	}
}

/* Returns whether a view may redefine the key: Esc, which it may use first, and zooming. */
static bool may_differ(int key)
{
	return key == UI_KEY_ESC || key == '+' || key == '-';
}

/* Keys have one meaning, and no view hides the keys that leave it. */
static void test_no_key_means_two_things(void **state)
{
	(void)state;
	check_differ(ui_bindings, ui_nr_bindings);
	for (int v = 0; v < VIEWS; v++) {
		const struct view *view = view_table[v];
		struct ui_binding both[128];

		assert_true(view->nr_bindings + ui_nr_bindings < 128);
		for (size_t i = 0; i < view->nr_bindings; i++)
			both[i] = view->bindings[i];
		for (size_t i = 0; i < ui_nr_bindings; i++) {
			both[view->nr_bindings + i] = ui_bindings[i];
			if (may_differ(ui_bindings[i].keys[0]))
				both[view->nr_bindings + i].keys[0] = 0;
		}
		check_differ(both, view->nr_bindings + ui_nr_bindings);
		for (int w = 0; w < VIEWS; w++) {
			assert_true(w == v || view_table[w]->key != view->key);
			for (size_t i = 0; i < view->nr_bindings + ui_nr_bindings; i++)
				for (int k = 0; k < UI_KEYS; k++)
					assert_int_not_equal(both[i].keys[k], view_table[w]->key);
		}
	}
}

static void test_views(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 3);
	assert_int_equal(ui_vm(&f.ui), 3);
	ui_key(&f.ui, UI_KEY_DOWN);
	ui_key(&f.ui, UI_KEY_DOWN);
	assert_int_equal(ui_key(&f.ui, UI_KEY_ENTER), UI_VIEW | UI_ORDER | UI_DRAW);
	assert_int_equal(f.ui.view, VIEW_VM);
	assert_int_equal(ui_vm(&f.ui), 2);
	assert_int_equal(ui_key(&f.ui, UI_KEY_ESC), UI_VIEW | UI_ORDER | UI_DRAW);
	assert_int_equal(f.ui.view, VIEW_OVERVIEW);
	for (int v = 0; v < VIEWS; v++) {
		ui_key(&f.ui, view_table[v]->key);
		assert_int_equal(f.ui.view, v);
	}
	ui_key(&f.ui, UI_KEY_TAB);
	assert_int_equal(f.ui.view, VIEW_OVERVIEW);
	ui_key(&f.ui, UI_KEY_BACK_TAB);
	assert_int_equal(f.ui.view, VIEWS - 1);
	end(&f);
}

static void click(struct fixture *f, int y)
{
	f->ui.model = f->scene.model;
	f->ui.mouse = (struct ui_mouse){ y, 20 };
	ui_key(&f->ui, UI_KEY_CLICK);
}

static void test_mouse(void **state)
{
	struct fixture f;

	(void)state;
	begin(&f, 30);
	draw_fit(&f.ui, f.scene.model, 80, 24);
	click(&f, 3);
	assert_int_equal(f.ui.selected, 30);
	click(&f, 22);
	assert_int_equal(f.ui.selected, 11);
	click(&f, 23);
	assert_int_equal(f.ui.selected, 11);
	click(&f, 0);
	assert_int_equal(f.ui.selected, 11);
	ui_key(&f.ui, UI_KEY_WHEEL_DOWN);
	assert_int_equal(f.ui.selected, 10);
	ui_key(&f.ui, UI_KEY_DOUBLE_CLICK);
	assert_int_equal(f.ui.view, VIEW_OVERVIEW);
	f.ui.mouse.y = 4;
	ui_key(&f.ui, UI_KEY_DOUBLE_CLICK);
	assert_int_equal(f.ui.view, VIEW_VM);
	end(&f);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_order),
	cmocka_unit_test(test_equal_ones_keep_their_order),
	cmocka_unit_test(test_ended_ones_are_last),
	cmocka_unit_test(test_only_one_process),
	cmocka_unit_test(test_selection_follows_the_vm),
	cmocka_unit_test(test_selected_vm_goes_away),
	cmocka_unit_test(test_scrolling),
	cmocka_unit_test(test_sorting_goes_round),
	cmocka_unit_test(test_delays),
	cmocka_unit_test(test_help_takes_the_keys),
	cmocka_unit_test(test_other_keys),
	cmocka_unit_test(test_views),
	cmocka_unit_test(test_mouse),
	cmocka_unit_test(test_no_key_means_two_things),
};

TEST_UNIT(ui_unit, tests);
