// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include <errno.h>
#include <stdlib.h>

#include "map/map.h"

/* Returns the level of a cell; a mixed cell never gets 0 or MAP_FULL. */
static uint8_t level_of(uint64_t private, uint64_t pages)
{
	uint64_t level;

	if (!private || private == pages)
		return private ? MAP_FULL : 0;
	level = private * MAP_FULL / pages;
	return (uint8_t)(level < 1 ? 1 : level > MAP_FULL - 1 ? MAP_FULL - 1 : level);
}

int map_grid_make(struct map_grid *g, const struct gmem_vm *vm, const struct gmem_slot *s,
		  size_t columns, size_t max_cells)
{
	uint64_t unit = 1;

	while ((s->npages - 1) / unit >= max_cells)
		unit *= 2;
	g->unit = unit;
	g->columns = columns;
	g->nr = (size_t)((s->npages - 1) / unit + 1);
	g->level = calloc(g->nr, 1);
	if (!g->level)
		return -ENOMEM;
	for (size_t i = 0; i < g->nr; i++) {
		uint64_t from = i * unit, to = from + unit < s->npages ? from + unit : s->npages;

		g->level[i] = level_of(gmem_ranges_count(&vm->private, s->gfn + from, s->gfn + to), to - from);
	}
	return 0;
}
