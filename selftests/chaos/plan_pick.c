// SPDX-License-Identifier: GPL-2.0-only
#include "plan.h"

uint32_t pick_handle(const struct world *w, struct rng *r, uint32_t actor, enum handle_kind kind)
{
	uint32_t found = NONE, n = 0;

	for (uint32_t i = 0; i < w->nr_handles; i++) {
		const struct handle *h = &w->handles[i];

		if (h->kind == kind && h->actor == actor && !h->parked && !rng_below(r, ++n))
			found = i;
	}
	return found;
}

static bool claim(unsigned long *round, uint32_t *by, const struct world *w, uint32_t actor)
{
	if (*round == w->round && *by != actor)
		return false;
	*round = w->round;
	*by = actor;
	return true;
}

uint32_t pick_vm(struct world *w, struct rng *r, uint32_t actor)
{
	uint32_t h = pick_handle(w, r, actor, H_VM);
	struct vm *vm;

	if (h == NONE)
		return NONE;
	vm = w->vms[w->handles[h].object];
	if (vm->mm != w->actors[actor].mm || !claim(&vm->round, &vm->actor, w, actor))
		return NONE;
	return h;
}

uint32_t pick_file(struct world *w, struct rng *r, uint32_t actor, enum handle_kind kind)
{
	uint32_t h = pick_handle(w, r, actor, kind);
	struct file *f;

	if (h == NONE)
		return NONE;
	f = w->files[w->handles[h].object];
	return claim(&f->round, &f->actor, w, actor) ? h : NONE;
}

uint64_t pick_pages(struct rng *r, uint64_t most)
{
	uint64_t n;

	switch (rng_below(r, 5)) {
	case 0:
		n = 1;
		break;
	case 1:
		n = rng_from(r, 1, 16);
		break;
	case 2:
		n = 512 * rng_from(r, 1, 4);
		break;
	case 3:
		n = most;
		break;
	default:
		n = rng_from(r, 1, most);
	}
	return n < most ? n : most;
}
