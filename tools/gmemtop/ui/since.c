// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#define HASH_NONFATAL_OOM 1	/* uthash would exit */
#include "ui/since.h"

#include <stdlib.h>
#include <string.h>

#include "abi/counters.h"

struct since_vm {
	uint64_t id;
	struct gmem_counters then;
	UT_hash_handle hh;
};

void since_free(struct since *s)
{
	struct since_vm *v, *tmp;

	HASH_ITER(hh, s->vms, v, tmp) {
		HASH_DEL(s->vms, v);
		free(v);
	}
	free(s->scratch);
	memset(s, 0, sizeof(*s));
}

static bool keep_counters(struct since *s, const struct gmem_vm *vm)
{
	struct since_vm *v = malloc(sizeof(*v));

	if (!v)
		return false;
	v->id = vm->id;
	v->then = vm->now;
	HASH_ADD(hh, s->vms, id, sizeof(v->id), v);
	if (v->hh.tbl)
		return true;
	free(v);
	return false;
}

bool since_begin(struct since *s, const struct gmem_model *m)
{
	struct since fresh = { .ts_ns = m->now_ns, .scratch = malloc(sizeof(struct gmem_vm)) };
	bool ok = fresh.scratch;
	struct gmem_vm *vm, *tmp;

	if (ok)
		fresh.scratch->id = UINT64_MAX;
	HASH_ITER(hh, m->vms, vm, tmp)
		ok = ok && keep_counters(&fresh, vm);
	since_free(ok ? s : &fresh);
	if (ok)
		*s = fresh;
	return ok;
}

/* Caches the last VM: drawing a row reads many values of it. */
const struct gmem_vm *since_vm(const struct since *s, const struct gmem_vm *vm)
{
	struct since *cache = (struct since *)s;
	struct since_vm *v;

	if (!s->ts_ns)
		return vm;
	HASH_FIND(hh, s->vms, &vm->id, sizeof(vm->id), v);
	if (!v)
		return vm;
	if (s->scratch->id == vm->id && s->scratch_ns == vm->counters_ns)
		memcpy(s->scratch, vm, offsetof(struct gmem_vm, now));
	else {
		*s->scratch = *vm;
		gmem_counters_since(&s->scratch->now, &v->then);
	}
	cache->scratch_ns = vm->counters_ns;
	return s->scratch;
}

struct gmem_value since_value(const struct since *s, const struct gmem_metric *metric,
			      const struct gmem_vm *vm, const struct gmem_model *m)
{
	bool total = metric->type == GMEM_COUNT || metric->type == GMEM_NS ||
		     metric->type == GMEM_BYTES;

	if (!s->ts_ns || !total)
		return gmem_metric_get(metric, vm, m);
	return gmem_metric_get(metric, since_vm(s, vm), m);
}
