// SPDX-License-Identifier: GPL-2.0-only
/*
 * Comparison of screens with golden/; run from the repository's root. GMEM_UPDATE_GOLDEN=1 writes
 * the files; review the difference before you commit it.
 */
#define _XOPEN_SOURCE 700
#include "gmemtop_test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "tap_diff.h"

#define GOLDEN "selftests/tools/golden"

void shot_begin(struct shot *v, void (*fill)(struct scene *))
{
	scene_begin(&v->scene);
	if (fill)
		fill(&v->scene);
	assert_true(ui_init(&v->ui, gmem_metric("conversions_per_s"), false, 1, 0));
	v->ui.model = v->scene.model;
	v->info = (struct draw_info){ .probes = "tracepoints" };
}

void shot_end(struct shot *v)
{
	ui_free(&v->ui);
	scene_end(&v->scene);
}

struct canvas *shot_paint(struct shot *v, int width, int height, bool ascii)
{
	struct canvas *c = canvas_new(width, height, ascii);

	assert_non_null(c);
	assert_true(ui_order(&v->ui, v->scene.model));
	draw_fit(&v->ui, v->scene.model, width, height);
	draw(c, &v->ui, v->scene.model, &v->info);
	return c;
}

/* Returns a line for each line of the canvas: a letter for each attribute, a blank for CANVAS_NORMAL. */
static char *canvas_attrs(const struct canvas *c)
{
	static const char letters[CANVAS_ATTRS] = {
		[CANVAS_NORMAL] = ' ', [CANVAS_TITLE] = 'T', [CANVAS_HEADER] = 'h',
		[CANVAS_SORTED] = 'H', [CANVAS_SELECTED] = 'S', [CANVAS_PRIVATE] = 'P',
		[CANVAS_MIXED] = 'm', [CANVAS_SHARED] = 's', [CANVAS_WARN] = 'W',
		[CANVAS_DIM] = 'd', [CANVAS_KEY] = 'k', [CANVAS_GOOD] = 'g',
		[CANVAS_POPULATED] = 'p', [CANVAS_DOUBLE_BACKED] = 'D', [CANVAS_ORPHAN] = 'O',
		[CANVAS_CURSOR] = 'C', [CANVAS_GLOW] = '!', [CANVAS_GLOW_OLD] = 'o',
		[CANVAS_SPARK] = '~',
		[CANVAS_HEAT] = '0', '1', '2', '3', '4', '5', '6', '7',
		[CANVAS_BAR] = 'a', 'b', 'c', 'e', 'f', 'i', 'j', 'l',
	};
	char *text = malloc((size_t)c->height * (c->width + 1) + 1), *p = text;

	for (int y = 0; p && y < c->height; y++) {
		char *line = p;

		for (int x = 0; x < c->width; x++)
			*p++ = letters[canvas_at(c, y, x)->attr];
		while (p > line && p[-1] == ' ')
			p--;
		*p++ = '\n';
	}
	if (p)
		*p = '\0';
	return text;
}

/* Checks, independently of the canvas, that no line is wider than the screen. */
void shot_check_widths(const char *text, int width, int height)
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
	if (strcmp(want, text)) {
		print_message("# lines that differ from %s:\n", path);
		tap_diff(want, text);
		free(want);
		fail();
	}
	free(want);
}

void shot_golden(struct shot *v, const char *name, int width, int height, bool ascii)
{
	struct canvas *c = shot_paint(v, width, height, ascii);
	char *text = canvas_text(c), *attrs = canvas_attrs(c), with_attrs[256];

	shot_check_widths(text, width, height);
	compare(name, text);
	if (width == 80 && height == 24) {
		snprintf(with_attrs, sizeof(with_attrs), "%s.attrs", name);
		compare(with_attrs, attrs);
	}
	free(text);
	free(attrs);
	canvas_free(c);
}

void shot_keys(struct shot *v, const int *keys, int width, int height)
{
	for (; *keys; keys++) {
		assert_true(ui_order(&v->ui, v->scene.model));
		draw_fit(&v->ui, v->scene.model, width, height);
		ui_key(&v->ui, *keys);
	}
}

void shot_sizes(struct shot *v, const char *name)
{
	static const int sizes[][2] = { { 40, 12 }, { 80, 24 }, { 132, 40 }, { 300, 80 } };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		char full[128];

		snprintf(full, sizeof(full), "%s-%dx%d", name, sizes[i][0], sizes[i][1]);
		shot_golden(v, full, sizes[i][0], sizes[i][1], false);
	}
}
