/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Counters since the user reset them: the values at the reset, which are subtracted. */
#ifndef GMEMTOP_SINCE_H
#define GMEMTOP_SINCE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/metrics.h"
#include "model/model.h"

struct since_vm;

/* All zero: never reset. */
struct since {
	struct since_vm *vms;	/* uthash by id; VMs that began after the reset are missing */
	uint64_t ts_ns;		/* time of the reset; 0: never */
	struct gmem_vm *scratch;	/* last result of since_vm() .. */
	uint64_t scratch_ns;	/* .. and the time of its counters */
};

/* Resets counters to those of now. Returns false if out of memory, and then changes nothing. */
bool since_begin(struct since *s, const struct gmem_model *m);
void since_free(struct since *s);

/* Returns the VM with counters since the reset; valid until the next call. */
const struct gmem_vm *since_vm(const struct since *s, const struct gmem_vm *vm);

/* Returns a value since the reset; rates are always those of the last refresh. */
struct gmem_value since_value(const struct since *s, const struct gmem_metric *metric,
			      const struct gmem_vm *vm, const struct gmem_model *m);

#endif /* GMEMTOP_SINCE_H */
