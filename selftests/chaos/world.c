// SPDX-License-Identifier: GPL-2.0-only
#include <fcntl.h>
#include <linux/falloc.h>
#include <stdlib.h>
#include <string.h>

#include "bits.h"
#include "world.h"

static void *zeroed(size_t size)
{
	void *p = calloc(1, size);

	if (!p)
		abort();
	return p;
}

uint32_t world_add_actor(struct world *w, enum actor_kind kind, uint32_t parent, int pid, int socket)
{
	uint32_t i = w->nr_actors++;

	w->actors[i] = (struct actor){
		.lives = true, .kind = kind, .pid = pid, .socket = socket,
		.mm = kind == ACTOR_FORKED ? i : w->actors[parent].mm,
	};
	return i;
}

uint32_t world_add_vm(struct world *w, uint32_t actor, enum vm_type type)
{
	struct vm *vm = zeroed(sizeof(*vm));

	vm->creator = actor;
	vm->pid = w->actors[w->actors[actor].mm].pid;
	vm->mm = w->actors[actor].mm;
	vm->type = type;
	vm->base = w->nr_vms * VM_STRIDE;
	w->vms[w->nr_vms] = vm;
	return w->nr_vms++;
}

uint32_t world_add_file(struct world *w, uint32_t vm, uint64_t pages, uint64_t flags)
{
	struct file *f = zeroed(sizeof(*f));

	f->vm = vm;
	f->pages = pages;
	f->flags = flags;
	w->vms[vm]->refs++;
	w->files[w->nr_files] = f;
	return w->nr_files++;
}

static bool is_of_vm(enum handle_kind kind)
{
	return kind == H_VM || kind == H_VCPU;
}

uint32_t world_add_handle(struct world *w, enum handle_kind kind, uint32_t object, uint32_t actor)
{
	uint32_t i = w->nr_handles++;

	w->handles[i] = (struct handle){ kind, object, actor, 0 };
	if (is_of_vm(kind))
		w->vms[object]->refs++;
	else
		w->files[object]->refs++;
	return i;
}

bool world_has_room(const struct world *w)
{
	return w->nr_handles + 256 < MAX_HANDLES;
}

static void put_vm(struct world *w, uint32_t vm)
{
	if (!--w->vms[vm]->refs)
		w->vms[vm]->ended = true;
}

/* Releases a file. Its slots stay in the VM, bound to nothing. */
static void release(struct world *w, uint32_t file)
{
	struct file *f = w->files[file];
	struct vm *vm = w->vms[f->vm];

	for (int i = 0; i < SLOTS; i++) {
		if (vm->slots[i].used && vm->slots[i].file == file)
			vm->slots[i].file = NONE;
	}
	w->populated -= f->populated;
	f->populated = 0;
	put_vm(w, f->vm);
}

void world_drop_handle(struct world *w, uint32_t handle)
{
	struct handle *h = &w->handles[handle];
	enum handle_kind kind = h->kind;

	h->kind = H_FREE;
	if (is_of_vm(kind))
		put_vm(w, h->object);
	else if (!--w->files[h->object]->refs)
		release(w, h->object);
}

bool world_mm_lives(const struct world *w, uint32_t mm)
{
	for (uint32_t i = 0; i < w->nr_actors; i++) {
		if (w->actors[i].lives && w->actors[i].mm == mm)
			return true;
	}
	return false;
}

static void drop_all(struct world *w, uint32_t actor)
{
	for (uint32_t i = 0; i < w->nr_handles; i++) {
		const struct handle *h = &w->handles[i];

		if (h->kind == H_MAP ? !world_mm_lives(w, w->actors[h->actor].mm) : h->kind && h->actor == actor)
			world_drop_handle(w, i);
	}
}

void world_end_actor(struct world *w, uint32_t actor)
{
	int pid = w->actors[actor].pid;

	w->actors[actor].lives = false;
	for (uint32_t i = 0; i < w->nr_actors && w->actors[actor].kind != ACTOR_HERMIT; i++) {
		if (w->actors[i].pid == pid && w->actors[i].lives) {
			w->actors[i].lives = false;
			drop_all(w, i);
		}
	}
	drop_all(w, actor);
}

uint32_t world_vm_of(const struct world *w, uint32_t handle)
{
	const struct handle *h = &w->handles[handle];

	return is_of_vm(h->kind) ? h->object : w->files[h->object]->vm;
}

void world_convert(struct vm *vm, uint64_t start, uint64_t n, bool to_private)
{
	struct tally *t = &vm->conversions[to_private];

	if (!bits_set(vm->private, start, n, to_private)) {
		t->unchanged++;
		return;
	}
	t->count++;
	t->bytes += n << 12;
}

static void populate(struct world *w, struct file *f, uint64_t start, uint64_t n, bool value,
		     struct tally *t)
{
	uint64_t changed;

	if (start >= f->pages)
		return;
	if (n > f->pages - start)
		n = f->pages - start;
	changed = bits_set(f->bits, start, n, value);
	f->populated += value ? changed : -changed;
	w->populated += value ? changed : -changed;
	if (t)
		t->pages += changed;
}

bool world_fallocate(struct world *w, uint32_t file, int mode, uint64_t offset, uint64_t length)
{
	const int known = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE;
	struct file *f = w->files[file];
	bool punch = mode & FALLOC_FL_PUNCH_HOLE;
	struct vm *vm = w->vms[f->vm];
	struct tally *t = punch ? &vm->punch : &vm->allocate;
	bool ok = (mode & FALLOC_FL_KEEP_SIZE) && !(mode & ~known) && !((offset | length) & 4095) &&
		  (punch || offset + length <= f->pages << 12);

	if (!ok) {
		t->failed++;
		return false;
	}
	t->count++;
	t->bytes += length;
	populate(w, f, offset >> 12, length >> 12, !punch, t);
	return true;
}

void world_touch(struct world *w, uint32_t file, uint64_t start, uint64_t n)
{
	populate(w, w->files[file], start, n, true, NULL);
}

uint32_t world_slot_at(const struct vm *vm, uint64_t gfn, uint64_t pages)
{
	for (uint32_t i = 0; i < SLOTS; i++) {
		const struct slot *s = &vm->slots[i];

		if (s->used && s->gfn < gfn + pages && gfn < s->gfn + s->pages)
			return i;
	}
	return NONE;
}

bool world_is_bound(const struct world *w, uint32_t file, uint64_t pgoff, uint64_t pages)
{
	const struct vm *vm = w->vms[w->files[file]->vm];

	for (int i = 0; i < SLOTS; i++) {
		const struct slot *s = &vm->slots[i];

		if (s->used && s->file == file && s->pgoff < pgoff + pages && pgoff < s->pgoff + s->pages)
			return true;
	}
	return false;
}
