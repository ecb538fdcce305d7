// SPDX-License-Identifier: GPL-2.0-only
/* Punches, preallocations and touches; arrival and departure of descriptors and mappings. */
#include <fcntl.h>
#include <linux/falloc.h>

#include "plan.h"
#include "stage.h"

#define PUNCH	(FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE)
#define MOST_POPULATED	(24UL << 10)	/* pages of all files */
#define MOST_HANDLES	20		/* per actor */

bool plan_fallocate(struct world *w, struct rng *r, uint32_t actor, struct order *o, int64_t *want)
{
	uint32_t h = pick_file(w, r, actor, H_FILE);
	uint64_t start, n;
	struct file *f;
	int mode;

	if (h == NONE)
		return false;
	f = w->files[w->handles[h].object];
	mode = w->populated < MOST_POPULATED && rng_chance(r, 60) ? FALLOC_FL_KEEP_SIZE : PUNCH;
	n = pick_pages(r, f->pages);
	start = rng_below(r, f->pages - n + 1);
	if (mode == PUNCH && rng_chance(r, 15))		/* a hole may reach beyond the end */
		n += rng_from(r, 1, 10000);
	else if (mode != PUNCH && n > 2048)
		n = 2048;
	*o = (struct order){
		.kind = O_FALLOCATE, .handle = h, .arg = (uint32_t)mode, .a = start << 12, .b = n << 12,
	};
	*want = world_fallocate(w, w->handles[h].object, mode, o->a, o->b) ? 0 : MUST_FAIL;
	return true;
}

static bool fallocate_well(struct world *w, struct rng *r, uint32_t actor)
{
	struct order o;
	int64_t want;

	if (!plan_fallocate(w, r, actor, &o, &want))
		return false;
	stage_order(w, actor, &o, want);
	return true;
}

/*
 * Plans a fallocate that fails: some are refused by guest_memfd, others by the file system before.
 */
static bool fallocate_badly(struct world *w, struct rng *r, uint32_t actor)
{
	static const int modes[] = { 0, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
				     FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE };
	uint32_t h = pick_file(w, r, actor, H_FILE);
	struct order o = { .kind = O_FALLOCATE, .handle = h, .arg = FALLOC_FL_KEEP_SIZE, .b = 4096 };
	const struct file *f;

	if (h == NONE)
		return false;
	f = w->files[w->handles[h].object];
	o.a = rng_below(r, f->pages) << 12;
	switch (rng_below(r, 8)) {
	case 0:
		o.arg = (uint32_t)modes[rng_below(r, 4)];
		break;
	case 1:
		o.arg = PUNCH;
		o.a += 512;
		break;
	case 2:
		o.arg = PUNCH;
		o.b += 512;
		break;
	case 3:
		o.b += 1;
		break;
	case 4:
		o.b = (f->pages << 12) - o.a + 4096;
		break;
	case 5:
		o.b = 0;
		stage_order(w, actor, &o, MUST_FAIL);
		return true;
	case 6:
		o.arg = FALLOC_FL_PUNCH_HOLE;
		stage_order(w, actor, &o, MUST_FAIL);
		return true;
	default:
		o.arg = PUNCH | 1U << 20;
		stage_order(w, actor, &o, MUST_FAIL);
		return true;
	}
	stage_order(w, actor, &o, world_fallocate(w, w->handles[h].object, (int)o.arg, o.a, o.b) ?
		    0 : MUST_FAIL);
	return true;
}

static bool touch(struct world *w, struct rng *r, uint32_t actor)
{
	uint32_t h = pick_file(w, r, actor, H_MAP);
	uint64_t start, n;
	struct file *f;

	if (h == NONE)
		return false;
	f = w->files[w->handles[h].object];
	if (!(f->flags & 2) || w->populated > MOST_POPULATED)
		return false;
	n = pick_pages(r, f->pages < 600 ? f->pages : 600);
	start = rng_below(r, f->pages - n + 1);
	world_touch(w, w->handles[h].object, start, n);
	stage_order(w, actor, &(struct order){ .kind = O_TOUCH, .handle = h, .a = start, .b = n }, 0);
	return true;
}

