// SPDX-License-Identifier: GPL-2.0-only
/* Conversions and slots, valid and refused. */
#include "bits.h"
#include "plan.h"
#include "stage.h"

struct range {
	uint64_t start, n;
};

static struct range any_range(const struct vm *vm, struct rng *r)
{
	struct range x = { rng_below(r, ROOM), 1 };
	const struct slot *s = &vm->slots[rng_below(r, SLOTS)];

	switch (rng_below(r, 8)) {
	case 0:
	case 1:
		x.start &= ~511ULL;
		x.n = 512;
		break;
	case 2:
		x.n = rng_from(r, 1, 2000);
		break;
	case 3:		/* a whole slot */
		if (s->used)
			x = (struct range){ s->gfn, s->pages };
		break;
	case 4:		/* from inside a slot to beyond its end, possibly into the next */
		if (s->used)
			x = (struct range){ s->gfn + rng_below(r, s->pages), s->pages + rng_below(r, 600) };
		break;
	case 5:		/* one page of a slot */
		if (s->used)
			x.start = s->gfn + rng_below(r, s->pages);
		break;
	}
	if (x.start + x.n > ROOM)
		x.n = ROOM - x.start;
	return x;
}

static bool convert(struct world *w, struct rng *r, uint32_t actor, uint32_t h)
{
	struct vm *vm = w->vms[w->handles[h].object];
	struct range x = any_range(vm, r);
	bool to_private = vm->type == VM_PROTECTED && rng_chance(r, 55);

	/* Some request the current attribute. */
	if (rng_chance(r, 10))
		to_private = bit_get(vm->private, x.start);
	world_convert(vm, x.start, x.n, to_private);
	stage_order(w, actor, &(struct order){
		.kind = rng_chance(r, 10) && !w->warm ? O_COLD : O_CONVERT, .handle = h,
		.a = (vm->base + x.start) << 12, .b = x.n << 12, .c = to_private ? ATTR_PRIVATE : 0,
	}, 0);
	return true;
}

/* Plans a request that KVM refuses before it takes a lock: no counter changes. */
static bool plan_refused(struct world *w, struct rng *r, uint32_t actor, uint32_t h)
{
	struct vm *vm = w->vms[w->handles[h].object];
	struct range x = any_range(vm, r);
	struct order o = {
		.kind = O_CONVERT, .handle = h, .a = (vm->base + x.start) << 12, .b = x.n << 12,
		.c = rng_chance(r, 50) && vm->type == VM_PROTECTED ? ATTR_PRIVATE : 0,
	};

	switch (rng_below(r, 9)) {
	case 0:
		o.d = 1ULL << rng_below(r, 64);
		break;
	case 1:
		o.a += rng_from(r, 1, 4095);
		break;
	case 2:
		o.b += rng_from(r, 1, 4095);
		break;
	case 3:
		o.b = 0;
		break;
	case 4:		/* wraps around */
		o.b = -o.a;
		o.b += rng_below(r, 2) << 12;
		if (!o.a)
			o.b = 0;
		break;
	case 5:
		o.c |= 1ULL << rng_below(r, 3);
		break;
	case 6:
		o.c |= 1ULL << rng_from(r, 4, 63);
		break;
	case 7:
		o = (struct order){ .kind = O_NO_ARGUMENT, .handle = h, .a = rng_below(r, 4) };
		break;
	default:
		if (vm->type == VM_PROTECTED)
			o.d = 8;
		else
			o.c = ATTR_PRIVATE;
	}
	stage_order(w, actor, &o, MUST_FAIL);
	return true;
}

/*
 * Plans an ioctl on a descriptor that is no VM, or on a VM whose memory belongs to another process.
 */
static bool plan_misdirected(struct world *w, struct rng *r, uint32_t actor)
{
	static const enum handle_kind kinds[] = { H_VM, H_VM, H_VCPU, H_FILE };
	uint32_t h = pick_handle(w, r, actor, kinds[rng_below(r, 4)]);
	const struct vm *vm;

	if (h == NONE)
		return false;
	vm = w->vms[world_vm_of(w, h)];
	if (w->handles[h].kind == H_VM && vm->mm == w->actors[actor].mm)
		return false;
	stage_order(w, actor, &(struct order){
		.kind = O_CONVERT, .handle = h, .a = (vm->base + rng_below(r, ROOM)) << 12, .b = 4096,
		.c = rng_chance(r, 50) ? ATTR_PRIVATE : 0,
	}, MUST_FAIL);
	return true;
}

