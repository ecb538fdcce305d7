// SPDX-License-Identifier: GPL-2.0-only
#include "synth.h"

#include <string.h>

#include "bpf/gmem_hist.h"

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
	uint64_t ino = synth_ino(vm, slot);

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

/* Adds phases of a conversion: shares of its time that differ by direction. */
static void count_phases(struct gmem_counters *c, int d, uint64_t dur_ns)
{
	static const unsigned int shares[GMEM_DIRECTIONS][GMEM_PHASES] = {
		[GMEM_TO_SHARED] = { 5, 10, 10, 45, 20, 10 },
		[GMEM_TO_PRIVATE] = { 5, 10, 35, 10, 35, 5 },
	};

	for (int p = 0; p < GMEM_PHASES; p++) {
		uint64_t ns = dur_ns / 100 * shares[d][p];

		c->phase_ns[d][p] += ns;
		c->phase_hist[d][p][gmem_log2(ns) < GMEM_PHASE_SLOTS ? gmem_log2(ns) : GMEM_PHASE_SLOTS - 1]++;
	}
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
	count_phases(&vm->c, direction, dur_ns);
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

void synth_stall_begin(struct synth *s, const struct synth_vm *vm, uint32_t vcpu, uint64_t start,
		       uint64_t end, bool to_private)
{
	event(s, vm, GMEM_STALL_BEGIN, (struct gmem_rec){
		.start = start, .end = end, .arg = to_private ? PRIVATE : 0, .aux = vcpu,
	});
}

void synth_stall_end(struct synth *s, struct synth_vm *vm, uint32_t vcpu, bool to_private,
		     uint64_t dur_ns, uint64_t ioctl_ns, uint64_t discard_ns)
{
	int d = to_private ? GMEM_TO_PRIVATE : GMEM_TO_SHARED;
	struct gmem_op_counters *op = &vm->c.stall[d];
	struct gmem_stall_rec r = {
		.r = { .h = { .vm = vm->id, .tgid = vm->pid, .tid = vm->pid },
		       .arg = to_private ? PRIVATE : 0, .aux = vcpu, .dur_ns = dur_ns },
		.ioctl_ns = ioctl_ns, .discard_ns = discard_ns, .ioctls = 1,
	};

	op->count++;
	op->total_ns += dur_ns;
	op->max_ns = dur_ns > op->max_ns ? dur_ns : op->max_ns;
	vm->c.stall_ioctl_ns[d] += ioctl_ns;
	vm->c.stall_discard_ns[d] += discard_ns;
	vm->c.stall_hist[d][gmem_hist_slot(dur_ns)]++;
	emit(s, &r.r.h, GMEM_STALL_END, sizeof(r));
}

static void pages(struct synth *s, const struct synth_vm *vm, unsigned int kind, uint64_t ino,
		  uint64_t npages, uint64_t start, uint64_t end)
{
	static struct gmem_map_rec r;

	r = (struct gmem_map_rec){
		.h = { .vm = vm->id }, .end = npages, .ino = ino, .nr = start < end,
		.huge_pages = kind == GMEM_PAGES ? (uint32_t)(end - start) / 512 * 512 : 0,
		.extents = { { start, end } },
	};
	emit(s, &r.h, kind, sizeof(r));
}

void synth_pages(struct synth *s, const struct synth_vm *vm, uint32_t slot, uint64_t npages,
		 uint64_t start, uint64_t end)
{
	event(s, vm, GMEM_SCAN_FILE, (struct gmem_rec){
		.ino = synth_ino(vm, slot), .end = npages, .nr_pages = end - start,
	});
	pages(s, vm, GMEM_PAGES, synth_ino(vm, slot), npages, start, end);
}

void synth_shared_pages(struct synth *s, const struct synth_vm *vm, uint64_t npages, uint64_t start,
			uint64_t end)
{
	pages(s, vm, GMEM_SHARED_PAGES, 0, npages, start, end);
}

void synth_mapped(struct synth *s, const struct synth_vm *vm, uint64_t small, uint64_t huge)
{
	struct gmem_mapped_rec r = { .h = { .vm = vm->id }, .nr = { small, huge } };

	emit(s, &r.h, GMEM_MAPPED, sizeof(r));
}

static void of_all(struct synth *s, unsigned int kind, uint64_t dur_ns)
{
	struct gmem_rec r = { .dur_ns = dur_ns };

	emit(s, &r.h, kind, sizeof(r));
}

void synth_backing(struct synth *s)
{
	of_all(s, GMEM_BACKING, 0);
}

void synth_holder(struct synth *s, const struct synth_vm *vm, uint64_t ino, uint32_t pid,
		  const char *comm)
{
	struct gmem_holder_rec r = { .h = { .vm = vm->id, .tgid = pid }, .ino = ino };

	strncpy(r.comm, comm, sizeof(r.comm) - 1);
	emit(s, &r.h, GMEM_HOLDER, sizeof(r));
}

void synth_holders(struct synth *s, uint64_t begin_ns)
{
	of_all(s, GMEM_HOLDERS, s->now_ns - begin_ns);
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
	of_all(s, GMEM_SYNC, 0);
}
