// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bits.h"
#include "ledger.h"

static bool is_descriptor_of(const struct handle *h, bool vm, uint32_t object)
{
	bool of_vm = h->kind == H_VM || h->kind == H_VCPU;

	return h->kind && h->kind != H_MAP && of_vm == vm && h->object == object && !h->parked;
}

static bool holds(const struct world *w, int pid, bool vm, uint32_t object)
{
	for (uint32_t i = 0; i < w->nr_handles; i++) {
		if (is_descriptor_of(&w->handles[i], vm, object) &&
		    w->actors[w->handles[i].actor].pid == pid)
			return true;
	}
	return false;
}

/* Writes one entry per process, whichever of its threads hold descriptors. Returns how many. */
static unsigned int put_holders(FILE *f, const struct world *w, bool vm, uint32_t object)
{
	unsigned int n = 0;

	fprintf(f, "\"holders\":[");
	for (uint32_t i = 0; i < w->nr_actors; i++) {
		const struct actor *a = &w->actors[i];

		if (a->lives && a->kind != ACTOR_HERMIT && holds(w, a->pid, vm, object))
			fprintf(f, "%s%d", n++ ? "," : "", a->pid);
	}
	fprintf(f, "]");
	return n;
}

static bool is_mapped(const struct world *w, uint32_t file)
{
	for (uint32_t i = 0; i < w->nr_handles; i++) {
		if (w->handles[i].kind == H_MAP && w->handles[i].object == file)
			return true;
	}
	return false;
}

static unsigned int bindings(const struct vm *vm, uint32_t file)
{
	unsigned int n = 0;

	for (int i = 0; i < SLOTS; i++)
		n += vm->slots[i].used && vm->slots[i].file == file;
	return n;
}

static void put_files(FILE *f, const struct world *w, uint32_t vm)
{
	const char *sep = "";

	fprintf(f, "\"files\":[");
	for (uint32_t i = 0; i < w->nr_files; i++) {
		const struct file *file = w->files[i];

		if (file->vm != vm || !file->refs)
			continue;
		fprintf(f, "%s{\"ino\":%" PRIu64 ",\"size_bytes\":%" PRIu64 ",\"flags\":%" PRIu64
			",\"populated_bytes\":%" PRIu64 ",\"bindings\":%u,\"mapped\":%s,", sep, file->ino,
			file->pages << 12, file->flags, file->populated << 12,
			bindings(w->vms[vm], i), is_mapped(w, i) ? "true" : "false");
		put_holders(f, w, false, i);
		fprintf(f, "}");
		sep = ",";
	}
	fprintf(f, "],\"refused_files\":%u,\"inos\":[", w->vms[vm]->refused_files);
	sep = "";
	for (uint32_t i = 0; i < w->nr_files; i++) {
		if (w->files[i]->vm != vm)
			continue;
		fprintf(f, "%s%" PRIu64, sep, w->files[i]->ino);
		sep = ",";
	}
	fprintf(f, "],");
}

/* Writes the bound slots: a slot whose file was released is plain memory without a private side. */
static void put_slots(FILE *f, const struct world *w, const struct vm *vm)
{
	uint64_t pages = 0, private = 0;
	const char *sep = "";

	fprintf(f, "\"slots\":[");
	for (int i = 0; i < SLOTS; i++) {
		const struct slot *s = &vm->slots[i];

		if (!s->used || s->file == NONE)
			continue;
		fprintf(f, "%s{\"slot\":%d,\"base_gfn\":%" PRIu64 ",\"npages\":%" PRIu64 ",\"ino\":%"
			PRIu64 ",\"pgoff\":%" PRIu64 "}", sep, i, vm->base + s->gfn, s->pages,
			w->files[s->file]->ino, s->pgoff);
		sep = ",";
		pages += s->pages;
		private += bits_count(vm->private, s->gfn, s->pages);
	}
	fprintf(f, "],\"slot_bytes\":%" PRIu64 ",\"private_bytes\":%" PRIu64 ",\"shared_bytes\":%"
		PRIu64 ",", pages << 12, private << 12, (pages - private) << 12);
}