static bool unmap(struct world *w, struct rng *r, uint32_t actor)
{
	uint32_t h = pick_handle(w, r, actor, H_MAP);

	if (h == NONE)
		return false;
	stage_order(w, actor, &(struct order){
		.kind = O_UNMAP, .handle = h, .a = w->files[w->handles[h].object]->pages,
	}, 0);
	world_drop_handle(w, h);
	return true;
}

static bool map_file(struct world *w, struct rng *r, uint32_t actor)
{
	uint32_t h = pick_handle(w, r, actor, H_FILE), file;

	if (h == NONE)
		return false;
	file = w->handles[h].object;
	if (!(w->files[file]->flags & 1))
		return false;
	stage_order(w, actor, &(struct order){
		.kind = O_MAP, .other = h, .a = w->files[file]->pages,
		.handle = world_add_handle(w, H_MAP, file, actor),
	}, 0);
	return true;
}

static uint32_t any_descriptor(const struct world *w, struct rng *r, uint32_t actor)
{
	static const enum handle_kind kinds[] = { H_VM, H_VCPU, H_FILE, H_FILE, H_FILE };

	return pick_handle(w, r, actor, kinds[rng_below(r, 5)]);
}

static unsigned int count_handles(const struct world *w, uint32_t actor)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < w->nr_handles; i++)
		n += w->handles[i].kind && w->handles[i].actor == actor;
	return n;
}

static bool duplicate(struct world *w, struct rng *r, uint32_t actor)
{
	uint32_t h = any_descriptor(w, r, actor);

	if (h == NONE || count_handles(w, actor) > MOST_HANDLES)
		return false;
	stage_order(w, actor, &(struct order){
		.kind = O_DUP, .other = h,
		.handle = world_add_handle(w, w->handles[h].kind, w->handles[h].object, actor),
	}, 0);
	return true;
}

static bool drop(struct world *w, struct rng *r, uint32_t actor)
{
	uint32_t h = any_descriptor(w, r, actor);

	if (h == NONE)
		return false;
	stage_order(w, actor, &(struct order){ .kind = O_CLOSE, .handle = h }, 0);
	world_drop_handle(w, h);
	return true;
}

static bool park(struct world *w, struct rng *r, uint32_t actor)
{
	uint32_t h = any_descriptor(w, r, actor);

	if (h == NONE)
		return false;
	w->handles[h].parked = ++w->parked;
	stage_order(w, actor, &(struct order){ .kind = O_PARK, .handle = h }, 0);
	return true;
}

static bool unpark(struct world *w, uint32_t actor)
{
	uint32_t first = NONE;

	for (uint32_t i = 0; i < w->nr_handles; i++) {
		const struct handle *h = &w->handles[i];

		if (h->kind && h->actor == actor && h->parked &&
		    (first == NONE || h->parked < w->handles[first].parked))
			first = i;
	}
	if (first == NONE)
		return false;
	w->handles[first].parked = 0;
	stage_order(w, actor, &(struct order){ .kind = O_UNPARK, .handle = first }, 0);
	return true;
}

bool plan_file_action(struct world *w, struct rng *r, uint32_t actor)
{
	unsigned int what = (unsigned int)rng_below(r, 100);

	if (what < 45)
		return fallocate_well(w, r, actor);
	if (what < 58)
		return fallocate_badly(w, r, actor);
	if (what < 68)
		return touch(w, r, actor);
	if (what < 74)
		return map_file(w, r, actor);
	if (what < 77)
		return unmap(w, r, actor);
	if (what < 85)
		return duplicate(w, r, actor);
	if (what < 90)
		return park(w, r, actor);
	if (what < 94)
		return unpark(w, actor);
	return drop(w, r, actor);
}
