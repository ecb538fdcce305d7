/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Maps of VMs: which gfns are private. Views of the model, independent of its source. */
#ifndef GMEMTRACE_MAP_H
#define GMEMTRACE_MAP_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "model/model.h"

/* Memslot as a grid of cells of equal size, row by row. */
struct map_grid {
	uint64_t unit;		/* pages of a cell, a power of two */
	size_t columns;
	size_t nr;		/* cells */
	uint8_t *level;		/* private share of each cell: 0 none, MAP_FULL all; the caller frees it */
};

#define MAP_FULL 255

/* Makes the finest grid of at most @max_cells cells. Returns 0 or -ENOMEM. */
int map_grid_make(struct map_grid *g, const struct gmem_vm *vm, const struct gmem_slot *s,
		  size_t columns, size_t max_cells);

/* VMs to show, by number. */
struct map_vms {
	const struct gmem_model *model;
	const struct gmem_vm **vms;
	size_t nr;
};

/* Write the maps. Return 0 or -ENOMEM; map_png() also -EIO. */
int map_text(const struct map_vms *m, bool ascii, FILE *out);
int map_svg(const struct map_vms *m, FILE *out);
int map_png(const struct map_vms *m, FILE *out);
struct json_object *map_json(const struct map_vms *m);

#endif /* GMEMTRACE_MAP_H */
