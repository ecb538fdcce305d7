/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How long ago something was: very short, and what is in flight for long. */
#ifndef GMEMTOP_AGE_H
#define GMEMTOP_AGE_H

#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

/* A conversion that lasts longer is more than busy. */
#define AGE_LONG_NS 1000000000ULL

/* Four columns at most, up to 27 years: 0.3s 12s 5m 3h 9d. */
char *age_text(char *buf, size_t size, uint64_t ns);

/* Of the oldest conversion that a VM has in flight; 0 if there is none, or the VM has ended. */
uint64_t age_of_inflight(const struct gmem_vm *vm, uint64_t now_ns);

#endif /* GMEMTOP_AGE_H */
