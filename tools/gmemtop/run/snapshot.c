// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/snapshot.h"

#include <stdlib.h>
#include <string.h>

/* Copies with calloc(): the model frees it. Returns NULL only if out of memory, not for n == 0. */
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

static bool copy_holders(struct gmem_holders *to, const struct gmem_holders *from)
{
	to->list = copy_array(from->list, from->nr, sizeof(*from->list));
	to->nr = to->list ? from->nr : 0;
	return to->list;
}

/* Copies files with their ranges and holders, which the copy owns. */
static bool copy_files(struct gmem_vm *to, const struct gmem_vm *from)
{
	bool ok;

	to->files = copy_array(from->files, from->nr_files, sizeof(*from->files));
	ok = to->files;
	for (size_t i = 0; to->files && i < from->nr_files; i++)
		ok = copy_ranges(&to->files[i].pages, &from->files[i].pages) &&
		     copy_holders(&to->files[i].holders, &from->files[i].holders) && ok;
	return ok;
}

static bool copy_activity(struct gmem_vm *to, const struct gmem_vm *from)
{
	to->hot = from->hot ? gmem_hot_copy(from->hot) : NULL;
	to->recent = from->recent ? copy_array(from->recent, 1, sizeof(*from->recent)) : NULL;
	return !to->hot == !from->hot && !to->recent == !from->recent;
}

static bool copy_vm(struct gmem_model *m, const struct gmem_vm *from)
{
	struct gmem_vm *vm = malloc(sizeof(*vm));
	bool ok;

	if (!vm)
		return false;
	*vm = *from;
	memset(&vm->changes, 0, sizeof(vm->changes));	/* a copy does not change */
	memset(&vm->converted, 0, sizeof(vm->converted));
	vm->slots = copy_array(from->slots, from->nr_slots, sizeof(*from->slots));
	if (!vm->slots)
		vm->nr_slots = 0;
	ok = !gmem_operations_copy(&vm->ops, &from->ops);
	ok = copy_files(vm, from) && ok;
	if (!vm->files)
		vm->nr_files = 0;
	ok = copy_holders(&vm->holders, &from->holders) && ok;
	ok = copy_activity(vm, from) && ok;
	ok = copy_ranges(&vm->private, &from->private) && ok;
	ok = copy_ranges(&vm->shared_pages, &from->shared_pages) && ok;
	ok = copy_ranges(&vm->shared_read, &from->shared_read) && ok;
	for (int side = 0; side < GMEM_SIDES; side++)
		ok = copy_ranges(&vm->double_backed[side], &from->double_backed[side]) && ok;
	/* Also on failure: gmem_model_free() then frees what was copied. */
	HASH_ADD(hh, m->vms, id, sizeof(vm->id), vm);
	return ok && vm->slots;
}

struct gmem_model *snapshot_take(const struct gmem_model *m)
{
	struct gmem_model *copy = malloc(sizeof(*copy));
	bool ok;
	struct gmem_vm *vm, *tmp;

	if (!copy)
		return NULL;
	*copy = *m;
	copy->vms = NULL;
	copy->lost_by_cpu = copy_array(m->lost_by_cpu, m->nr_lost_cpus, sizeof(*m->lost_by_cpu));
	copy->histories = gmem_histories_copy(m->histories);
	ok = copy->lost_by_cpu && copy->histories;
	HASH_ITER(hh, m->vms, vm, tmp)
		ok = ok && copy_vm(copy, vm);
	if (ok)
		return copy;
	gmem_model_free(copy);
	return NULL;
}
