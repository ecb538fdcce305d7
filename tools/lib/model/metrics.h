/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Metrics of a VM: a table with one row for each quantity, with the name that it has everywhere
 * (JSON key, column, option value), its unit and its meaning.
 */
#ifndef GMEM_METRICS_H
#define GMEM_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/model.h"

enum gmem_metric_type {
	GMEM_COUNT,
	GMEM_ID,		/* a number that identifies: never rounded */
	GMEM_BYTES,
	GMEM_NS,
	GMEM_PER_S,		/* events per second, a double */
	GMEM_BYTES_PER_S,	/* a double */
	GMEM_TEXT,
};

/* Value of a metric and its reliability: docs/truth.md. Every view gets it from gmem_metric_get(). */
struct gmem_value {
	uint64_t u;		/* GMEM_COUNT, GMEM_ID, GMEM_BYTES, GMEM_NS */
	double f;		/* GMEM_PER_S, GMEM_BYTES_PER_S */
	const char *s;		/* GMEM_TEXT: owned by the VM, any byte but NUL */
	bool unknown;		/* no value: "-", null, empty; u and f are 0 */
	bool partial;		/* a sum without its unknown parts */
	bool stale;		/* was true once, and may have changed since */
};

/* Source of a metric: the metric is unknown where its source is. */
enum gmem_metric_of {
	GMEM_OF_ALL,		/* always known, or decided by the getter */
	GMEM_OF_PROCESS,	/* GMEM_VM */
	GMEM_OF_MAP,		/* slots and attributes: unknown until the first scan */
	GMEM_OF_BACKING,	/* a page scan */
	GMEM_OF_COUNTERS,	/* GMEM_COUNTERS */
};

struct gmem_metric {
	const char *key;	/* JSON key and name for options; unit in the name */
	const char *title;	/* column title */
	const char *help;
	enum gmem_metric_type type;
	int width;		/* column width, title included */
	struct gmem_value (*get)(const struct gmem_metric *self, const struct gmem_vm *vm,
				 const struct gmem_model *m);
	size_t offset;		/* counter in struct gmem_counters, for get_counter */
	int arg;		/* direction or other variant, for the getter */
	unsigned int feature;	/* required enum gmem_feature bits, or 0 */
	enum gmem_metric_of of;
};

extern const struct gmem_metric gmem_metrics[];
extern const size_t gmem_nr_metrics;

/* Returns NULL if no metric has that key. */
const struct gmem_metric *gmem_metric(const char *key);

/* Returns the value of a metric for a VM of the model. */
struct gmem_value gmem_metric_get(const struct gmem_metric *metric, const struct gmem_vm *vm,
				  const struct gmem_model *m);

/* Empty sum: unknown until a known value is added. */
#define GMEM_NO_VALUE ((struct gmem_value){ .unknown = true })

/* Adds counts, bytes and rates; of times, takes the longest. A sum that lacks a part is partial. */
struct gmem_value gmem_value_add(const struct gmem_metric *metric, struct gmem_value sum, struct gmem_value v);

/* Returns false if the source provides the metric for no VM. */
static inline bool gmem_metric_known(const struct gmem_metric *m, uint64_t features)
{
	return (m->feature & features) == m->feature;
}

/* Returns the features of a source, and those that it has by not reporting their opposite. */
uint64_t gmem_features_complete(uint64_t features);

/* Returns true if the metric only grows, so that the counter at offset can be subtracted. */
bool gmem_metric_is_counter(const struct gmem_metric *m);

/* Returns <0, 0, >0 if @a is less than, equal to or greater than @b. */
int gmem_value_cmp(const struct gmem_metric *m, struct gmem_value a, struct gmem_value b);

#endif /* GMEM_METRICS_H */