static void put_extents(FILE *f, const struct vm *vm)
{
	const char *sep = "";
	uint64_t i = 0, start;

	fprintf(f, "\"private_extents\":[");
	for (; i < WINDOW; i++) {
		if (!bit_get(vm->private, i))
			continue;
		start = i;
		while (i < WINDOW && bit_get(vm->private, i))
			i++;
		fprintf(f, "%s[%" PRIu64 ",%" PRIu64 "]", sep, vm->base + start, i - start);
		sep = ",";
	}
	fprintf(f, "],");
}

static void put_tally(FILE *f, const char *name, const struct tally *t, const char *end)
{
	fprintf(f, "\"%s\":{\"count\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"unchanged\":%" PRIu64
		",\"failed\":%" PRIu64 ",\"pages\":%" PRIu64 "}%s", name, t->count, t->bytes,
		t->unchanged, t->failed, t->pages, end);
}

/*
 * Writes the PIDs a tool may report as the VMM: all processes that ever used that memory, if any
 * lives.
 */
static void put_pids(FILE *f, const struct world *w, const struct vm *vm)
{
	const char *sep = "";
	bool lives = false;

	fprintf(f, "\"pids\":[");
	for (uint32_t i = 0; i < w->nr_actors; i++) {
		if (w->actors[i].mm != vm->mm || w->actors[i].kind == ACTOR_HERMIT)
			continue;
		fprintf(f, "%s%d", sep, w->actors[i].pid);
		lives |= w->actors[i].lives;
		sep = ",";
	}
	fprintf(f, "],\"vmm_lives\":%s,", lives ? "true" : "false");
}

static void put_vm(FILE *f, const struct world *w, uint32_t i)
{
	const struct vm *vm = w->vms[i];
	bool held;

	fprintf(f, "{\"vm\":%u,\"ended\":%s,\"type\":\"%s\",\"kernel_vm\":", i,
		vm->ended ? "true" : "false", vm->type == VM_PROTECTED ? "protected" : "default");
	if (vm->kernel_id)
		fprintf(f, "%" PRIu64, vm->kernel_id);
	else
		fprintf(f, "null");
	fprintf(f, ",\"signature_gfn\":%" PRIu64 ",\"raced\":%s,", vm->base + SIGNATURE,
		vm->raced ? "true" : "false");
	put_pids(f, w, vm);
	put_slots(f, w, vm);
	put_files(f, w, i);
	put_extents(f, vm);
	held = put_holders(f, w, true, i);
	fprintf(f, ",\"orphan\":%s,", held ? "false" : "true");
	put_tally(f, "to_shared", &vm->conversions[0], ",");
	put_tally(f, "to_private", &vm->conversions[1], ",");
	put_tally(f, "punch", &vm->punch, ",");
	put_tally(f, "allocate", &vm->allocate, "}");
}

void ledger_write(const struct world *w, const char *path, uint64_t seed, unsigned int checkpoint)
{
	struct timespec ts;
	char temporary[4096];
	FILE *f;

	snprintf(temporary, sizeof(temporary), "%s.new", path);
	f = fopen(temporary, "w");
	if (!f)
		err(7, "cannot write %s", temporary);
	clock_gettime(CLOCK_MONOTONIC, &ts);
	fprintf(f, "{\"version\":1,\"seed\":%" PRIu64 ",\"checkpoint\":%u,\"round\":%lu,\"ts_ns\":%" PRIu64
		",\"vms\":[", seed, checkpoint, w->round,
		(uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec);
	for (uint32_t i = 0; i < w->nr_vms; i++) {
		fprintf(f, "%s\n", i ? "," : "");
		put_vm(f, w, i);
	}
	fprintf(f, "\n]}\n");
	if (ferror(f) | fclose(f) || rename(temporary, path))
		err(7, "cannot write %s", path);
}
