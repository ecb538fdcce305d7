/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* Types and functions shared by the parts of `gmemtrace record`. */
#ifndef GMEMTRACE_RECORD_H
#define GMEMTRACE_RECORD_H

#include "base/clocks.h"
#include "input/child.h"
#include "input/input.h"
#include "record/recorder.h"

struct record_options {
	struct attach_options attach;
	struct filter_options filter;
	struct recorder_options out;
	char **command;		/* NULL: none */
	struct gmem_error *e;
};

struct record {
	const struct record_options *o;
	struct gmem_source *source;
	struct recorder out;
	struct filter filter;
	bool keeps_all;			/* no filter and no trigger: operations are only written */
	struct gmem_clocks clocks;
	struct child child;
	struct gmem_vm_rec held;	/* record of a VM, held until its name has come; size 0: none */
	uint64_t trigger_ns;		/* flight recorder: duration of an operation that triggers a save; 0: none */
	uint64_t armed_ns;		/* no trigger before that time */
	bool triggered;
	uint64_t snapshot_ns;		/* time of the last snapshot of operations in flight */
	uint64_t hung_ns;		/* begin of the last operation that triggered while in flight */
	uint64_t lost[GMEM_LOSSES];
	uint64_t begin_ns;
};

/* Records until a signal, the end of the command or of the time, or a full file. Returns 0 or -errno. */
int record_run(struct record *r, struct gmem_error *e);

/* Prints the summary at the end on stderr. */
void record_summary(const struct record *r);

#endif /* GMEMTRACE_RECORD_H */
