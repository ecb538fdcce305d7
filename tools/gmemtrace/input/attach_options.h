/* SPDX-License-Identifier: LGPL-2.1-only OR BSD-2-Clause */
/* How the running kernel is watched, and for how long: options of all commands that do. */
#ifndef GMEMTRACE_ATTACH_OPTIONS_H
#define GMEMTRACE_ATTACH_OPTIONS_H

#include <argp.h>

#include "live/live.h"

struct attach_options {
	struct gmem_live_opts live;
	double seconds;			/* 0: until it is told to end */
};

/* For argp_child: the input is struct attach_options. */
extern const struct argp attach_argp;

#endif /* GMEMTRACE_ATTACH_OPTIONS_H */
