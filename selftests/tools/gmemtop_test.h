/* SPDX-License-Identifier: GPL-2.0-only */
/* Shared parts of the unit tests of gmemtop's screen. */
#ifndef GMEMTOP_TEST_H
#define GMEMTOP_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "model/model.h"
#include "screen/draw.h"
#include "synth.h"
#include "terminal/canvas.h"
#include "ui/ui.h"

struct test_unit {
	const struct CMUnitTest *tests;
	size_t n;
};

#define TEST_UNIT(name, array)							\
	const struct test_unit name = { array, sizeof(array) / sizeof((array)[0]) }

extern const struct test_unit canvas_unit;
extern const struct test_unit layout_unit;
extern const struct test_unit list_unit;
extern const struct test_unit loop_unit;
extern const struct test_unit screen_unit;
extern const struct test_unit settings_unit;
extern const struct test_unit ui_unit;
extern const struct test_unit views_unit;

/* A model, and the synthesizer of its records. */
struct scene {
	struct gmem_model *model;
	struct synth s;
};

void scene_begin(struct scene *scene);
void scene_end(struct scene *scene);

/* Adds one VM of every kind: busy, slow, ended, without slots, with odd names; and losses. */
void scene_busy(struct scene *scene);

/* Adds @n VMs with ids from 1; VM i has made i conversions in the last second. */
void scene_many(struct scene *scene, unsigned int n);

/* A screen of made-up VMs, for comparison with golden files. */
struct shot {
	struct scene scene;
	struct ui ui;
	struct draw_info info;
};

/* Fills the scene; @fill may be NULL: no VM. */
void shot_begin(struct shot *v, void (*fill)(struct scene *));
void shot_end(struct shot *v);

/* Presses keys, up to a 0, on a screen of that size. */
void shot_keys(struct shot *v, const int *keys, int width, int height);

/* Returns the painted screen; free it with canvas_free(). */
struct canvas *shot_paint(struct shot *v, int width, int height, bool ascii);
void shot_check_widths(const char *text, int width, int height);

/* Compares with golden/NAME.txt; at 80x24, the attributes as well. */
void shot_golden(struct shot *v, const char *name, int width, int height, bool ascii);

/* Compares at 40x12, 80x24, 132x40 and 300x80: NAME-40x12.txt and so on. */
void shot_sizes(struct shot *v, const char *name);

#endif /* GMEMTOP_TEST_H */
