// SPDX-License-Identifier: GPL-2.0-only
/*
 * Screens as they are to be, in golden/: run from the repository's root.
 * GMEM_UPDATE_GOLDEN=1 writes them; look at the difference before you commit it.
 */
#define _XOPEN_SOURCE 700
#include "gmemtop_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "help.h"

#define GOLDEN "selftests/tools/golden"

struct view {
	struct scene scene;
	struct ui ui;
	struct draw_info info;
};

static void begin(struct view *v, void (*fill)(struct scene *))
{
	scene_begin(&v->scene);
	if (fill)
		fill(&v->scene);
	ui_init(&v->ui, gmem_metric("conversions_per_s"), false, 1, 0);
	v->info = (struct draw_info){ .probes = "tracepoints" };
}

static void end(struct view *v)
{
	ui_free(&v->ui);
	scene_end(&v->scene);
}

static struct canvas *paint(struct view *v, int width, int height, bool ascii)
{
	struct canvas *c = canvas_new(width, height, ascii);

	assert_non_null(c);
	assert_true(ui_order(&v->ui, v->scene.model));
	draw_fit(&v->ui, v->scene.model, width, height);
	draw(c, &v->ui, v->scene.model, &v->info);
	return c;
}

/* By another way than the canvas's own: nothing is wider than the screen. */
static void check_widths(const char *text, int width, int height)
{
	int lines = 0;

	for (const char *p = text; *p; p = strchr(p, '\n') + 1, lines++) {
		size_t bytes = (size_t)(strchr(p, '\n') - p), n;
		char line[8192];
		wchar_t wide[2048];

		assert_true(bytes < sizeof(line));
		memcpy(line, p, bytes);
		line[bytes] = '\0';
		n = mbstowcs(wide, line, 2048);
		assert_true(n < 2048);
		assert_in_range(wcswidth(wide, n), 0, width);
	}
	assert_int_equal(lines, height);
}

static char *read_file(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text;
	size_t n;

	if (!f)
		return NULL;
	text = malloc(1 << 17);
	n = fread(text, 1, (1 << 17) - 1, f);
	text[n] = '\0';
	fclose(f);
	return text;
}

static void write_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void compare(const char *name, const char *text)
{
	char path[256], *want;

	snprintf(path, sizeof(path), GOLDEN "/%s.txt", name);
	if (getenv("GMEM_UPDATE_GOLDEN")) {
		write_file(path, text);
		return;
	}
	want = read_file(path);
	if (!want)
		fail_msg("cannot read %s: run it from the repository's root", path);
	if (strcmp(want, text))
		fail_msg("not as in %s, but:\n%s", path, text);
	free(want);
}

static void golden(struct view *v, const char *name, int width, int height, bool ascii)
{
	struct canvas *c = paint(v, width, height, ascii);
	char *text = canvas_text(c), *attrs = canvas_attrs(c), with_attrs[256];

	check_widths(text, width, height);
	compare(name, text);
	if (width == 80 && height == 24) {
		snprintf(with_attrs, sizeof(with_attrs), "%s.attrs", name);
		compare(with_attrs, attrs);
	}
	free(text);
	free(attrs);
	canvas_free(c);
}

static void test_busy(void **state)
{
	static const int sizes[][2] = {
		{ 20, 5 }, { 40, 12 }, { 80, 24 }, { 132, 40 }, { 300, 80 },
	};
	struct view v;

	(void)state;
	begin(&v, scene_busy);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char name[64];

		snprintf(name, sizeof(name), "busy-%dx%d", sizes[i][0], sizes[i][1]);
		golden(&v, name, sizes[i][0], sizes[i][1], false);
	}
	end(&v);
}

static void test_ascii(void **state)
{
	struct view v;

	(void)state;
	begin(&v, scene_busy);
	ui_order(&v.ui, v.scene.model);
	ui_key(&v.ui, UI_KEY_DOWN);
	ui_key(&v.ui, UI_KEY_DOWN);
	v.ui.reverse = true;
	golden(&v, "ascii-80x24", 80, 24, true);
	end(&v);
}

