/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/*
 * Input of a command: the records of a recording, or of the running kernel for a time or while
 * another command runs.
 */
#ifndef GMEMTRACE_INPUT_H
#define GMEMTRACE_INPUT_H

#include <stdbool.h>

#include "base/error.h"
#include "base/source.h"
#include "input/filter.h"
#include "input/options.h"

/* Options for live event collection and its duration, shared by all commands that attach. */
struct attach_options {
	struct gmem_live_opts live;
	double seconds;			/* 0: until a signal */
};

extern const struct option_row attach_rows[];	/* --duration */

/* Handles a record; @selected: it passes the filters. Others come too, as maps must stay true. Returns 0 or -errno. */
typedef int (*input_fn)(void *ctx, const struct gmem_hdr *rec, bool selected);

struct input {
	const char *file;	/* recording; NULL: live */
	char **command;		/* to trace, NULL-terminated; NULL: none */
	double interval_s;	/* live: between snapshots (GMEM_SYNC); 0: a second */
	bool once;		/* live: end with one snapshot, once all VMs are scanned */
	const char *record;	/* live: recording to write as well; NULL: none */
	const char *output;	/* output file of the command; NULL: stdout */
	struct attach_options attach;
	struct filter_options filter;
	struct gmem_error *e;

	/* Used by input_run(). */
	struct filter selection;
	input_fn fn;
	void *ctx;
};

/*
 * Parses the command line of a command that has an input: live options, filters, --record,
 * --output, FILE and -- COMMAND into @in, where they are 0 before; the options of the command's
 * @own table where that says. @doc: what it does, for --help.
 */
void input_parse(struct input *in, const char *doc, struct option_table own, int argc, char **argv);

/* Parses FILE, and -- COMMAND, into a struct input; for option_set.rest of a command that has no filters and no output. */
#define INPUT_USAGE "[FILE | -- COMMAND [ARG..]]"
error_t input_parse_rest(int key, char *arg, struct argp_state *state, void *ctx);

/*
 * Hands all records to @fn until the end; -ECANCELED from @fn ends it early, without an error.
 * Losses and damage are records, too, which @fn reports.
 */
enum gmem_status input_run(struct input *in, input_fn fn, void *ctx);

/* Replays a recording up to its end, -ECANCELED from @fn, or a signal. Returns 0 or -errno. */
int input_replay(struct gmem_source *s, gmem_record_fn fn, void *ctx);

/* Reports that events could not be written to @to, or not be read. Returns the status. */
enum gmem_status events_failed(int err, const char *to, const char *remedy, struct gmem_error *e);

#endif /* GMEMTRACE_INPUT_H */
