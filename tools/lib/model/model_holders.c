// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* Holders: processes that have a VM, or a file of it, open. */
#include "model/model_parts.h"

#include <errno.h>

static int add_holder(struct gmem_holders *holders, uint32_t pid, const char *comm, uint64_t ts_ns)
{
	struct gmem_holder *h = holders->list;
	size_t i = 0;

	while (i < holders->nr && h[i].pid != pid)
		i++;
	if (i == GMEM_HOLDERS_MAX)
		return 0;
	if (i == holders->nr) {
		h = gap_open(h, i, i, sizeof(*h));
		if (!h)
			return -ENOMEM;
		holders->list = h;
		holders->nr++;
		h[i] = (struct gmem_holder){ .pid = pid };
	}
	h[i].seen_ns = ts_ns;
	if (comm)
		model_copy_text(h[i].comm, comm, sizeof(h[i].comm));
	return 0;
}

static void drop_holders(struct gmem_holders *holders, uint64_t before_ns)
{
	for (size_t i = holders->nr; i-- > 0; ) {
		if (holders->list[i].seen_ns < before_ns)
			gap_close(holders->list, holders->nr--, i, sizeof(*holders->list));
	}
}

/* Adds the creator of a file as its holder, and as a holder of the VM, whose descriptor it used. */
int model_add_creator(struct gmem_vm *vm, const struct gmem_rec *r)
{
	const char *comm = r->h.tgid == vm->pid ? vm->comm : NULL;
	int err = add_holder(&vm->holders, r->h.tgid, comm, r->h.ts_ns);

	return err ? err : add_holder(&model_file(vm, r->ino)->holders, r->h.tgid, comm, r->h.ts_ns);
}

int model_holder(struct gmem_vm *vm, const struct gmem_holder_rec *r)
{
	struct gmem_file *f = r->ino ? model_file(vm, r->ino) : NULL;

	if (r->ino)
		return f ? add_holder(&f->holders, r->h.tgid, r->comm, r->h.ts_ns) : 0;
	vm->orphan = false;
	return add_holder(&vm->holders, r->h.tgid, r->comm, r->h.ts_ns);
}

/* Drops holders that the search has not found. Skips VMs that appeared during the search. */
void model_holders(struct gmem_model *m, const struct gmem_rec *r)
{
	uint64_t begin_ns = r->h.ts_ns - r->dur_ns;
	struct gmem_vm *vm, *tmp;

	m->holders_ns = begin_ns;
	HASH_ITER(hh, m->vms, vm, tmp) {
		if (vm->seen_ns >= begin_ns || vm->ended_ns)
			continue;
		drop_holders(&vm->holders, begin_ns);
		for (size_t i = 0; i < vm->nr_files; i++)
			drop_holders(&vm->files[i].holders, begin_ns);
		vm->orphan = !vm->holders.nr;
	}
}
