/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The table of all that is known of a VM: one row a quantity, with the name it
 * has everywhere (JSON key, column, option value), its unit and its meaning.
 */
#ifndef GMEM_METRICS_H
#define GMEM_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

enum gmem_metric_type {
	GMEM_COUNT,
	GMEM_ID,		/* a number that is a name: never rounded */
	GMEM_BYTES,
	GMEM_NS,
	GMEM_PER_S,		/* events per second, a double */
	GMEM_BYTES_PER_S,	/* a double */
	GMEM_TEXT,
};

/* A value with what is known of it: docs/truth.md. Every view gets it from gmem_metric_get(). */
struct gmem_value {
	uint64_t u;		/* GMEM_COUNT, GMEM_ID, GMEM_BYTES, GMEM_NS */
	double f;		/* GMEM_PER_S, GMEM_BYTES_PER_S */
	const char *s;		/* GMEM_TEXT: the VM's, may hold any byte but NUL */
	bool unknown;		/* there is no value: "-", null, empty; u and f are 0 */
	bool partial;		/* a sum that lacks the parts that are unknown */
	bool stale;		/* it was true once, and may not be any more */
};

/* Source of a metric: the metric is unknown where its source is. */
enum gmem_metric_of {
	GMEM_OF_ALL,		/* known of every VM, or the getter finds out */
	GMEM_OF_PROCESS,	/* GMEM_VM */
	GMEM_OF_MAP,		/* slots and attributes, which may have to be read first */
	GMEM_OF_BACKING,	/* a round of reading pages */
	GMEM_OF_COUNTERS,	/* GMEM_COUNTERS */
};

struct gmem_metric {
	const char *key;	/* JSON key and name for options; unit in the name */
	const char *title;	/* of the column */
	const char *help;
	enum gmem_metric_type type;
	int width;		/* of the column, title included */
	struct gmem_value (*get)(const struct gmem_metric *self, const struct gmem_vm *vm,
				 const struct gmem_model *m);
	size_t offset;		/* of a counter in struct gmem_counters, for get_counter */
	int arg;		/* direction, for those that have one */
	unsigned int feature;	/* enum gmem_feature that it needs, or 0 */
	enum gmem_metric_of of;
};

extern const struct gmem_metric gmem_metrics[];
extern const size_t gmem_nr_metrics;

/* NULL if there is none. */
const struct gmem_metric *gmem_metric(const char *key);

/* Its value for a VM of the model, if that is known. */
struct gmem_value gmem_metric_get(const struct gmem_metric *metric, const struct gmem_vm *vm,
				  const struct gmem_model *m);

/* The empty sum: unknown until a known value is added. */
#define GMEM_NO_VALUE ((struct gmem_value){ .unknown = true })

/* Sum of counts, bytes and rates, or the most of times. One that lacks a part is partial. */
struct gmem_value gmem_value_add(const struct gmem_metric *metric, struct gmem_value sum, struct gmem_value v);

/* False where the source cannot give it for any VM. */
static inline bool gmem_metric_known(const struct gmem_metric *m, uint64_t features)
{
	return (m->feature & features) == m->feature;
}

/* Returns the features of a source, with what the model makes of those that it lacks. */
uint64_t gmem_features_complete(uint64_t features);

/* It only grows: what came in a time is a difference, which offset tells where to take. */
bool gmem_metric_is_counter(const struct gmem_metric *m);

/* <0, 0, >0 as a is less than, equal to or greater than b. */
int gmem_value_cmp(const struct gmem_metric *m, struct gmem_value a, struct gmem_value b);

#endif /* GMEM_METRICS_H */
