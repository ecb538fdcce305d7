/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Ages as short text, and the age of the oldest conversion in flight. */
#ifndef GMEMTOP_AGE_H
#define GMEMTOP_AGE_H

#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

/* A conversion in flight for longer is shown as a warning. */
#define AGE_LONG_NS 1000000000ULL

/* Formats ns in four columns at most (up to 27 years), like 0.3s 12s 5m 3h 9d. Returns buf. */
char *age_text(char *buf, size_t size, uint64_t ns);

/* Returns the age of the VM's oldest conversion in flight; 0 if none is, or the VM has ended. */
uint64_t age_of_inflight(const struct gmem_vm *vm, uint64_t now_ns);

#endif /* GMEMTOP_AGE_H */
