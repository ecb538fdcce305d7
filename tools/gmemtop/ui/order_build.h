/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the files that make the list share while they make it. */
#ifndef GMEMTOP_ORDER_BUILD_H
#define GMEMTOP_ORDER_BUILD_H

#include "ui/ui.h"

/* A VM, with what it is put in order by. */
struct order_entry {
	const struct gmem_vm *vm;
	struct gmem_value value;
	const char *path;	/* of the group that it is in: "/a/b", without a / at its end */
};

/* What stands beside each other below one head: VMs [first, end), or one VM. */
struct order_child {
	size_t first;
	size_t end;
	struct gmem_value value;
	bool over;		/* all of them have ended */
	uint64_t tie;
	size_t prefix;		/* length of the path that they share; 0: a VM by itself */
};

struct order_build {
	struct order *o;
	const struct ui *ui;
	const struct gmem_model *m;
	struct order_entry *entries;
	struct order_child *children;	/* a stack: those of each level above those of the level around it */
	size_t nr_children;
	char *paths;		/* of processes */
};

/* Room for n elements; false if there is no memory. */
bool order_reserve(void **array, size_t *max, size_t n, size_t size);

/* Rows and members of the first n entries: all by themselves, or in groups (false: no memory). */
void order_emit_flat(struct order_build *b, size_t n);
bool order_emit_tree(struct order_build *b, size_t n);

#endif /* GMEMTOP_ORDER_BUILD_H */
