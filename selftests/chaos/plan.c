// SPDX-License-Identifier: GPL-2.0-only
/* Arrivals and departures, and the amount of work in a round. */
#include <stddef.h>
#include <unistd.h>

#include "plan.h"
#include "stage.h"

#define MOST_ACTORS	7
#define MOST_VMS	9	/* at a time */
#define MOST_FILES	24
#define MOST_VCPUS	4

static uint32_t any_actor(const struct world *w, struct rng *r)
{
	uint32_t found = NONE, n = 0;

	for (uint32_t i = 0; i < w->nr_actors; i++) {
		if (w->actors[i].lives && !rng_below(r, ++n))
			found = i;
	}
	return found;
}

static unsigned int count_actors(const struct world *w)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < w->nr_actors; i++)
		n += w->actors[i].lives;
	return n;
}

static unsigned int count_vms(const struct world *w)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < w->nr_vms; i++)
		n += !w->vms[i]->ended;
	return n;
}

static unsigned int count_files(const struct world *w)
{
	unsigned int n = 0;

	for (uint32_t i = 0; i < w->nr_files; i++)
		n += w->files[i]->refs > 0;
	return n;
}

/* Creates a VM. Its first conversion is its signature: one page, which is never converted back. */
static void create_vm(struct world *w, struct rng *r, uint32_t actor)
{
	enum vm_type type = rng_chance(r, 80) ? VM_PROTECTED : VM_DEFAULT;
	struct outcome out;
	uint32_t i, h;
	struct vm *vm;

	if (w->nr_vms == MAX_VMS || count_vms(w) >= MOST_VMS || w->actors[actor].kind == ACTOR_HERMIT)
		return;
	i = world_add_vm(w, actor, type);
	vm = w->vms[i];
	h = world_add_handle(w, H_VM, i, actor);
	out = stage_now(w, actor, &(struct order){ .kind = O_CREATE_VM, .handle = h, .a = type }, 0, NULL);
	vm->kernel_id = stage_vm_id(w, actor, out.value);
	world_convert(vm, SIGNATURE, 1, type == VM_PROTECTED);
	stage_now(w, actor, &(struct order){
		.kind = O_CONVERT, .handle = h, .a = (vm->base + SIGNATURE) << 12, .b = 4096,
		.c = type == VM_PROTECTED ? ATTR_PRIVATE : 0,
	}, 0, NULL);
}

static void create_file(struct world *w, struct rng *r, uint32_t actor, uint32_t h)
{
	struct order o = { .kind = O_CREATE_FILE, .other = h };
	uint32_t vm, file;
	struct outcome out;
	uint64_t flags;

	if (w->actors[actor].kind == ACTOR_HERMIT || w->nr_files == MAX_FILES || count_files(w) >= MOST_FILES)
		return;
	vm = w->handles[h].object;
	flags = rng_below(r, 4);
	if (!w->powers.create[w->vms[vm]->type][flags] && rng_chance(r, 85))
		flags = 0;
	o.a = pick_pages(r, MAX_FILE_PAGES) << 12;
	o.b = flags;
	o.handle = MAX_HANDLES - 1;
	if (!w->powers.create[w->vms[vm]->type][flags] || rng_chance(r, 10)) {
		if (w->powers.create[w->vms[vm]->type][flags])
			o.a = rng_chance(r, 50) ? 0 : o.a + 1;
		stage_now(w, actor, &o, MUST_FAIL, NULL);
		w->vms[vm]->refused_files++;
		return;
	}
	file = world_add_file(w, vm, o.a >> 12, flags);
	o.handle = world_add_handle(w, H_FILE, file, actor);
	out = stage_now(w, actor, &o, 0, NULL);
	w->files[file]->ino = stage_inode(w, actor, out.value);
}

/* Creates files with a few random actors: not every actor can create one. */
static void create_files(struct world *w, struct rng *r)
{
	for (int i = 0; i < 4; i++) {
		uint32_t actor = any_actor(w, r), h = pick_vm(w, r, actor);

		if (h != NONE)
			create_file(w, r, actor, h);
	}
}

static void create_vcpu(struct world *w, struct rng *r, uint32_t actor)
{
	uint32_t h = pick_vm(w, r, actor), vm;

	if (h == NONE)
		return;
	vm = w->handles[h].object;
	if (w->vms[vm]->vcpus == MOST_VCPUS)
		return;
	stage_now(w, actor, &(struct order){
		.kind = O_CREATE_VCPU, .other = h, .a = w->vms[vm]->vcpus++,
		.handle = world_add_handle(w, H_VCPU, vm, actor),
	}, 0, NULL);
}

