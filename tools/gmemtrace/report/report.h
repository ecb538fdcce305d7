/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * What a report says, whatever it is written as: its subjects, all VMs together and each of
 * them, and their figures. Figures are the kernel's counters where there are any, as those are
 * exact whatever was lost; what only events tell is of the events that were seen.
 */
#ifndef GMEMTRACE_REPORT_H
#define GMEMTRACE_REPORT_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stdio.h>

#include "analysis/analysis.h"

struct report_subject {
	const struct gmem_vm_stats *vm;		/* NULL: all of them */
	const struct gmem_seen *seen;
	bool counted;				/* c is valid */
	struct gmem_counters c;
};

struct report {
	const struct gmem_analysis *a;
	struct gmem_seen sum;
	struct report_subject total;
	struct report_subject *vms;	/* who spent most time in conversions first */
	size_t nr_vms;
	uint64_t features;
};

/* 0 or -ENOMEM; report_free() it in any case. The analysis must stay. */
int report_make(struct report *r, const struct gmem_analysis *a);
void report_free(struct report *r);

/* Count, bytes, time, failed and unchanged of conversions. */
struct gmem_op_counters report_conversions(const struct report_subject *s, enum gmem_direction d);

/* How operations ended: the kernel's own counts of failures where there are any. */
struct gmem_outcome report_outcome(const struct report_subject *s, enum gmem_operation op);

/* By the kernel's own count; 0: it has none. */
uint64_t report_counted(const struct report_subject *s, enum gmem_operation op);

/* Whether the probes report it; of what is unchanged, only where they report what was freed. */
bool report_knows_op(const struct report *r, enum gmem_operation op);
bool report_knows_unchanged(const struct report *r, enum gmem_operation op);

/* "36 that failed, 2 that freed nothing"; "": nothing but what is in the distribution. */
const char *report_besides(const struct report *r, const struct report_subject *s, enum gmem_operation op,
			   char *buf, size_t size);

/* How long it took. Count 0: nothing is known. */
struct gmem_dist report_dist(const struct report_subject *s, enum gmem_series_id series,
			     enum gmem_direction d);

/* Only coarse slots of the kernel tell of it: quantiles are up to twice too high. */
bool report_dist_is_coarse(const struct report_subject *s, enum gmem_series_id series,
			   enum gmem_direction d);

/* Records that were lost of it, for want of room. */
uint64_t report_lost(const struct report *r, const struct report_subject *s);

/* Whether a series was looked at at all: what the probes do not tell is unknown, not 0. */
bool report_knows(const struct report *r, enum gmem_series_id series);

/* Name by its command line, else that of its process; buf has room for any. */
#define REPORT_NAME_SIZE (4 * GMEM_NAME_LEN)
const char *report_vm_name(const struct gmem_vm_stats *vm, char *buf, size_t size);

/* An operation without an end. */
struct report_inflight {
	const struct gmem_vm *vm;
	const struct gmem_inflight *op;
};

#define REPORT_INFLIGHT 8

/* The up to max oldest of those of the VMs of the report, the oldest first; how many. *nr: of all. */
size_t report_inflight(const struct report *r, struct report_inflight *top, size_t max, size_t *nr);

/* Since its begin, at the last record. */
uint64_t report_inflight_age(const struct report *r, const struct gmem_inflight *op);

/* "conversion to private, store" */
const char *report_inflight_what(const struct gmem_inflight *op, char *buf, size_t size);

/* max_vms: with sections of their own; the others are in the table only. */
void report_text(const struct report *r, size_t max_vms, FILE *out);
struct json_object *report_json(const struct report *r);
void report_html(const struct report *r, size_t max_vms, FILE *out);

#endif /* GMEMTRACE_REPORT_H */
