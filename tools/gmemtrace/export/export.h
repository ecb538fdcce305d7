/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Export of records to other programs; writers are independent of the source. */
#ifndef GMEMTRACE_EXPORT_H
#define GMEMTRACE_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "analysis/analysis.h"
#include "bpf/gmem_abi.h"
#include "input/fields.h"
#include "model/model.h"
#include "report/report.h"

/* Arguments of a slice or an instant: the fields of an event, but its duration. */
struct export_args {
	struct fields f;
};

#define EXPORT_ARGS EVENT_DUR

/* Returns true if the event has the field. An unknown origin is an argument, too, as a text. */
static inline bool export_has(const struct field *f)
{
	return f->key && (f->text || !f->is_unknown);
}

/* Track of a thread of a VM; its slices nest. */
struct export_track {
	uint64_t vm;
	uint32_t tid;
	bool windows;		/* the second track of a thread: invalidation windows and phases do not nest */
	uint64_t id;		/* unique, not 0 */
};

enum export_counter { EXPORT_PRIVATE, EXPORT_SHARED, EXPORT_POPULATED, EXPORT_COUNTERS };

extern const char *const export_counter_names[EXPORT_COUNTERS];

/* Writer of a trace format. Times are those of records. All functions return 0 or -errno. */
struct export_writer {
	int (*vm)(struct export_writer *w, const struct gmem_vm *vm);	/* vm and track: after all others, once each */
	int (*track)(struct export_writer *w, const struct export_track *t, const char *name);
	int (*counters)(struct export_writer *w, uint64_t vm);	/* before the first counter of a VM; NULL: not needed */
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

/* Return NULL if out of memory. The caller closes @out. */
struct export_writer *export_perfetto(FILE *out);
struct export_writer *export_chrome(FILE *out);

/* Converter of records to slices, instants and counters. */
struct export_trace;

struct export_trace *export_trace_new(struct export_writer *w);	/* owns @w unless it returns NULL */
int export_trace_record(struct export_trace *t, const struct gmem_hdr *rec, bool selected);
int export_trace_finish(struct export_trace *t);
void export_trace_free(struct export_trace *t);

/* Returns the number of ends without a begin, and of begins whose end was lost. */
uint64_t export_trace_unpaired(const struct export_trace *t);

static inline void export_args_of(struct export_args *a, const struct gmem_hdr *rec)
{
	fields_of(&a->f, rec);
}

/* Writes @s in quotes, with a backslash before quotes and backslashes. The caller ensures UTF-8 without control characters. */
void export_put_string(FILE *out, const char *s);

/* Writes counters, histograms and sizes of VMs as OpenMetrics: docs/gmemtrace.8. Returns 0 or -ENOMEM. */
int export_openmetrics(const struct report *r, FILE *out);

#endif /* GMEMTRACE_EXPORT_H */
