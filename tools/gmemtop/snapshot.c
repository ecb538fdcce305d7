// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "snapshot.h"

#include <stdlib.h>
#include <string.h>

/* malloc(), as the model will free it; never NULL for lack of elements. */
static void *copy_array(const void *array, size_t n, size_t size)
{
	void *copy = calloc(n + 1, size);

	if (copy && n)
		memcpy(copy, array, n * size);
	return copy;
}

static bool copy_ranges(struct gmem_ranges *to, const struct gmem_ranges *from)
{
	struct gmem_extent x = { 0, 0 };

	memset(to, 0, sizeof(*to));
	while (gmem_ranges_next(from, x.end, &x)) {
		if (gmem_ranges_add(to, x.start, x.end))
			return false;
	}
	return true;
}

static bool copy_vm(struct gmem_model *m, const struct gmem_vm *from)
{
	struct gmem_vm *vm = malloc(sizeof(*vm));
	bool ranges;

	if (!vm)
		return false;
	*vm = *from;
	memset(&vm->changes, 0, sizeof(vm->changes));	/* a picture does not change */
	vm->slots = copy_array(from->slots, from->nr_slots, sizeof(*from->slots));
	vm->files = copy_array(from->files, from->nr_files, sizeof(*from->files));
	vm->inflight = copy_array(from->inflight, from->nr_inflight, sizeof(*from->inflight));
	ranges = copy_ranges(&vm->private, &from->private);
	/* Whatever failed, the model owns it now, and frees it. */
	HASH_ADD(hh, m->vms, id, sizeof(vm->id), vm);
	return ranges && vm->slots && vm->files && vm->inflight;
}

struct gmem_model *snapshot_take(const struct gmem_model *m)
{
	struct gmem_model *copy = gmem_model_new();
	struct gmem_vm *vm, *tmp;

	if (!copy)
		return NULL;
	*copy = *m;
	copy->vms = NULL;
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (!copy_vm(copy, vm)) {
			gmem_model_free(copy);
			return NULL;
		}
	}
	return copy;
}
