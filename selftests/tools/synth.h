/* SPDX-License-Identifier: GPL-2.0-only */
/* Synthesizer of records as a kernel would emit them, for tests and for the fake source. */
#ifndef SYNTH_H
#define SYNTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/source.h"
#include "bpf/gmem_abi.h"

#define SYNTH_MIB	256	/* pages */
#define SYNTH_GIB	(1024 * SYNTH_MIB)

/* Receiver of records, and the current time. err keeps the first result that is not 0. */
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

/* Emits identity, a file, and a slot of @npages pages at gfn 0. */
void synth_start(struct synth *s, struct synth_vm *vm, const char *comm, uint64_t npages);
void synth_slot(struct synth *s, const struct synth_vm *vm, uint32_t slot, uint64_t gfn,
		uint64_t npages);
void synth_end(struct synth *s, const struct synth_vm *vm);

void synth_begin(struct synth *s, const struct synth_vm *vm, uint32_t tid, uint64_t start,
		 uint64_t end, bool to_private);
/* Emits the end of a conversion, now, and counts it in vm->c. */
void synth_finish(struct synth *s, struct synth_vm *vm, uint32_t tid, uint64_t start,
		  uint64_t end, bool to_private, uint64_t dur_ns);
/* Emits a whole conversion of @dur_ns. */
void synth_convert(struct synth *s, struct synth_vm *vm, uint64_t start, uint64_t end,
		   bool to_private, uint64_t dur_ns);

/*
 * Emit the begin of a vCPU's stall, and its end after @dur_ns, with @ioctl_ns and @discard_ns of
 * it.
 */
void synth_stall_begin(struct synth *s, const struct synth_vm *vm, uint32_t vcpu, uint64_t start,
		       uint64_t end, bool to_private);
void synth_stall_end(struct synth *s, struct synth_vm *vm, uint32_t vcpu, bool to_private,
		     uint64_t dur_ns, uint64_t ioctl_ns, uint64_t discard_ns);

/*
 * Emit pages [@start, @end) of a slot's file, or gfns of the shared side, as populated, all others
 * as not.
 */
void synth_pages(struct synth *s, const struct synth_vm *vm, uint32_t slot, uint64_t npages,
		 uint64_t start, uint64_t end);
void synth_shared_pages(struct synth *s, const struct synth_vm *vm, uint64_t npages, uint64_t start,
			uint64_t end);
void synth_mapped(struct synth *s, const struct synth_vm *vm, uint64_t small, uint64_t huge);	/* pages by size */
void synth_backing(struct synth *s);

/*
 * Emit a process that holds the VM (@ino 0) or the file, and the end of a scan of holders begun at
 * @begin_ns.
 */
void synth_holder(struct synth *s, const struct synth_vm *vm, uint64_t ino, uint32_t pid,
		  const char *comm);
void synth_holders(struct synth *s, uint64_t begin_ns);

static inline uint64_t synth_ino(const struct synth_vm *vm, uint32_t slot)
{
	return vm->id * 1000 + slot;
}

void synth_counters(struct synth *s, const struct synth_vm *vm);
/* Ends a snapshot, after the counters of all VMs. */
void synth_sync(struct synth *s);
void synth_lost(struct synth *s, const uint64_t lost[GMEM_LOSSES]);

#endif /* SYNTH_H */