/* Passes a descriptor from one actor to another; sometimes the giver keeps a duplicate. */
static void pass_on(struct world *w, struct rng *r, uint32_t from)
{
	static const enum handle_kind kinds[] = { H_VM, H_VCPU, H_FILE, H_FILE };
	uint32_t h = pick_handle(w, r, from, kinds[rng_below(r, 4)]), to = any_actor(w, r), given;
	int fd = -1, sent;

	if (h == NONE || to == from)
		return;
	given = h;
	if (rng_chance(r, 60)) {
		given = world_add_handle(w, w->handles[h].kind, w->handles[h].object, from);
		stage_now(w, from, &(struct order){ .kind = O_DUP, .handle = given, .other = h }, 0, NULL);
	}
	stage_now(w, from, &(struct order){ .kind = O_GIVE, .handle = given }, 0, &fd);
	w->handles[given].actor = to;
	sent = fd;
	stage_now(w, to, &(struct order){ .kind = O_TAKE, .handle = given }, 0, &fd);
	close(sent);
}

static void start_actor(struct world *w, struct rng *r, uint32_t parent)
{
	if (count_actors(w) >= MOST_ACTORS || w->nr_actors == MAX_ACTORS)
		return;
	if (rng_chance(r, 30)) {
		stage_start(w);
		return;
	}
	if (w->actors[parent].kind == ACTOR_FORKED)
		stage_fork(w, parent, (enum actor_kind)rng_below(r, 3));
}

static void end_actor(struct world *w, struct rng *r, uint32_t actor)
{
	if (count_actors(w) < 3)
		return;
	if (w->actors[actor].kind == ACTOR_HERMIT || rng_chance(r, 50))
		stage_resign(w, actor);
	else
		stage_kill(w, actor);
}

/*
 * Closes some descriptors: children inherit many, and an object whose descriptors stay open never
 * ends.
 */
static void drop_some(struct world *w, struct rng *r, uint32_t actor)
{
	static const enum handle_kind kinds[] = { H_VM, H_VCPU, H_FILE };

	for (int n = (int)rng_below(r, 6); n > 0; n--) {
		uint32_t h = pick_handle(w, r, actor, kinds[rng_below(r, 3)]);

		if (h == NONE)
			continue;
		stage_now(w, actor, &(struct order){ .kind = O_CLOSE, .handle = h }, 0, NULL);
		world_drop_handle(w, h);
	}
}

/* Closes a VM whose memory no actor has: it can do nothing more, and makes room for new ones. */
static void drop_dead_vm(struct world *w, struct rng *r)
{
	uint32_t vm = (uint32_t)rng_below(r, w->nr_vms + 1);

	if (vm == w->nr_vms || world_mm_lives(w, w->vms[vm]->mm))
		return;
	for (uint32_t i = 0; i < w->nr_handles; i++) {
		const struct handle *h = &w->handles[i];

		if (!h->kind || h->kind == H_MAP || h->parked || world_vm_of(w, i) != vm)
			continue;
		stage_now(w, h->actor, &(struct order){ .kind = O_CLOSE, .handle = i }, 0, NULL);
		world_drop_handle(w, i);
	}
}

void plan_life(struct world *w, struct rng *r)
{
	uint32_t actor;

	if (!count_actors(w) || !world_has_room(w)) {
		if (!count_actors(w))
			stage_start(w);
		return;
	}
	actor = any_actor(w, r);
	switch (rng_below(r, 40)) {
	case 0 ... 2:
		start_actor(w, r, actor);
		break;
	case 3:
		end_actor(w, r, actor);
		break;
	case 4 ... 9:
		create_vm(w, r, actor);
		break;
	case 10 ... 24:
		create_files(w, r);
		break;
	case 25:
	case 26:
		create_vcpu(w, r, actor);
		break;
	case 27:
		drop_some(w, r, actor);
		break;
	case 28:
	case 29:
		drop_dead_vm(w, r);
		break;
	default:
		pass_on(w, r, actor);
	}
}

void plan_round(struct world *w, struct rng *r)
{
	for (uint32_t a = 0; a < w->nr_actors; a++) {
		uint64_t n = rng_below(r, 24);

		while (w->actors[a].lives && n-- && stage_room(a) > 16 && world_has_room(w)) {
			if (rng_chance(r, 4))
				plan_together(w, r, a);
			else if (rng_chance(r, 60))
				plan_vm_action(w, r, a);
			else
				plan_file_action(w, r, a);
		}
	}
}
