/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* What the parts of `gmemtrace record` share. */
#ifndef GMEMTRACE_RECORD_H
#define GMEMTRACE_RECORD_H

#include "base/clocks.h"
#include "input/attach_options.h"
#include "input/child.h"
#include "input/filter.h"
#include "record/recorder.h"

struct record_options {
	struct attach_options attach;
	struct filter_options filter;
	struct recorder_options out;
	char **command;		/* NULL: none */
	struct gmem_error *e;
};

/* *o from the command line. GMEM_OK, or what does not go together in it. */
enum gmem_status record_parse(struct record_options *o, int argc, char **argv);

struct record {
	const struct record_options *o;
	struct gmem_source *source;
	struct recorder out;
	struct filter filter;
	struct gmem_clocks clocks;
	struct child child;
	struct gmem_vm_rec held;	/* a VM whose name may come next; size 0: none */
	uint64_t trigger_ns;		/* of the flight recorder: an operation took so long */
	uint64_t armed_ns;		/* not before then */
	bool triggered;
	uint64_t told_ns;		/* what now begins was in flight then; 0: it begins */
	uint64_t hung_ns;		/* begin of the last that triggered before its end */
	uint64_t lost[GMEM_LOSSES];
	uint64_t begin_ns;
};

/* Until it is told to end, or the command ends, or the time is over. 0 or -errno. */
int record_run(struct record *r, struct gmem_error *e);

/* Lines on stderr: how far it is, on a terminal, and how it ended. */
void record_progress(const struct record *r);
void record_summary(const struct record *r);

#endif /* GMEMTRACE_RECORD_H */
