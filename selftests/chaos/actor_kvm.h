/* SPDX-License-Identifier: GPL-2.0-only */
/* An actor's requests to KVM and guest_memfd. System calls only (sys.h). */
#ifndef CHAOS_ACTOR_KVM_H
#define CHAOS_ACTOR_KVM_H

#include "wire.h"

/* Returns the new descriptor, or -errno. */
long actor_create(const struct order *o);

/*
 * Carries out slots, conversions and fallocate. Returns 0 or -errno; for storms and shuffles, how
 * many requests succeeded.
 */
long actor_kvm(const struct order *o);

int actor_fd(uint32_t handle);

#endif
