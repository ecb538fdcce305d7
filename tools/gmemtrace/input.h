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

#include "error.h"
#include "source.h"

struct input {
	const char *file;	/* recording; NULL: live */
	char **command;		/* to watch, NULL-terminated; NULL: none */
	double seconds;		/* live, at most; 0: until Ctrl-C, or until the command ends */
	double interval_s;	/* live: between GMEM_SYNC; 0: a second */
	bool once;		/* live: one picture, when all VMs have been read */
	const char *record;	/* live: to be recorded there, too; NULL: no */
	unsigned int groups;	/* live: enum gmem_probe_group beside the base */
	uint64_t backing_ns;	/* live: how often pages are read; 0: never */
	enum gmem_probe_set set;
	uint64_t ringbuf_bytes;
	bool wait;
	int verbose;
	const char *name;	/* "report", for hints */
	struct gmem_error *e;
};

/* Options -d, --record, --probes, --ringbuf, --wait, -v, FILE and -- COMMAND: an argp_child. */
extern const struct argp input_argp;

/* *in with its defaults. */
void input_init(struct input *in, const char *name, struct gmem_error *e);

/*
 * Hands over all records to fn until the end. -ECANCELED from fn ends it early, in order.
 * Messages of losses and damage are up to who shows them: they are records, too.
 */
enum gmem_status input_run(struct input *in, gmem_record_fn fn, void *ctx);

#endif /* GMEMTRACE_INPUT_H */
