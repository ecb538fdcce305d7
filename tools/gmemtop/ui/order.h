/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * List of the overview: sorted VMs that pass the filter, flat or below their groups, and their
 * totals.
 */
#ifndef GMEMTOP_ORDER_H
#define GMEMTOP_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/metrics.h"
#include "model/model.h"

enum order_tree {
	ORDER_FLAT,
	ORDER_BY_CGROUP,
	ORDER_BY_PROCESS,
	ORDER_TREES
};

extern const char *const order_tree_names[ORDER_TREES];	/* "flat", "cgroup", "process" */

#define ORDER_NO_GROUP	UINT32_MAX

struct order_row {
	uint64_t id;		/* the VM's, or the group's if the row is its head */
	uint32_t group;		/* index into groups, or ORDER_NO_GROUP if the row is a VM */
	uint16_t depth;
};

struct order_group {
	uint64_t id;		/* hash of its path: the same at every refresh */
	char name[GMEM_CGROUP_LEN];	/* relative to the enclosing group */
	size_t first;		/* index into members */
	size_t count;
	bool folded;
};

/* Sums of the VMs in the list, by metric. */
enum order_sum {
	ORDER_SLOTS,
	ORDER_PRIVATE,
	ORDER_SHARED,
	ORDER_DOUBLE_BACKED,
	ORDER_UNUSED,		/* in files that no VM can use */
	ORDER_CONVERSIONS,	/* per second */
	ORDER_BYTES,		/* converted per second */
	ORDER_SUMS
};

/* Totals of the VMs in the list, folded ones included, ended ones not. */
struct order_totals {
	size_t vms;
	struct gmem_value sums[ORDER_SUMS];
	uint64_t inflight;
	uint64_t oldest_ns;	/* age of the oldest conversion in flight, and its VM */
	uint64_t oldest_vm;
};

struct order {
	struct order_row *rows;
	size_t nr;
	size_t max;
	uint64_t *members;	/* ids of all listed VMs; those of a group are consecutive */
	size_t nr_members;
	size_t max_members;
	struct order_group *groups;
	size_t nr_groups;
	size_t max_groups;
	uint64_t *folded;	/* ids of folded groups, also of groups that are gone */
	size_t nr_folded;
	struct order_totals totals;
};

struct ui;

void order_free(struct order *o);

/* Makes rows, groups and totals. Returns false if out of memory. */
bool order_make(struct order *o, const struct ui *ui, const struct gmem_model *m);

/* Folds or unfolds a group from the next order_make() on. Returns false if out of memory. */
bool order_fold(struct order *o, uint64_t id);

/* Returns the group's sum of a count, size or rate, or the maximum of a time; see order_group_has(). */
struct gmem_value order_group_value(const struct order *o, const struct order_group *g,
				    const struct gmem_metric *metric, const struct ui *ui,
				    const struct gmem_model *m);

/* True if a group has a value of the metric: not for ids, texts and percentiles. */
bool order_group_has(const struct gmem_metric *metric);

#endif /* GMEMTOP_ORDER_H */
