// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Lifetime of the model and of its VMs. */
#define HASH_NONFATAL_OOM 1	/* uthash would exit */
#include "model/model_parts.h"

const char *const gmem_map_state_names[GMEM_MAP_STATES] = {
	[GMEM_MAP_CURRENT]	= "current",
	[GMEM_MAP_UNREAD]	= "unread",
	[GMEM_MAP_READING]	= "reading",
	[GMEM_MAP_STALE]	= "stale",
};

/* Creates a model; until GMEM_PROBES comes, the source is assumed to have all features. */
struct gmem_model *gmem_model_new(void)
{
	struct gmem_model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->features = ~(uint64_t)(GMEM_FEATURE_RATES | GMEM_FEATURE_OTHER_PIDS);
	m->histories = gmem_histories_new();
	if (m->histories)
		return m;
	free(m);
	return NULL;
}

void model_free_vm(struct gmem_model *m, struct gmem_vm *vm)
{
	HASH_DEL(m->vms, vm);
	if (m->histories)
		gmem_histories_forget(m->histories, vm->id);
	gmem_ranges_free(&vm->private);
	model_free_backing(vm);
	for (size_t i = 0; i < vm->nr_files; i++)
		model_free_file(&vm->files[i]);
	free(vm->holders.list);
	gmem_changes_free(&vm->changes);
	gmem_hot_free(vm->hot);
	free(vm->recent);
	free(vm->slots);
	free(vm->files);
	gmem_operations_free(&vm->ops);
	free(vm);
}

void gmem_model_free(struct gmem_model *m)
{
	struct gmem_vm *vm, *tmp;

	if (!m)
		return;
	HASH_ITER(hh, m->vms, vm, tmp)
		model_free_vm(m, vm);
	free(m->lost_by_cpu);
	gmem_histories_free(m->histories);
	free(m);
}

void gmem_model_forget(struct gmem_model *m, uint64_t ts_ns)
{
	struct gmem_vm *vm, *tmp;

	HASH_ITER(hh, m->vms, vm, tmp) {
		if (vm->ended_ns && vm->ended_ns <= ts_ns)
			model_free_vm(m, vm);
	}
}

struct gmem_vm *gmem_model_vm(const struct gmem_model *m, uint64_t id)
{
	struct gmem_vm *vm;

	HASH_FIND(hh, m->vms, &id, sizeof(id), vm);
	return vm;
}

struct gmem_vm *model_get_vm(struct gmem_model *m, const struct gmem_hdr *h)
{
	struct gmem_vm *vm = gmem_model_vm(m, h->vm);

	if (vm)
		return vm;
	vm = calloc(1, sizeof(*vm));
	if (!vm)
		return NULL;
	vm->id = h->vm;
	vm->pid = h->tgid;
	vm->seen_ns = h->ts_ns;
	HASH_ADD(hh, m->vms, id, sizeof(vm->id), vm);
	if (!vm->hh.tbl) {
		free(vm);
		return NULL;
	}
	return vm;
}
