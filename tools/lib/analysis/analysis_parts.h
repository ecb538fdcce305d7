/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Internal interface between the parts of the analysis. */
#ifndef GMEM_ANALYSIS_PARTS_H
#define GMEM_ANALYSIS_PARTS_H

#include "analysis/analysis.h"

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

/* analysis_ops.c. Count ends: the model still has the operations, and the stalls that they serve. */
int analysis_converted(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r);
int analysis_fallocated(struct gmem_analysis *a, struct gmem_vm_stats *vm, const struct gmem_rec *r);
int analysis_stall_end(struct gmem_analysis *a, struct gmem_vm_stats *vm,
		       const struct gmem_stall_rec *s);

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
