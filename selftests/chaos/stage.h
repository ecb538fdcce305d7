/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stage: starts and ends actors, hands them orders, and compares each outcome with what the
 * world says. All actors carry out their queues of a round at the same time.
 */
#ifndef CHAOS_STAGE_H
#define CHAOS_STAGE_H

#include "world.h"

#define MUST_FAIL	(-1)

/* Ends the program if the kernel did otherwise: @want is the result, or MUST_FAIL. */
void stage_order(struct world *w, uint32_t actor, const struct order *o, int64_t want);

/* Returns how many orders still fit into the queue of @actor. */
unsigned int stage_room(uint32_t actor);

/* Has all queues carried out. When it returns, nothing is under way. */
void stage_play(struct world *w);

/* At once, alone. *@fd: goes with the order, and what came with the reply; NULL: none. */
struct outcome stage_now(struct world *w, uint32_t actor, const struct order *o, int64_t want, int *fd);

/* A process that the program itself starts. */
uint32_t stage_start(struct world *w);

/* A child of @parent, which has all descriptors of it: handles are added for them. */
uint32_t stage_fork(struct world *w, uint32_t parent, enum actor_kind kind);

/* It closes all and ends; or it is killed, with all threads. */
void stage_resign(struct world *w, uint32_t actor);
void stage_kill(struct world *w, uint32_t actor);

/* Inode of a descriptor of an actor, and the number of the VM in its fdinfo: 0 if it has none. */
uint64_t stage_inode(const struct world *w, uint32_t actor, uint64_t fd);
uint64_t stage_vm_id(const struct world *w, uint32_t actor, uint64_t fd);

#endif
