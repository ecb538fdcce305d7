/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Report, independent of its format: its subjects (all VMs together, and each VM) and their
 * figures. These are the kernel's counters where available, which are exact whatever was lost;
 * other figures cover only the events that were seen.
 */
#ifndef GMEMTRACE_REPORT_H
#define GMEMTRACE_REPORT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

#include "analysis/analysis.h"

struct report_subject {
	const struct gmem_vm_stats *vm;		/* NULL: all VMs */
	const struct gmem_seen *seen;
	bool counted;				/* c is valid */
	struct gmem_counters c;
};

struct report {
	const struct gmem_analysis *a;
	struct gmem_seen sum;
	struct report_subject total;
	struct report_subject *vms;	/* by time in conversions, longest first */
	size_t nr_vms;
	uint64_t features;
};

/* Returns 0 or -ENOMEM; call report_free() in both cases. @a must outlive @r. */
int report_make(struct report *r, const struct gmem_analysis *a);
void report_free(struct report *r);

/* Returns count, bytes, time, failed and unchanged of conversions. */
struct gmem_op_counters report_conversions(const struct report_subject *s, enum gmem_direction d);

/* Returns how operations ended; failures by the kernel's count, if that is higher. */
struct gmem_outcome report_outcome(const struct report_subject *s, enum gmem_operation op);

/* Returns the number of operations by the kernel's count; 0: there is none. */
uint64_t report_counted(const struct report_subject *s, enum gmem_operation op);

/* Return whether the probes report the operation, and its unchanged cases, which need the number of freed pages. */
bool report_knows_op(const struct report *r, enum gmem_operation op);
bool report_knows_unchanged(const struct report *r, enum gmem_operation op);

/* Formats operations that the distribution lacks: "36 that failed, 2 that freed nothing"; "": none. Returns @buf. */
const char *report_besides(const struct report *r, const struct report_subject *s, enum gmem_operation op,
			   char *buf, size_t size);

/* Returns the distribution of durations; count 0: unknown or none. */
struct gmem_dist report_dist(const struct report_subject *s, enum gmem_series_id series,
			     enum gmem_direction d);

/* Returns true if only the kernel's coarse slots are available: quantiles are up to a factor of 2 too high. */
bool report_dist_is_coarse(const struct report_subject *s, enum gmem_series_id series,
			   enum gmem_direction d);

/* Returns the number of records of the subject that were lost for lack of room. */
uint64_t report_lost(const struct report *r, const struct report_subject *s);

/* Returns whether the probes report the series; if not, it is unknown, not 0. */
bool report_knows(const struct report *r, enum gmem_series_id series);

/* Returns a VM's name by its command line, else that of its process. A @buf of REPORT_NAME_SIZE has room for any. */
#define REPORT_NAME_SIZE (4 * GMEM_NAME_LEN)
const char *report_vm_name(const struct gmem_vm_stats *vm, char *buf, size_t size);

/* Operation in flight at the end of the records. */
struct report_inflight {
	const struct gmem_vm *vm;
	const struct gmem_inflight *op;
};

#define REPORT_INFLIGHT 8

/* Sets @top to the oldest operations in flight, at most @max, and *@nr to the number of all. Returns the length of @top. */
size_t report_inflight(const struct report *r, struct report_inflight *top, size_t max, size_t *nr);

/* Describes the operation, as "conversion to private, store". Returns @buf. */
const char *report_inflight_what(const struct gmem_inflight *op, char *buf, size_t size);

/* Write the report; at most @max_vms VMs have sections of their own, the others are in the table only. */
void report_text(const struct report *r, size_t max_vms, FILE *out);
struct json_object *report_json(const struct report *r);
void report_html(const struct report *r, size_t max_vms, FILE *out);

#endif /* GMEMTRACE_REPORT_H */
