/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stage: starts and ends actors, gives them orders, and compares each outcome with the world's.
 * All actors carry out their queues of a round at the same time.
 */
#ifndef CHAOS_STAGE_H
#define CHAOS_STAGE_H

#include "world.h"

#define MUST_FAIL	(-1)

/*
 * Queues an order. Ends the program if the kernel's result is not @want (or, for MUST_FAIL, no
 * error).
 */
void stage_order(struct world *w, uint32_t actor, const struct order *o, int64_t want);

/* Returns how many more orders fit into the queue of @actor. */
unsigned int stage_room(uint32_t actor);

/* Runs all queues. When it returns, nothing is in flight. */
void stage_play(struct world *w);

/*
 * Runs one order at once, alone. *@fd: in, descriptor that goes with the order; out, the one that
 * came with the reply. NULL: none.
 */
struct outcome stage_now(struct world *w, uint32_t actor, const struct order *o, int64_t want, int *fd);

/* Starts an actor as a child process of the program. */
uint32_t stage_start(struct world *w);

/* Starts a child of @parent, which inherits its descriptors: handles are added for them. */
uint32_t stage_fork(struct world *w, uint32_t parent, enum actor_kind kind);

/* End an actor: it closes all descriptors and ends, or it is killed with all its threads. */
void stage_resign(struct world *w, uint32_t actor);
void stage_kill(struct world *w, uint32_t actor);

/* Return the inode of an actor's descriptor, and the number of the VM in its fdinfo or 0. */
uint64_t stage_inode(const struct world *w, uint32_t actor, uint64_t fd);
uint64_t stage_vm_id(const struct world *w, uint32_t actor, uint64_t fd);

#endif
