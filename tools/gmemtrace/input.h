/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Where a command's records come from: a recording, or the running kernel for a time or as long
 * as another command runs. Both are handed over the same way.
 */
#ifndef GMEMTRACE_INPUT_H
#define GMEMTRACE_INPUT_H

#include <argp.h>
#include <stdbool.h>
#include <stdint.h>

#include "attach_options.h"
#include "error.h"
#include "filter.h"
#include "source.h"

/* wanted: the filters let it through. Others are handed over, too: maps must be true. 0 or -errno. */
typedef int (*input_fn)(void *ctx, const struct gmem_hdr *rec, bool wanted);

struct input {
	const char *file;	/* recording; NULL: live */
	char **command;		/* to watch, NULL-terminated; NULL: none */
	double interval_s;	/* live: between GMEM_SYNC; 0: a second */
	bool once;		/* live: one picture, when all VMs have been read */
	const char *record;	/* live: to be recorded there, too; NULL: no */
	unsigned int groups;	/* live: enum gmem_probe_group, beside what options say */
	uint64_t backing_ns;	/* live: how often pages are read; 0: never */
	struct attach_options attach;
	struct filter_options filter;
	const char *name;	/* "report", for hints */
	struct gmem_error *e;

	/* Of input_run(). */
	struct filter wants;
	bool all;		/* there is no filter */
	input_fn fn;
	void *ctx;

	/* For argp. */
	struct attach_input attach_input;
	struct filter_input filter_input;
};

/* Options of live, filters, --record, FILE and -- COMMAND: an argp_child with a struct input. */
extern const struct argp input_argp;

/* *in with its defaults. */
void input_init(struct input *in, const char *name, struct gmem_error *e);

/*
 * Hands over all records to fn until the end. -ECANCELED from fn ends it early, in order.
 * Losses and damage are records, too: telling of them is up to who shows them.
 */
enum gmem_status input_run(struct input *in, input_fn fn, void *ctx);

#endif /* GMEMTRACE_INPUT_H */
