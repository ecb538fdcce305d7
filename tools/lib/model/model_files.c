// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* guest_memfd files and their bindings. An event and the inventory may both tell of one, in any order. */
#include "model_parts.h"

#include <errno.h>

struct gmem_file *model_file(struct gmem_vm *vm, uint64_t ino)
{
	for (size_t i = 0; i < vm->nr_files; i++) {
		if (vm->files[i].ino == ino)
			return &vm->files[i];
	}
	return NULL;
}

void model_free_file(struct gmem_file *f)
{
	gmem_ranges_free(&f->pages);
	free(f->holders.list);
}

int model_add_file(struct gmem_vm *vm, const struct gmem_rec *r)
{
	struct gmem_file *f = model_file(vm, r->ino), *files;

	if (!f) {
		files = gap_open(vm->files, vm->nr_files, vm->nr_files, sizeof(*files));
		if (!files)
			return -ENOMEM;
		vm->files = files;
		f = &files[vm->nr_files++];
		memset(f, 0, sizeof(*f));
	}
	f->ino = r->ino;
	f->size_pages = r->end;
	f->flags = r->arg;
	f->seen_ns = r->h.ts_ns;
	if (r->h.kind == GMEM_SCAN_FILE) {
		f->populated = r->nr_pages;
		f->mapped = r->start & GMEM_FILE_MAPPED;
	}
	return f->populated ? 0 : gmem_ranges_del(&f->pages, 0, UINT64_MAX);
}

static void del_slots(struct gmem_vm *vm, uint64_t ino, bool any, uint32_t slot)
{
	for (size_t i = vm->nr_slots; i-- > 0; ) {
		if (vm->slots[i].ino == ino && (any || vm->slots[i].slot == slot))
			gap_close(vm->slots, vm->nr_slots--, i, sizeof(*vm->slots));
	}
}

void model_del_slot(struct gmem_vm *vm, const struct gmem_rec *r)
{
	del_slots(vm, r->ino, false, r->aux);
}

static void close_file(struct gmem_vm *vm, size_t i)
{
	model_free_file(&vm->files[i]);
	gap_close(vm->files, vm->nr_files--, i, sizeof(*vm->files));
}

/* The kernel unbinds what is left when the file goes, and tells no more of it. */
void model_del_file(struct gmem_vm *vm, const struct gmem_rec *r)
{
	del_slots(vm, r->ino, true, 0);
	for (size_t i = vm->nr_files; i-- > 0; ) {
		if (vm->files[i].ino == r->ino)
			close_file(vm, i);
	}
}

/* A memslot is bound once: what is still bound to it lost its unbind. */
static void del_stale_slot(struct gmem_vm *vm, uint32_t slot)
{
	for (size_t i = vm->nr_slots; i-- > 0; ) {
		if (vm->slots[i].slot == slot)
			gap_close(vm->slots, vm->nr_slots--, i, sizeof(*vm->slots));
	}
}

int model_add_slot(struct gmem_vm *vm, const struct gmem_rec *r)
{
	struct gmem_slot *slots;
	size_t i = 0;

	if (r->ret || r->start >= r->end)
		return 0;
	del_stale_slot(vm, r->aux);
	while (i < vm->nr_slots && vm->slots[i].gfn < r->start)
		i++;
	slots = gap_open(vm->slots, vm->nr_slots, i, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	vm->slots = slots;
	slots[i] = (struct gmem_slot){
		r->aux, r->start, r->end - r->start, r->ino, r->arg, r->h.ts_ns,
	};
	vm->nr_slots++;
	return 0;
}

/* What neither the scan nor an event has told of since it began is gone. */
void model_forget_unseen(struct gmem_vm *vm)
{
	for (size_t i = vm->nr_files; i-- > 0; ) {
		if (vm->files[i].seen_ns < vm->scan_ns)
			close_file(vm, i);
	}
	for (size_t i = vm->nr_slots; i-- > 0; ) {
		if (vm->slots[i].seen_ns < vm->scan_ns)
			gap_close(vm->slots, vm->nr_slots--, i, sizeof(*vm->slots));
	}
}