/* Returns a burst of conversions, more per second than tools can follow one by one. */
static struct order storm_order(struct world *w, struct rng *r, uint32_t h)
{
	struct vm *vm = w->vms[w->handles[h].object];
	bool to_private = vm->type == VM_PROTECTED && rng_chance(r, 60);
	uint64_t stride = rng_from(r, 1, 3), n = rng_from(r, 66, 250);
	uint64_t start = rng_below(r, ROOM - stride * n);

	for (uint64_t i = 0; i < n; i++)
		world_convert(vm, start + i * stride, 1, to_private);
	return (struct order){
		.kind = O_STORM, .handle = h, .a = vm->base + start, .b = stride, .c = n,
		.d = to_private ? ATTR_PRIVATE : 0,
	};
}

static bool storm(struct world *w, struct rng *r, uint32_t actor, uint32_t h)
{
	struct order o = storm_order(w, r, h);

	stage_order(w, actor, &o, (int64_t)o.c);
	return true;
}

static struct order shuffle_order(struct world *w, struct rng *r, uint32_t h, struct range x)
{
	struct vm *vm = w->vms[w->handles[h].object];
	struct order o = {
		.kind = O_SHUFFLE, .handle = h, .a = vm->base + x.start, .b = x.n, .c = rng_next(r),
		.d = rng_from(r, 20, 120),
	};
	struct rng s = { o.c };
	uint64_t start, n, attributes;

	for (uint64_t i = 0; i < o.d; i++) {
		shuffle_next(&s, x.start, x.n, &start, &n, &attributes);
		world_convert(vm, start, n, attributes);
	}
	return o;
}

/*
 * Plans conversions of one range by several threads at once. Which of them finds something to
 * change is open, so only the sum is checked, and one more conversion sets the final attribute of
 * the range.
 */
static unsigned int plan_overlap(struct world *w, struct rng *r, uint32_t actor, uint32_t h, unsigned int n)
{
	struct vm *vm = w->vms[w->handles[h].object];
	struct range x = { rng_below(r, ROOM - 600), rng_from(r, 2, 600) };
	bool to_private = rng_chance(r, 50);

	vm->raced = true;
	stage_order(w, actor, &(struct order){ .kind = O_TOGETHER, .arg = n }, 0);
	for (unsigned int i = 0; i < n; i++) {
		struct order o = shuffle_order(w, r, h, x);

		stage_order(w, actor, &o, (int64_t)o.d);
	}
	world_convert(vm, x.start, x.n, to_private);
	stage_order(w, actor, &(struct order){
		.kind = O_CONVERT, .handle = h, .a = (vm->base + x.start) << 12, .b = x.n << 12,
		.c = to_private ? ATTR_PRIVATE : 0,
	}, 0);
	return n;
}

static bool flap_order(const struct world *w, struct rng *r, uint32_t actor, uint32_t h, struct order *o)
{
	const struct vm *vm = w->vms[w->handles[h].object];
	uint32_t i = (uint32_t)rng_below(r, SLOTS), file = pick_handle(w, r, actor, H_FILE);
	const struct slot *s = &vm->slots[i];

	if (!s->used || file == NONE || s->file != w->handles[file].object)
		return false;
	*o = (struct order){
		.kind = O_FLAP, .handle = h, .other = file, .arg = i, .a = vm->base + s->gfn,
		.b = s->pages, .c = s->pgoff, .d = rng_from(r, 1, 4),
	};
	return true;
}

bool plan_together(struct world *w, struct rng *r, uint32_t actor)
{
	uint32_t h = pick_vm(w, r, actor), n = (uint32_t)rng_from(r, 2, 4), used = 0;
	uint64_t part = rng_from(r, 1, 1000), start = rng_below(r, ROOM - n * part);
	struct order orders[6];
	int64_t want[6];

	if (h == NONE || w->actors[actor].kind != ACTOR_FORKED || stage_room(actor) < 8 ||
	    w->vms[w->handles[h].object]->type != VM_PROTECTED)
		return false;
	if (rng_chance(r, 12))
		return plan_overlap(w, r, actor, h, n);
	for (; used < n; used++) {
		orders[used] = shuffle_order(w, r, h, (struct range){ start + used * part, part });
		want[used] = (int64_t)orders[used].d;
	}
	if (flap_order(w, r, actor, h, &orders[used]))
		want[used++] = 0;
	if (plan_fallocate(w, r, actor, &orders[used], &want[used]))
		used++;
	stage_order(w, actor, &(struct order){ .kind = O_TOGETHER, .arg = used }, 0);
	for (uint32_t i = 0; i < used; i++)
		stage_order(w, actor, &orders[i], want[i]);
	return true;
}