static void fill_many(struct scene *scene)
{
	scene_many(scene, 45);
}

static void test_many(void **state)
{
	struct view v;

	(void)state;
	begin(&v, fill_many);
	ui_order(&v.ui, v.scene.model);
	ui_fit(&v.ui, 20);
	ui_key(&v.ui, UI_KEY_PAGE_DOWN);
	ui_key(&v.ui, UI_KEY_PAGE_DOWN);
	golden(&v, "many-80x24", 80, 24, false);
	golden(&v, "many-20x5", 20, 5, false);
	end(&v);
}

static void test_empty(void **state)
{
	struct view v;

	(void)state;
	begin(&v, NULL);
	golden(&v, "empty-80x24", 80, 24, false);
	golden(&v, "empty-20x5", 20, 5, false);
	v.ui.pid = 1234;
	golden(&v, "empty-pid-40x12", 40, 12, false);
	end(&v);
}

static void test_paused_at_the_end(void **state)
{
	struct view v;

	(void)state;
	begin(&v, scene_busy);
	ui_key(&v.ui, 'p');
	v.info.ended = true;
	v.ui.sort = gmem_metric("to_private_p99_ns");
	golden(&v, "paused-80x24", 80, 24, false);
	end(&v);
}

static void test_help(void **state)
{
	struct view v;

	(void)state;
	begin(&v, scene_busy);
	ui_key(&v.ui, '?');
	golden(&v, "help-80x24", 80, 24, false);
	golden(&v, "help-20x5", 20, 5, false);
	golden(&v, "help-132x60", 132, 60, true);
	golden(&v, "help-40x12", 40, 12, false);
	ui_key(&v.ui, UI_KEY_END);
	golden(&v, "help-end-40x12", 40, 12, false);
	end(&v);
}

/* The end of the help can be reached at any size, and all of it is seen on the way. */
static void test_help_scrolls_to_its_end(void **state)
{
	struct view v;

	(void)state;
	begin(&v, NULL);
	ui_key(&v.ui, '?');
	for (int width = 20; width <= 200; width += 5) {
		canvas_free(paint(&v, width, 9, false));
		ui_key(&v.ui, UI_KEY_END);
		assert_int_equal(v.ui.help_top, help_lines(width) - 8);
	}
	end(&v);
}

static void test_any_size(void **state)
{
	struct view v;

	(void)state;
	begin(&v, scene_busy);
	for (int width = 0; width <= 300; width++) {
		for (int height = 0; height <= 100; height += height < 30 ? 1 : 14) {
			struct canvas *c = paint(&v, width, height, width & 1);
			char *text = canvas_text(c);

			check_widths(text, width, height);
			free(text);
			canvas_free(c);
			v.ui.help = height & 1;
		}
	}
	end(&v);
}

/* From recordings that are not what they say, or from later versions. */
static void test_absurd_values(void **state)
{
	static const uint64_t lost[GMEM_LOSSES] = { UINT64_MAX, 1, UINT64_MAX, UINT64_MAX };
	struct synth_vm vm = { .id = UINT64_MAX, .pid = UINT32_MAX };
	struct view v;

	(void)state;
	begin(&v, NULL);
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
		struct canvas *c = paint(&v, width, 24, false);
		char *text = canvas_text(c);

		check_widths(text, width, 24);
		free(text);
		canvas_free(c);
	}
	end(&v);
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_busy),
	cmocka_unit_test(test_ascii),
	cmocka_unit_test(test_many),
	cmocka_unit_test(test_empty),
	cmocka_unit_test(test_paused_at_the_end),
	cmocka_unit_test(test_help),
	cmocka_unit_test(test_help_scrolls_to_its_end),
	cmocka_unit_test(test_any_size),
	cmocka_unit_test(test_absurd_values),
};

TEST_UNIT(screen_unit, tests);
