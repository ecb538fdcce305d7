/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* State of order_make() while it makes the list; shared by order.c and order_tree.c only. */
#ifndef GMEMTOP_ORDER_BUILD_H
#define GMEMTOP_ORDER_BUILD_H

#include "ui/ui.h"

/* VM with its sort value. */
struct order_entry {
	const struct gmem_vm *vm;
	struct gmem_value value;
	const char *path;	/* its group's: "/a/b", without a / at the end */
};

/* Child of a group or of the root: a group of entries [first, end), or one VM. */
struct order_child {
	size_t first;
	size_t end;
	struct gmem_value value;
	bool over;		/* all its VMs have ended */
	uint64_t tie;		/* order of equal values */
	size_t prefix;		/* length of the path that its VMs share; 0: a single VM */
};

struct order_build {
	struct order *o;
	const struct ui *ui;
	const struct gmem_model *m;
	struct order_entry *entries;
	struct order_child *children;	/* stack of levels; the innermost is on top */
	size_t nr_children;
	char *paths;		/* storage of the paths of processes */
};

/* Grows the array to n elements if it is smaller. Returns false if out of memory. */
bool order_reserve(void **array, size_t *max, size_t n, size_t size);

/* Emit the rows and members of the first n entries, flat or in groups (false: out of memory). */
void order_emit_flat(struct order_build *b, size_t n);
bool order_emit_tree(struct order_build *b, size_t n);

#endif /* GMEMTOP_ORDER_BUILD_H */
