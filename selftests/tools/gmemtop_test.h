/* SPDX-License-Identifier: GPL-2.0-only */
/* What the unit tests of gmemtop's screen share. */
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

/* A model, and what makes records for it. */
struct scene {
	struct gmem_model *model;
	struct synth s;
};

void scene_begin(struct scene *scene);
void scene_end(struct scene *scene);

/* One VM of every kind: busy, slow, ended, without slots, with odd names; and losses. */
void scene_busy(struct scene *scene);

/* That many VMs, of the ids from 1 on; VM i has made i conversions in the last second. */
void scene_many(struct scene *scene, unsigned int n);

/* A screen of made-up VMs, as the golden files have it. */
struct shot {
	struct scene scene;
	struct ui ui;
	struct draw_info info;
};

/* fill may be NULL: no VM. */
void shot_begin(struct shot *v, void (*fill)(struct scene *));
void shot_end(struct shot *v);

/* Presses keys, up to a 0, on a screen of that size. */
void shot_keys(struct shot *v, const int *keys, int width, int height);

/* To be freed with canvas_free(). */
struct canvas *shot_paint(struct shot *v, int width, int height, bool ascii);
void shot_check_widths(const char *text, int width, int height);

/* Is it as in golden/NAME.txt? At 80x24 the attributes are compared as well. */
void shot_golden(struct shot *v, const char *name, int width, int height, bool ascii);

/* At 40x12, 80x24, 132x40 and 300x80: NAME-40x12.txt .. */
void shot_sizes(struct shot *v, const char *name);

#endif /* GMEMTOP_TEST_H */
