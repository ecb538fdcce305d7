/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Counters since the user reset them: those of then are kept, and what is shown is the rest. */
#ifndef GMEMTOP_SINCE_H
#define GMEMTOP_SINCE_H

#include <stdbool.h>
#include <stdint.h>

#include "model/metrics.h"
#include "model/model.h"

struct since_vm;

/* All zero: they never were. */
struct since {
	struct since_vm *vms;	/* uthash by id; one that is not there began later */
	uint64_t ts_ns;		/* when; 0: never */
	struct gmem_vm *scratch;	/* the last VM that was asked for, as it is shown .. */
	uint64_t scratch_ns;	/* .. of counters of that time */
};

/* False if there is no memory: then it is as it was. */
bool since_begin(struct since *s, const struct gmem_model *m);
void since_free(struct since *s);

/* The VM with the counters since then: good until the next one is asked for. */
const struct gmem_vm *since_vm(const struct since *s, const struct gmem_vm *vm);

/* A rate is of the last refresh in any case. */
struct gmem_value since_value(const struct since *s, const struct gmem_metric *metric,
			      const struct gmem_vm *vm, const struct gmem_model *m);

#endif /* GMEMTOP_SINCE_H */
