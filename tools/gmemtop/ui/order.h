/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * The list of the overview: VMs that the filter lets through, in order, flat or below the
 * groups that they belong to; and all of them together.
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
	uint64_t id;		/* of the VM, or of the group that it is the head of */
	uint32_t group;		/* place of that group, or ORDER_NO_GROUP: it is a VM */
	uint16_t depth;
};

struct order_group {
	uint64_t id;		/* from its path: the same at every refresh */
	char name[GMEM_CGROUP_LEN];	/* below the group around it */
	size_t first;		/* of members */
	size_t count;
	bool folded;
};

/* Of the VMs that are listed or folded away, and alive. */
struct order_totals {
	size_t vms;
	struct gmem_value slot_bytes;
	struct gmem_value private_bytes;
	struct gmem_value shared_bytes;
	struct gmem_value doubled_bytes;
	struct gmem_value unused_bytes;	/* in files that no VM can use */
	struct gmem_value conversions_per_s;
	struct gmem_value bytes_per_s;
	uint64_t inflight;
	uint64_t oldest_ns;	/* age of what is in flight for longest */
	uint64_t oldest_vm;
};

struct order {
	struct order_row *rows;
	size_t nr;
	size_t max;
	uint64_t *members;	/* of groups: ids of VMs, as many as there are VMs */
	size_t nr_members;
	size_t max_members;
	struct order_group *groups;
	size_t nr_groups;
	size_t max_groups;
	uint64_t *folded;	/* ids of groups that are; also of those that are not there */
	size_t nr_folded;
	struct order_totals totals;
};

struct ui;

void order_free(struct order *o);

/* False if there is no memory. */
bool order_make(struct order *o, const struct ui *ui, const struct gmem_model *m);

/* Folds a group, or unfolds it; shown by the next order_make(). False if there is no memory. */
bool order_fold(struct order *o, uint64_t id);

/* Sums of counts, bytes and rates; the most of times, where that means something. */
struct gmem_value order_group_value(const struct order *o, const struct order_group *g,
				    const struct gmem_metric *metric, const struct ui *ui,
				    const struct gmem_model *m);
bool order_group_has(const struct gmem_metric *metric);

#endif /* GMEMTOP_ORDER_H */
