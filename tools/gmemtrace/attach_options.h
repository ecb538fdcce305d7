/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How the running kernel is watched: options that live and record share. */
#ifndef GMEMTRACE_ATTACH_OPTIONS_H
#define GMEMTRACE_ATTACH_OPTIONS_H

#include <argp.h>
#include <stdbool.h>

#include "source.h"

struct attach_options {
	bool faults;
	bool phases;
	bool wait;
	double seconds;			/* 0: until it is told to end */
	uint64_t ringbuf_bytes;
	enum gmem_probe_set set;	/* wish */
	int verbose;
};

/* For argp_child. */
struct attach_input {
	struct attach_options *options;
	struct gmem_error *e;
	const char *command;
};

extern const struct argp attach_argp;

/* All but what the command itself decides. */
struct gmem_live_opts attach_live_opts(const struct attach_options *o);

#endif /* GMEMTRACE_ATTACH_OPTIONS_H */
