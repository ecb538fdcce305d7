/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Internal interface between the parts of the analysis. */
#ifndef GMEM_ANALYSIS_PARTS_H
#define GMEM_ANALYSIS_PARTS_H

#include "analysis/analysis.h"

/* Conversion or fallocate in flight. */
struct gmem_open_op {
	uint32_t tid;
	uint16_t kind;		/* the _BEGIN */
	bool phased;		/* phases are reported */
	uint32_t phase;		/* current phase */
	uint64_t begin_ns;
	uint64_t mark_ns;	/* begin of the phase */
	uint64_t ns[GMEM_PHASES];
	uint32_t nr_marks;
	struct gmem_mark marks[GMEM_PHASES];	/* begins of phases, in order */
};

struct gmem_vcpu_state {
	bool stalled;
	bool faulted;		/* exited with a memory fault at fault_gfn */
	uint64_t fault_gfn;
	enum gmem_origin origin;
	uint32_t tid;
	uint64_t begin_ns;
	uint64_t start;		/* requested gfns */
	uint64_t end;
	uint32_t nr_marks;
	struct gmem_mark marks[GMEM_MARKS_MAX];
};

struct gmem_open_window {
	bool open;
	uint32_t tid;
	uint64_t ino;		/* 0: of gfns */
	uint64_t start;
	uint64_t end;
	uint64_t closed_ns;
	uint64_t retries;
};

/* analysis_values.c. Adds a value to a series. Returns 0 or -ENOMEM. */
int analysis_value(struct gmem_analysis *a, struct gmem_vm_stats *vm, enum gmem_series_id series,
		   enum gmem_direction direction, uint64_t pages, uint64_t ns);

/* Counts the outcome of an operation. */
void analysis_outcome(struct gmem_vm_stats *vm, enum gmem_operation op, const struct gmem_rec *r);

/* analysis_ops.c. analysis_open_op() returns the operation of that task, or NULL. */
struct gmem_open_op *analysis_open_op(struct gmem_vm_stats *vm, uint32_t tid, uint16_t kind);
void analysis_forget_op(struct gmem_vm_stats *vm, struct gmem_open_op *op);
int analysis_op_begin(struct gmem_vm_stats *vm, const struct gmem_rec *r);
void analysis_phase(struct gmem_vm_stats *vm, const struct gmem_rec *r);
int analysis_converted(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r);
int analysis_fallocated(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r);

/* analysis_stall.c */
int analysis_memory_fault(struct gmem_vm_stats *vm, const struct gmem_rec *r);
int analysis_stall_begin(struct gmem_vm_stats *vm, const struct gmem_rec *r);
int analysis_stall_end(struct gmem_analysis *a, struct gmem_vm_stats *vm,
		       const struct gmem_stall_rec *s);
void analysis_stall_forget(struct gmem_vm_stats *vm, const struct gmem_rec *r);
/* Returns the vCPU that the conversion stalls, or NULL. */
struct gmem_vcpu_state *analysis_waiter(struct gmem_vm_stats *vm, const struct gmem_rec *r);
/* Returns the stalled vCPU of a thread, or NULL. */
struct gmem_vcpu_state *analysis_stalled_thread(struct gmem_vm_stats *vm, uint32_t tid);

/* analysis_memory.c */
int analysis_pages_converted(struct gmem_analysis *a, struct gmem_vm_stats *vm,
			     const struct gmem_rec *r);
int analysis_pages_fallocated(struct gmem_analysis *a, struct gmem_vm_stats *vm,
			      const struct gmem_rec *r);
int analysis_faulted(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r);
int analysis_populated(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r);
int analysis_unbound(struct gmem_vm_stats *vm, uint64_t start, uint64_t end);
int analysis_released(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r);

/* analysis_window.c */
int analysis_window_begin(struct gmem_vm_stats *vm, const struct gmem_rec *r);
int analysis_window_end(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r);
void analysis_window_close(struct gmem_vm_stats *vm, const struct gmem_rec *r);
void analysis_retry(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r);

#endif /* GMEM_ANALYSIS_PARTS_H */
