/* SPDX-License-Identifier: GPL-2.0-only */
/* Random choice of the next orders, by the state of the world. */
#ifndef CHAOS_PLAN_H
#define CHAOS_PLAN_H

#include "world.h"

/*
 * Changes one thing between rounds: an actor comes or goes, an object is created, passed on or
 * closed.
 */
void plan_life(struct world *w, struct rng *r);

/* Fills the queues of all actors. */
void plan_round(struct world *w, struct rng *r);

/* Plan one action of @actor (plan_vms.c, plan_files.c); false if it lacks a suitable object. */
bool plan_vm_action(struct world *w, struct rng *r, uint32_t actor);
bool plan_file_action(struct world *w, struct rng *r, uint32_t actor);
bool plan_together(struct world *w, struct rng *r, uint32_t actor);

/* Plans a valid fallocate (plan_files.c). @o: the order; *@want: its expected outcome. */
bool plan_fallocate(struct world *w, struct rng *r, uint32_t actor, struct order *o, int64_t *want);

/* Returns a handle for which @actor has a descriptor, or NONE (plan_pick.c). */
uint32_t pick_handle(const struct world *w, struct rng *r, uint32_t actor, enum handle_kind kind);

/* Returns a VM that @actor may give orders for in this round and whose memory it has, or NONE. */
uint32_t pick_vm(struct world *w, struct rng *r, uint32_t actor);

/* Returns a descriptor or mapping of a file that no other actor uses in this round, or NONE. */
uint32_t pick_file(struct world *w, struct rng *r, uint32_t actor, enum handle_kind kind);

/* Returns a number of pages up to @most: one, few, whole blocks or any number. */
uint64_t pick_pages(struct rng *r, uint64_t most);

#endif
