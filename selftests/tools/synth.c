// SPDX-License-Identifier: GPL-2.0-only
#include "synth.h"

#include <string.h>

#include "gmem_hist.h"

#define PRIVATE 8	/* KVM_MEMORY_ATTRIBUTE_PRIVATE */

static void emit(struct synth *s, struct gmem_hdr *h, unsigned int kind, size_t size)
{
	int err;

	h->ts_ns = s->now_ns;
	h->kind = (uint16_t)kind;
	h->size = (uint16_t)size;
	err = s->fn(s->ctx, h);
	if (!s->err)
		s->err = err;
}

static void event(struct synth *s, const struct synth_vm *vm, unsigned int kind,
		  struct gmem_rec r)
{
	r.h.vm = vm->id;
	r.h.tgid = vm->pid;
	if (!r.h.tid)
		r.h.tid = vm->pid;
	emit(s, &r.h, kind, sizeof(r));
}

void synth_slot(struct synth *s, const struct synth_vm *vm, uint32_t slot, uint64_t gfn,
		uint64_t npages)
{
	uint64_t ino = vm->id * 1000 + slot;

	event(s, vm, GMEM_CREATE, (struct gmem_rec){ .ino = ino, .end = npages });
	event(s, vm, GMEM_BIND, (struct gmem_rec){
		.ino = ino, .start = gfn, .end = gfn + npages, .aux = slot,
	});
}

void synth_start(struct synth *s, struct synth_vm *vm, const char *comm, uint64_t npages)
{
	struct gmem_vm_rec r = { .h = { .vm = vm->id, .tgid = vm->pid }, .start_ns = 1 };

	strncpy(r.comm, comm, sizeof(r.comm) - 1);
	emit(s, &r.h, GMEM_VM, sizeof(r));
	if (npages)
		synth_slot(s, vm, 0, 0, npages);
}

void synth_end(struct synth *s, const struct synth_vm *vm)
{
	event(s, vm, GMEM_VM_END, (struct gmem_rec){ .start = 0 });
}

void synth_begin(struct synth *s, const struct synth_vm *vm, uint32_t tid, uint64_t start,
		 uint64_t end, bool to_private)
{
	event(s, vm, GMEM_ATTRIBUTES_BEGIN, (struct gmem_rec){
		.h = { .tid = tid }, .start = start, .end = end, .arg = to_private ? PRIVATE : 0,
	});
}

void synth_finish(struct synth *s, struct synth_vm *vm, uint32_t tid, uint64_t start,
		  uint64_t end, bool to_private, uint64_t dur_ns)
{
	int direction = to_private ? GMEM_TO_PRIVATE : GMEM_TO_SHARED;
	struct gmem_op_counters *op = &vm->c.conversion[direction];

	op->count++;
	op->bytes += (end - start) << GMEM_PAGE_SHIFT;
	op->total_ns += dur_ns;
	op->max_ns = dur_ns > op->max_ns ? dur_ns : op->max_ns;
	vm->c.conversion_hist[direction][gmem_hist_slot(dur_ns)]++;
	event(s, vm, GMEM_ATTRIBUTES_END, (struct gmem_rec){
		.h = { .tid = tid }, .start = start, .end = end, .arg = to_private ? PRIVATE : 0,
		.dur_ns = dur_ns, .aux = 1,
	});
}

void synth_convert(struct synth *s, struct synth_vm *vm, uint64_t start, uint64_t end,
		   bool to_private, uint64_t dur_ns)
{
	synth_begin(s, vm, 0, start, end, to_private);
	s->now_ns += dur_ns;
	synth_finish(s, vm, 0, start, end, to_private, dur_ns);
}

void synth_counters(struct synth *s, const struct synth_vm *vm)
{
	struct gmem_counters_rec r = { .h = { .vm = vm->id }, .c = vm->c };

	emit(s, &r.h, GMEM_COUNTERS, sizeof(r));
}

void synth_lost(struct synth *s, const uint64_t lost[GMEM_LOSSES])
{
	struct gmem_lost_rec r = { .h = { .vm = 0 } };

	memcpy(r.lost, lost, GMEM_LOSSES * sizeof(*lost));
	emit(s, &r.h, GMEM_LOST, sizeof(r));
}

void synth_sync(struct synth *s)
{
	struct gmem_rec r = { .h = { .vm = 0 } };

	emit(s, &r.h, GMEM_SYNC, sizeof(r));
}
