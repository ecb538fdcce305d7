// SPDX-License-Identifier: GPL-2.0-only
#include "gmemtop_test.h"

#include "views/overview.h"

static void check_columns(const struct layout *l, const struct ui *ui, int width)
{
	int x = 1;
	bool sorted = false;

	assert_true(l->nr_columns > 0);
	for (size_t i = 0; i < l->nr_columns; i++) {
		assert_int_equal(l->columns[i].x, x);
		assert_true(l->columns[i].width > 0);
		x += l->columns[i].width + 1;
		if (l->spark_width && l->spark_x == x)
			x += l->spark_width + 1;
		sorted |= l->columns[i].metric == ui->sort;
	}
	assert_true(x - 1 <= width);
	if (width >= 40)
		assert_true(sorted);
	if (!l->map_below)
		assert_int_equal(l->map_x, x);
	assert_true(l->map_x + l->map_width <= width);
	if (width >= 30)
		assert_true(l->map_width >= 10);
}

static void check_rows(const struct layout *l, const struct view_area *area)
{
	assert_true(l->rows > 0);
	assert_true(l->body_y + (int)l->rows * (1 + l->map_below) <= area->y + area->height);
}

static void test_all_sizes_and_fields(void **state)
{
	struct scene scene;
	struct ui ui;

	(void)state;
	scene_begin(&scene);
	scene_busy(&scene);
	ui_init(&ui, NULL, false, 1, 0);
	for (size_t i = 0; i < gmem_nr_metrics; i++) {
		ui.sort = &gmem_metrics[i];
		assert_true(ui_order(&ui, scene.model));
		for (int width = 20; width <= 300; width++) {
			for (int height = 5; height <= 100; height += 7) {
				struct view_area area = draw_area(width, height);
				struct layout l;

				layout_make(&l, &ui, scene.model, &area);
				check_columns(&l, &ui, width);
				check_rows(&l, &area);
			}
		}
	}
	ui_free(&ui);
	scene_end(&scene);
}

static struct layout layout_of(unsigned int vms, int width, int height)
{
	struct view_area area = draw_area(width, height);
	struct scene scene;
	struct layout l;
	struct ui ui;

	scene_begin(&scene);
	scene_many(&scene, vms);
	ui_init(&ui, NULL, false, 1, 0);
	assert_true(ui_order(&ui, scene.model));
	layout_make(&l, &ui, scene.model, &area);
	ui_free(&ui);
	scene_end(&scene);
	return l;
}

static void test_all_columns_fit_80(void **state)
{
	struct layout l = layout_of(4, 80, 24);

	(void)state;
	assert_int_equal(l.nr_columns, 12);
	assert_true(l.map_below);
	assert_int_equal(l.map_width, 78);
}

static void test_one_line_each_when_many(void **state)
{
	struct layout l = layout_of(10, 80, 24);

	(void)state;
	assert_true(l.map_below);
	l = layout_of(11, 80, 24);
	assert_false(l.map_below);
	assert_int_equal(l.rows, 20);
	assert_true(l.map_width >= 10);
	l = layout_of(4, 132, 40);
	assert_false(l.map_below);
	assert_true(l.map_width >= 22);
	l = layout_of(4, 300, 80);
	assert_int_equal(l.map_width, LAYOUT_MAP_MAX);
	assert_true(l.nr_columns > 12);
}

static void test_least_size(void **state)
{
	struct layout l = layout_of(4, DRAW_MIN_WIDTH, DRAW_MIN_HEIGHT);

	(void)state;
	assert_int_equal(l.rows, 1);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_all_sizes_and_fields),
	cmocka_unit_test(test_all_columns_fit_80),
	cmocka_unit_test(test_one_line_each_when_many),
	cmocka_unit_test(test_least_size),
};

TEST_UNIT(layout_unit, tests);
