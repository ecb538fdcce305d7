/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Records for other programs. Each writer gets what it needs, and knows no source. */
#ifndef GMEMTRACE_EXPORT_H
#define GMEMTRACE_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analysis/analysis.h"
#include "bpf/gmem_abi.h"
#include "model/model.h"
#include "report/report.h"

/* What is said of a slice or an instant beside its name. */
struct export_arg {
	const char *name;
	const char *text;	/* NULL: it is a number */
	uint64_t number;
	bool is_negative;	/* number is to be read as int64_t */
};

#define EXPORT_ARGS 12

struct export_args {
	size_t nr;
	struct export_arg arg[EXPORT_ARGS];
	char texts[EXPORT_ARGS][40];
};

/* Where slices are drawn: of a thread in a VM; they nest. */
struct export_track {
	uint64_t vm;
	uint32_t tid;
	bool windows;		/* a second one, as invalidation windows and phases do not nest */
	uint64_t id;		/* unique, not 0 */
};

enum export_counter { EXPORT_PRIVATE, EXPORT_SHARED, EXPORT_POPULATED, EXPORT_COUNTERS };

extern const char *const export_counter_names[EXPORT_COUNTERS];

/* A format of traces. Times are those of records. All return 0 or -errno. */
struct export_writer {
	int (*vm)(struct export_writer *w, const struct gmem_vm *vm);	/* these two behind all others, once each */
	int (*track)(struct export_writer *w, const struct export_track *t, const char *name);
	int (*counters)(struct export_writer *w, uint64_t vm);	/* before the first of a VM; NULL: need not be told */
	int (*begin)(struct export_writer *w, const struct export_track *t, uint64_t ts_ns,
		     const char *name, const struct export_args *args);
	int (*end)(struct export_writer *w, const struct export_track *t, uint64_t ts_ns,
		   const struct export_args *args);
	int (*instant)(struct export_writer *w, const struct export_track *t, uint64_t ts_ns,
		       const char *name, const struct export_args *args);
	int (*counter)(struct export_writer *w, uint64_t vm, enum export_counter which, uint64_t ts_ns,
		       uint64_t bytes);
	int (*finish)(struct export_writer *w);
	void (*free)(struct export_writer *w);
};

/* NULL: no memory. They write to out, which stays the caller's. */
struct export_writer *export_perfetto(FILE *out);
struct export_writer *export_chrome(FILE *out);

/* Turns records into slices, instants and counters. */
struct export_trace;

struct export_trace *export_trace_new(struct export_writer *w);	/* owns w then; NULL: it does not */
int export_trace_record(struct export_trace *t, const struct gmem_hdr *rec, bool wanted);
int export_trace_finish(struct export_trace *t);
void export_trace_free(struct export_trace *t);

/* Ends whose begin was not there, and begins whose end never came. */
uint64_t export_trace_unpaired(const struct export_trace *t);

/* All that an event says, as name and value. Its texts are in a. */
void export_args_of(struct export_args *a, const struct gmem_hdr *rec);

/* Counters, histograms and sizes of VMs, as OpenMetrics: docs/gmemtrace.8. */
void export_openmetrics(const struct report *r, FILE *out);

#endif /* GMEMTRACE_EXPORT_H */
