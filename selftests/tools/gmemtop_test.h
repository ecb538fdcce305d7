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

#include "canvas.h"
#include "draw.h"
#include "model.h"
#include "synth.h"
#include "ui.h"

struct test_unit {
	const struct CMUnitTest *tests;
	size_t n;
};

#define TEST_UNIT(name, array)							\
	const struct test_unit name = { array, sizeof(array) / sizeof((array)[0]) }

extern const struct test_unit canvas_unit;
extern const struct test_unit layout_unit;
extern const struct test_unit loop_unit;
extern const struct test_unit screen_unit;
extern const struct test_unit ui_unit;

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

#endif /* GMEMTOP_TEST_H */
