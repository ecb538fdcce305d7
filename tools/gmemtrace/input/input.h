/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where a command's records come from: a recording, or the running kernel for a time or as long
 * as another command runs. Both are handed over the same way.
 */
#ifndef GMEMTRACE_INPUT_H
#define GMEMTRACE_INPUT_H

#include <argp.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/source.h"
#include "input/attach_options.h"
#include "input/filter.h"

/* wanted: the filters let it through. Others are handed over, too: maps must be true. 0 or -errno. */
typedef int (*input_fn)(void *ctx, const struct gmem_hdr *rec, bool wanted);

struct input {
	const char *file;	/* recording; NULL: live */
	char **command;		/* to watch, NULL-terminated; NULL: none */
	double interval_s;	/* live: between GMEM_SYNC; 0: a second */
	bool once;		/* live: one picture, when all VMs have been read */
	const char *record;	/* live: to be recorded there, too; NULL: no */
	const char *output;	/* where the command writes to; NULL: stdout */
	struct attach_options attach;
	struct filter_options filter;
	struct gmem_error *e;

	/* Of input_run(). */
	struct filter wants;
	input_fn fn;
	void *ctx;
	void *own;		/* of input_parse() */
};

/*
 * The command line of a command that has an input: options of live, filters, --record, --output,
 * FILE and -- COMMAND go into *in, which is all 0, and what the command's own argp knows into own.
 */
void input_parse(struct input *in, const struct argp *argp, void *own, int argc, char **argv);

/*
 * Hands over all records to fn until the end. -ECANCELED from fn ends it early, in order.
 * Losses and damage are records, too: telling of them is up to who shows them.
 */
enum gmem_status input_run(struct input *in, input_fn fn, void *ctx);

#endif /* GMEMTRACE_INPUT_H */
