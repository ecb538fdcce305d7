/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CHAOS_SCOUT_H
#define CHAOS_SCOUT_H

#include "world.h"

/*
 * Finds out which files this kernel creates and binds for each type of VM. Ends the program with
 * status 4 if the kernel has no VM with private memory. Its VMs are gone when it returns.
 */
void scout(struct powers *p);

#endif