static bool may_bind(const struct world *w, const struct vm *vm, const struct file *f)
{
	return w->vms[f->vm] == vm && w->powers.bind[vm->type][f->flags];
}

static bool bind_slot(struct world *w, struct rng *r, uint32_t actor, uint32_t h)
{
	uint32_t file = pick_handle(w, r, actor, H_FILE), i = (uint32_t)rng_below(r, SLOTS);
	struct vm *vm = w->vms[w->handles[h].object];
	struct order o = { .kind = O_SLOT, .handle = h, .arg = i };
	struct file *f;
	uint64_t gfn;
	bool ok;

	if (file == NONE)
		return false;
	f = w->files[w->handles[file].object];
	o.other = file;
	o.b = pick_pages(r, f->pages);
	o.c = rng_below(r, f->pages - o.b + 1);
	gfn = rng_below(r, ROOM - o.b);
	if (rng_chance(r, 50))
		gfn &= ~511ULL;
	o.a = vm->base + gfn;
	ok = may_bind(w, vm, f) && !vm->slots[i].used && world_slot_at(vm, gfn, o.b) == NONE &&
	     !world_is_bound(w, w->handles[file].object, o.c, o.b);
	if (ok && rng_chance(r, 12)) {
		o.d = rng_from(r, SLOT_BAD_FLAGS, SLOT_WRONG_FILE);
		ok = false;
	} else if (ok && rng_chance(r, 6)) {
		o.c = f->pages - o.b + 1;	/* beyond the end */
		ok = false;
	}
	if (ok)
		vm->slots[i] = (struct slot){ true, gfn, o.b, o.c, w->handles[file].object };
	stage_order(w, actor, &o, ok ? 0 : MUST_FAIL);
	return true;
}

static bool delete_slot(struct world *w, struct rng *r, uint32_t actor, uint32_t h)
{
	struct vm *vm = w->vms[w->handles[h].object];
	uint32_t i = (uint32_t)rng_below(r, SLOTS);

	stage_order(w, actor, &(struct order){ .kind = O_SLOT, .handle = h, .arg = i },
		    vm->slots[i].used ? 0 : MUST_FAIL);
	vm->slots[i].used = false;
	return true;
}

/* Moves a slot: the same memory at another gfn, or another part of the file at the same gfn. */
static bool move_slot(struct world *w, struct rng *r, uint32_t actor, uint32_t h)
{
	struct vm *vm = w->vms[w->handles[h].object];
	struct slot *s, old;
	struct order o;

	if (!flap_order(w, r, actor, h, &o))
		return false;
	s = &vm->slots[o.arg];
	old = *s;
	s->used = false;
	s->gfn = rng_below(r, ROOM - s->pages);
	if (rng_chance(r, 40))
		s->pgoff = rng_below(r, w->files[s->file]->pages - s->pages + 1);
	if (world_slot_at(vm, s->gfn, s->pages) != NONE ||
	    world_is_bound(w, s->file, s->pgoff, s->pages)) {
		*s = old;
		stage_order(w, actor, &o, 0);
		return true;
	}
	s->used = true;
	stage_order(w, actor, &(struct order){ .kind = O_SLOT, .handle = h, .arg = o.arg }, 0);
	o.kind = O_SLOT;
	o.a = vm->base + s->gfn;
	o.c = s->pgoff;
	o.d = SLOT_PLAIN;
	stage_order(w, actor, &o, 0);
	return true;
}

bool plan_vm_action(struct world *w, struct rng *r, uint32_t actor)
{
	unsigned int what = (unsigned int)rng_below(r, 100);
	uint32_t h;

	if (what < 5)
		return plan_misdirected(w, r, actor);
	h = pick_vm(w, r, actor);
	if (h == NONE)
		return false;
	if (what < 18)
		return plan_refused(w, r, actor, h);
	if (what < 22)
		return storm(w, r, actor, h);
	if (what < 40)
		return bind_slot(w, r, actor, h);
	if (what < 46)
		return delete_slot(w, r, actor, h);
	if (what < 52)
		return move_slot(w, r, actor, h);
	return convert(w, r, actor, h);
}
