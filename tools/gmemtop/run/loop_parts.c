// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/loop_parts.h"

#include <errno.h>
#include <time.h>

int64_t loop_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const struct gmem_model *loop_shown(const struct loop *l)
{
	return l->frozen ? l->frozen : l->consumer.model;
}

int loop_show(struct loop *l)
{
	int width, height;

	l->screen->size(l->screen->ctx, &width, &height);
	if ((l->canvas->width != width || l->canvas->height != height) &&
	    !canvas_resize(l->canvas, width, height))
		return -ENOMEM;
	/* Changes when the kvm module is loaded later. */
	l->info.probes = gmem_source_describe(l->source);
	draw_fit(&l->ui, loop_shown(l), width, height);
	draw(l->canvas, &l->ui, loop_shown(l), &l->info);
	l->screen->show(l->screen->ctx, l->canvas);
	return 0;
}

int loop_order_and_show(struct loop *l)
{
	return ui_order(&l->ui, loop_shown(l)) ? loop_show(l) : -ENOMEM;
}

void loop_count(struct loop *l)
{
	if (l->left && !--l->left)
		l->done = true;
}
