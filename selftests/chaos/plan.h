/* SPDX-License-Identifier: GPL-2.0-only */
/* The next order: random, by the state of the world. */
#ifndef CHAOS_PLAN_H
#define CHAOS_PLAN_H

#include "world.h"

/* Between rounds: who comes and goes, what is created and passed on. Changes one thing at a time. */
void plan_life(struct world *w, struct rng *r);

/* Fills the queues of all actors. */
void plan_round(struct world *w, struct rng *r);

/* plan_vms.c, plan_files.c: one action of @actor; false if it has nothing to do it with. */
bool plan_vm_action(struct world *w, struct rng *r, uint32_t actor);
bool plan_file_action(struct world *w, struct rng *r, uint32_t actor);
bool plan_together(struct world *w, struct rng *r, uint32_t actor);

/* plan_files.c: a good fallocate. @o: the order; *@want: its outcome. */
bool plan_fallocate(struct world *w, struct rng *r, uint32_t actor, struct order *o, int64_t *want);

/* plan_pick.c: a handle that @actor has a descriptor of, or NONE. */
uint32_t pick_handle(const struct world *w, struct rng *r, uint32_t actor, enum handle_kind kind);

/* A VM that @actor may order for in this round, of which it has the memory; or NONE. */
uint32_t pick_vm(struct world *w, struct rng *r, uint32_t actor);

/* A descriptor, or a mapping, of a file that nobody else uses in this round; or NONE. */
uint32_t pick_file(struct world *w, struct rng *r, uint32_t actor, enum handle_kind kind);

/* Pages: @most at most; one, few, whole blocks or any number. */
uint64_t pick_pages(struct rng *r, uint64_t most);

#endif
