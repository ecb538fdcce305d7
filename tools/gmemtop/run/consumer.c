// SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause
#include "run/consumer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "recording/recording.h"

/* Time for which an ended VM stays on the screen, with its last counts. */
#define LINGER_NS	10000000000ULL

int consumer_apply(struct consumer *p, const struct gmem_hdr *rec)
{
	int err = gmem_model_apply(p->model, rec);

	if (err && err != -EINVAL)
		return err;
	if (rec->kind != GMEM_SYNC)
		return 0;
	p->syncs++;
	if (p->model->now_ns > LINGER_NS)
		gmem_model_forget(p->model, p->model->now_ns - LINGER_NS);
	return p->ui && !ui_collect(p->ui, p->model) ? -ENOMEM : 0;
}

enum gmem_status consumer_fail(struct gmem_error *e, int err, const char *replay)
{
	if (err == -ENOMEM)
		return gmem_fail(e, GMEM_E_FAILED, "Free some memory, or raise the limit.",
				 "cannot show guest memory: %s", strerror(-err));
	if (err == -ESPIPE)
		return gmem_fail(e, GMEM_E_IO, "Replay a file to go back in it.",
				 "cannot seek in a pipe");
	if (replay)
		return gmem_fail(e, GMEM_E_IO, "gmemtrace info reports what the recording has.",
				 "cannot read %s: %s", replay, strerror(-err));
	return gmem_fail(e, GMEM_E_FAILED, "Run again with -v for details.",
			 "cannot read events: %s", strerror(-err));
}

/* Returns the size of a record in the buffer: padded to 8 bytes so that the next one is aligned. */
static size_t padded(const struct gmem_hdr *rec)
{
	return ((size_t)rec->size + 7) / 8 * 8;
}

static int append_record(void *ctx, const struct gmem_hdr *rec)
{
	struct replay *r = ctx;

	if (rec->size < sizeof(*rec))
		return 0;
	if (!gmem_reserve(&r->records, &r->max, r->used + padded(rec), 1))
		return -ENOMEM;
	memcpy(r->records + r->used, rec, rec->size);
	r->used += padded(rec);
	r->ready |= rec->kind == GMEM_SYNC;
	if (r->ready || rec->ts_ns > r->next_ns)
		r->next_ns = rec->ts_ns;
	return 0;
}

int replay_fetch(struct replay *r)
{
	int err;

	if (r->ready || r->ended)
		return 0;
	err = gmem_source_sync(r->source, append_record, r);
	if (err != -ENODATA)
		return err;
	/* Records after the last snapshot of a truncated recording count as one more. */
	r->ended = true;
	r->ready = r->used > 0;
	return 0;
}

int64_t replay_due_ms(const struct replay *r)
{
	uint64_t after = r->next_ns > r->base_ns ? r->next_ns - r->base_ns : 0;

	if (!r->based)
		return INT64_MIN;
	return r->base_ms + (int64_t)((double)after / 1e6 / r->speed);
}

int replay_step(struct replay *r, struct consumer *p)
{
	int err = 0;

	for (size_t at = 0; !err && at < r->used; ) {
		const struct gmem_hdr *rec = (const struct gmem_hdr *)(r->records + at);

		err = consumer_apply(p, rec);
		at += padded(rec);
	}
	r->used = 0;
	r->ready = false;
	return err;
}

void replay_rebase(struct replay *r, uint64_t shown_ns, int64_t now_ms)
{
	r->base_ns = shown_ns;
	r->base_ms = now_ms;
	r->based = true;
}

int replay_seek(struct replay *r, uint64_t ts_ns, bool anew, struct consumer *p)
{
	int err = anew ? gmem_recording_rewind(r->source) : 0;
	unsigned long before = p->syncs;

	if (err)
		return err;
	if (anew) {
		r->used = 0;
		r->next_ns = 0;
		r->ready = r->ended = false;
	}
	do {
		err = replay_fetch(r);
		if (!err && r->ready)
			err = replay_step(r, p);
	} while (!err && !r->ended && (p->model->now_ns < ts_ns || p->syncs == before));
	return err;
}

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

struct gmem_model *consumer_snapshot(const struct gmem_model *m)
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
