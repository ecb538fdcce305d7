// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
/* guest_memfd files and their bindings. An event and the inventory may both report one, in any order. */
#include "model/model_parts.h"

#include <errno.h>

void model_free_file(struct gmem_file *f)
{
	gmem_ranges_free(&f->pages);
	free(f->holders.list);
}

/* Sets the populated pages of a file: as scanned, or none at its creation. */
static int set_populated(struct gmem_vm *vm, struct gmem_file *f, const struct gmem_rec *r)
{
	if (r->h.kind == GMEM_SCAN_FILE && r->nr_pages != GMEM_UNKNOWN) {
		f->populated = r->nr_pages;
		f->populated_ns = r->h.ts_ns;
		f->populated_read = true;
		return f->populated ? 0 : model_file_empty(vm, f->ino);
	}
	if ((r->h.kind == GMEM_CREATE || (r->h.kind == GMEM_SCAN_FILE && r->start & GMEM_FILE_NEW)) && !f->populated_ns)
		f->populated_ns = r->h.ts_ns;
	return 0;
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
	f->flags = r->flags;
	f->seen_ns = r->h.ts_ns;
	if (r->h.kind == GMEM_SCAN_FILE)
		f->mapped = r->start & GMEM_FILE_MAPPED;
	return set_populated(vm, f, r);
}

/* Deletes slot @i and its double-backed ranges. */
static int drop_slot(struct gmem_vm *vm, size_t i)
{
	const struct gmem_slot s = vm->slots[i];

	gap_close(vm->slots, vm->nr_slots--, i, sizeof(*vm->slots));
	return model_not_double_backed(vm, s.gfn, s.gfn + s.npages);
}

static int del_slots(struct gmem_vm *vm, uint64_t ino, bool any, uint32_t slot)
{
	int err = 0;

	for (size_t i = vm->nr_slots; i-- > 0; ) {
		if (vm->slots[i].ino == ino && (any || vm->slots[i].slot == slot) && drop_slot(vm, i))
			err = -ENOMEM;
	}
	return err;
}

int model_del_slot(struct gmem_vm *vm, const struct gmem_rec *r)
{
	return del_slots(vm, r->ino, false, r->slot);
}

static void drop_file(struct gmem_vm *vm, size_t i)
{
	model_free_file(&vm->files[i]);
	gap_close(vm->files, vm->nr_files--, i, sizeof(*vm->files));
}

/* Deletes a file and its bindings: the kernel unbinds them on release without further events. */
int model_del_file(struct gmem_vm *vm, const struct gmem_rec *r)
{
	int err = del_slots(vm, r->ino, true, 0);

	for (size_t i = vm->nr_files; i-- > 0; ) {
		if (vm->files[i].ino == r->ino)
			drop_file(vm, i);
	}
	return err;
}

static bool is_same_slot(const struct gmem_slot *s, const struct gmem_rec *r)
{
	return s->ino == r->ino && s->gfn == r->start && s->npages == r->end - r->start && s->pgoff == r->pgoff;
}

/* Deletes an older binding of the memslot, which has only one: its unbind was lost, or a scan repeats it. */
static int del_stale_slot(struct gmem_vm *vm, const struct gmem_rec *r)
{
	int err = 0;

	for (size_t i = vm->nr_slots; i-- > 0; ) {
		if (vm->slots[i].slot != r->slot)
			continue;
		if (is_same_slot(&vm->slots[i], r))
			gap_close(vm->slots, vm->nr_slots--, i, sizeof(*vm->slots));
		else if (drop_slot(vm, i))
			err = -ENOMEM;
	}
	return err;
}

int model_add_slot(struct gmem_vm *vm, const struct gmem_rec *r)
{
	struct gmem_slot *slots;
	size_t i = 0;

	if (r->ret || r->start >= r->end)
		return 0;
	if (del_stale_slot(vm, r))
		return -ENOMEM;
	while (i < vm->nr_slots && vm->slots[i].gfn < r->start)
		i++;
	slots = gap_open(vm->slots, vm->nr_slots, i, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	vm->slots = slots;
	slots[i] = (struct gmem_slot){
		r->slot, r->start, r->end - r->start, r->ino, r->pgoff, r->h.ts_ns,
	};
	vm->nr_slots++;
	return 0;
}

/* Deletes files and slots that neither the scan nor an event has reported since the scan began. */
int model_forget_unseen(struct gmem_vm *vm)
{
	int err = 0;

	for (size_t i = vm->nr_files; i-- > 0; ) {
		if (vm->files[i].seen_ns < vm->scan_ns)
			drop_file(vm, i);
	}
	for (size_t i = vm->nr_slots; i-- > 0; ) {
		if (vm->slots[i].seen_ns < vm->scan_ns && drop_slot(vm, i))
			err = -ENOMEM;
	}
	return err;
}
