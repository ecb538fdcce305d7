// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#define HASH_NONFATAL_OOM 1	/* uthash would exit */
#include "model/trend.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct gmem_trend_vm {
	uint64_t id;
	uint64_t first;		/* first refresh with the VM */
	uint64_t last;		/* last refresh with it */
	float rate[GMEM_TREND_POINTS];
	UT_hash_handle hh;
};

static void free_vm(struct gmem_trend *t, struct gmem_trend_vm *v)
{
	HASH_DEL(t->vms, v);
	free(v);
}

void gmem_trend_free(struct gmem_trend *t)
{
	struct gmem_trend_vm *v, *tmp;

	HASH_ITER(hh, t->vms, v, tmp)
		free_vm(t, v);
	memset(t, 0, sizeof(*t));
}

static struct gmem_trend_vm *get_or_add_vm(struct gmem_trend *t, uint64_t id)
{
	struct gmem_trend_vm *v;

	HASH_FIND(hh, t->vms, &id, sizeof(id), v);
	if (v)
		return v;
	v = calloc(1, sizeof(*v));
	if (!v)
		return NULL;
	v->id = id;
	v->first = t->refreshes;
	HASH_ADD(hh, t->vms, id, sizeof(v->id), v);
	if (!v->hh.tbl) {
		free(v);
		return NULL;
	}
	return v;
}

static float rate_of(const struct gmem_vm *vm)
{
	return vm->ended_ns ? 0 : (float)gmem_vm_conversions_per_s(vm);
}

int gmem_trend_add(struct gmem_trend *t, const struct gmem_model *m)
{
	size_t at = t->refreshes % GMEM_TREND_POINTS;
	struct gmem_trend_vm *v, *vtmp;
	struct gmem_vm *vm, *tmp;
	float all = 0;

	if (t->refreshes && t->ts_ns[(t->refreshes - 1) % GMEM_TREND_POINTS] == m->now_ns)
		return 0;
	HASH_ITER(hh, m->vms, vm, tmp) {
		v = get_or_add_vm(t, vm->id);
		if (!v)
			return -ENOMEM;
		v->last = t->refreshes;
		v->rate[at] = rate_of(vm);
		all += v->rate[at];
	}
	if (HASH_COUNT(t->vms) > HASH_COUNT(m->vms)) {
		HASH_ITER(hh, t->vms, v, vtmp) {
			if (v->last != t->refreshes)
				free_vm(t, v);
		}
	}
	t->all[at] = all;
	t->ts_ns[at] = m->now_ns;
	t->refreshes++;
	return 0;
}

/* Returns the number of the first refresh after @until_ns. */
static uint64_t end_refresh(const struct gmem_trend *t, uint64_t until_ns)
{
	uint64_t end = t->refreshes;
	uint64_t oldest = end > GMEM_TREND_POINTS ? end - GMEM_TREND_POINTS : 0;

	while (end > oldest && t->ts_ns[(end - 1) % GMEM_TREND_POINTS] > until_ns)
		end--;
	return end;
}

size_t gmem_trend_get(const struct gmem_trend *t, uint64_t vm, uint64_t until_ns, float *values,
		      size_t n)
{
	uint64_t end = end_refresh(t, until_ns), first = 0;
	uint64_t oldest = t->refreshes > GMEM_TREND_POINTS ? t->refreshes - GMEM_TREND_POINTS : 0;
	const float *from = t->all;
	size_t known = 0;

	if (vm) {
		struct gmem_trend_vm *v;

		HASH_FIND(hh, t->vms, &vm, sizeof(vm), v);
		from = v ? v->rate : NULL;
		first = v ? v->first : 0;
	}
	for (size_t i = 0; i < n; i++) {
		uint64_t number = end - 1 - i;
		bool there = from && i < end && number >= oldest && number >= first;

		values[n - 1 - i] = there ? from[number % GMEM_TREND_POINTS] : 0;
		known += there;
	}
	return known;
}
