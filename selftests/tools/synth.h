/* SPDX-License-Identifier: GPL-2.0-only */
/* Makes records as a kernel would, for tests and for the fake source. */
#ifndef SYNTH_H
#define SYNTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/source.h"
#include "bpf/gmem_abi.h"

#define SYNTH_MIB	256	/* pages */
#define SYNTH_GIB	(1024 * SYNTH_MIB)

/* Where records go, and what time it is. err keeps the first answer that is not 0. */
struct synth {
	gmem_record_fn fn;
	void *ctx;
	uint64_t now_ns;
	int err;
};

struct synth_vm {
	uint64_t id;
	uint32_t pid;
	struct gmem_counters c;
};

/* Identity, a file, and a slot of that many pages from gfn 0. */
void synth_start(struct synth *s, struct synth_vm *vm, const char *comm, uint64_t npages);
void synth_slot(struct synth *s, const struct synth_vm *vm, uint32_t slot, uint64_t gfn,
		uint64_t npages);
void synth_end(struct synth *s, const struct synth_vm *vm);

void synth_begin(struct synth *s, const struct synth_vm *vm, uint32_t tid, uint64_t start,
		 uint64_t end, bool to_private);
/* The end of it, now: counted in vm->c, too. */
void synth_finish(struct synth *s, struct synth_vm *vm, uint32_t tid, uint64_t start,
		  uint64_t end, bool to_private, uint64_t dur_ns);
/* Begins, lasts and ends. */
void synth_convert(struct synth *s, struct synth_vm *vm, uint64_t start, uint64_t end,
		   bool to_private, uint64_t dur_ns);

/* A vCPU begins to wait for a conversion; and it runs again, after dur_ns of which ioctl_ns and discard_ns. */
void synth_stall_begin(struct synth *s, const struct synth_vm *vm, uint32_t vcpu, uint64_t start,
		       uint64_t end, bool to_private);
void synth_stall_end(struct synth *s, struct synth_vm *vm, uint32_t vcpu, bool to_private,
		     uint64_t dur_ns, uint64_t ioctl_ns, uint64_t discard_ns);

/* Pages [start, end) of the file of a slot, or gfns of the shared side, are there; all others not. */
void synth_pages(struct synth *s, const struct synth_vm *vm, uint32_t slot, uint64_t npages,
		 uint64_t start, uint64_t end);
void synth_shared_pages(struct synth *s, const struct synth_vm *vm, uint64_t npages, uint64_t start,
			uint64_t end);
void synth_backing(struct synth *s);

/* The process has the VM (ino 0) or the file open; and all that do were told, since begin_ns. */
void synth_holder(struct synth *s, const struct synth_vm *vm, uint64_t ino, uint32_t pid,
		  const char *comm);
void synth_holders(struct synth *s, uint64_t begin_ns);

static inline uint64_t synth_ino(const struct synth_vm *vm, uint32_t slot)
{
	return vm->id * 1000 + slot;
}

void synth_counters(struct synth *s, const struct synth_vm *vm);
/* What came before is one picture: after the counters of all VMs. */
void synth_sync(struct synth *s);
void synth_lost(struct synth *s, const uint64_t lost[GMEM_LOSSES]);

#endif /* SYNTH_H */
