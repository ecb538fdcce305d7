// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "loop.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "draw.h"
#include "model.h"
#include "snapshot.h"
#include "stop.h"
#include "ui.h"

/* A VM that ended is shown this long, so that its last counts are seen. */
#define LINGER_NS	10000000000ULL

/*
 * We wait for keys, not for records: those wait in a buffer of megabytes, and
 * waking up for each would cost more than they do. Under a flood we come sooner.
 */
#define WAIT_MS		50
#define WAIT_BUSY_MS	5
#define BUSY_RECORDS	5000

/* Whatever comes in, keys are looked at this often. */
#define TAKE_MS		40
#define SYNC_MS		1000
#define CLOCK_EVERY	256	/* records */

struct loop {
	struct gmem_source *source;
	const struct loop_screen *screen;
	struct gmem_model *model;
	struct gmem_model *frozen;	/* while paused: what is shown instead */
	struct canvas *canvas;
	struct ui ui;
	struct draw_info info;
	unsigned int groups;		/* of probes, that were asked for */
	int64_t next_ms;		/* refresh */
	int64_t deadline_ms;		/* of the call into the source that is under way */
	unsigned int taken;		/* records in it */
	unsigned long left;		/* refreshes; 0: no end */
	bool done;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* A record was taken even if -EAGAIN then ends the call: it is not handed over again. */
static int take(void *ctx, const struct gmem_hdr *rec)
{
	struct loop *l = ctx;
	int err = gmem_model_apply(l->model, rec);

	if (err && err != -EINVAL)
		return err;
	if (++l->taken % CLOCK_EVERY == 0 && (gmem_stopped() || now_ms() >= l->deadline_ms))
		return -EAGAIN;
	return 0;
}

static void begin_taking(struct loop *l, int limit_ms)
{
	l->taken = 0;
	l->deadline_ms = now_ms() + limit_ms;
}

/* 0, or the error that ends it all. */
static int judge(struct loop *l, int err)
{
	l->info.behind = err == -EAGAIN;
	if (err == -ENODATA)
		l->info.ended = true;
	return err >= 0 || err == -EAGAIN || err == -EINTR || err == -ENODATA ? 0 : err;
}

static int take_records(struct loop *l)
{
	begin_taking(l, TAKE_MS);
	return l->info.ended ? 0 : judge(l, gmem_source_poll(l->source, 0, take, l));
}

static const struct gmem_model *shown(const struct loop *l)
{
	return l->frozen ? l->frozen : l->model;
}

static int show(struct loop *l)
{
	int width, height;

	l->screen->size(l->screen->ctx, &width, &height);
	if ((l->canvas->width != width || l->canvas->height != height) &&
	    !canvas_resize(l->canvas, width, height))
		return -ENOMEM;
	draw_fit(&l->ui, shown(l), width, height);
	draw(l->canvas, &l->ui, shown(l), &l->info);
	l->screen->show(l->screen->ctx, l->canvas);
	return 0;
}

static int order_and_show(struct loop *l)
{
	return ui_order(&l->ui, shown(l)) ? show(l) : -ENOMEM;
}

/* A view that cannot have what it wants shows what there is: the features say what that is. */
static void want_probes(struct loop *l)
{
	if (!l->info.ended)
		l->info.want_err = gmem_source_want(l->source, l->groups | ui_view(&l->ui)->groups);
}

static int read_counters(struct loop *l)
{
	int err = 0;

	if (!l->info.ended) {
		begin_taking(l, SYNC_MS);
		err = judge(l, gmem_source_sync(l->source, take, l));
	}
	if (l->model->now_ns > LINGER_NS)
		gmem_model_forget(l->model, l->model->now_ns - LINGER_NS);
	if (!err && !ui_collect(&l->ui, l->model))
		err = -ENOMEM;
	return err;
}

/* While paused, the screen keeps the moment of the pause, and the model goes on. */
static int freeze(struct loop *l)
{
	gmem_model_free(l->frozen);
	l->frozen = l->ui.paused ? snapshot_take(l->model) : NULL;
	if (l->ui.paused && !l->frozen)
		return -ENOMEM;
	return 0;
}

static int refresh(struct loop *l)
{
	int64_t now = now_ms(), delay = (int64_t)(l->ui.delay_s * 1000);
	int err = read_counters(l);

	l->next_ms += delay;
	if (l->next_ms <= now || l->next_ms > now + delay)
		l->next_ms = now + delay;
	if (err || l->ui.paused)
		return err;
	err = order_and_show(l);
	if (l->left && !--l->left)
		l->done = true;
	return err;
}

static int obey(struct loop *l, enum ui_action action)
{
	int err = 0;

	if (action & UI_QUIT) {
		l->done = true;
		return 0;
	}
	if (action & UI_VIEW)
		want_probes(l);
	if (action & UI_LOOK && l->screen->look)
		l->screen->look(l->screen->ctx, l->ui.look);
	if (action & UI_DELAY)
		l->next_ms = now_ms() + (int64_t)(l->ui.delay_s * 1000);
	if (action & UI_REFRESH)
		err = read_counters(l);
	if (!err && action & (UI_PAUSE | UI_REFRESH))
		err = freeze(l);
	if (!err && action & (UI_ORDER | UI_PAUSE | UI_REFRESH))
		return order_and_show(l);
	return !err && action & UI_DRAW ? show(l) : err;
}

/* All keys that wait are taken before the next records are. */
static int take_keys(struct loop *l, int timeout_ms)
{
	int err = 0, key;

	while (!err && !l->done && !gmem_stopped() &&
	       (key = l->screen->key(l->screen->ctx, timeout_ms, &l->ui.mouse)) != UI_KEY_NONE) {
		l->ui.model = shown(l);
		err = obey(l, ui_key(&l->ui, key));
		timeout_ms = 0;
	}
	return err;
}

static int wait_ms(const struct loop *l)
{
	int64_t left = l->next_ms - now_ms();
	int most = l->taken > BUSY_RECORDS ? WAIT_BUSY_MS : WAIT_MS;

	return left < 0 ? 0 : left < most ? (int)left : most;
}

static int go_round(struct loop *l)
{
	int err = take_records(l);

	if (!err && now_ms() >= l->next_ms)
		err = refresh(l);
	return err ? err : take_keys(l, wait_ms(l));
}

static enum gmem_status fail(struct gmem_error *e, int err)
{
	if (err == -ENOMEM)
		return gmem_fail(e, GMEM_E_FAILED, "Free some memory, or raise the limit.",
				 "cannot show guest memory: %s", strerror(-err));
	return gmem_fail(e, GMEM_E_FAILED, "Run it again with -v for more.",
			 "cannot read events: %s", strerror(-err));
}

enum gmem_status loop_run(struct gmem_source *source, const struct gmemtop_options *o,
			  const struct loop_screen *screen, struct gmem_error *e)
{
	struct loop l = {
		.source = source, .screen = screen, .left = o->count, .next_ms = now_ms(),
		.groups = o->groups,
		.info = { .probes = gmem_source_describe(source) },
	};
	int err = -ENOMEM;
	bool ready = ui_init(&l.ui, o->sort, o->reverse, o->delay_s, o->pid);

	l.model = gmem_model_new();
	l.canvas = canvas_new(0, 0, screen->ascii);
	if (ready && l.model && l.canvas) {
		err = 0;
		want_probes(&l);
		while (!err && !l.done && !gmem_stopped())
			err = go_round(&l);
	}
	canvas_free(l.canvas);
	gmem_model_free(l.frozen);
	gmem_model_free(l.model);
	ui_free(&l.ui);
	return err ? fail(e, err) : GMEM_OK;
}
